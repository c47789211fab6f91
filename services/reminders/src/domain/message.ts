// The words of a reminder, in English. Raised by one when a word changes, so that every message names the words it was made of.
import type { Day } from '@ar/domain/day.js';
import { formatMoney, type Money, type Sum } from '@ar/domain/money.js';
import type { Announced } from './debit-notice.js';
import { kindOf, levelOf, type ReminderItem, totalsOf } from './dunning.js';

export const TEMPLATE_VERSION = 1;

export interface Seller { readonly name: string; readonly iban: string }
export interface Words { readonly subject: string; readonly body: string }

const text = (amount: Money | Sum): string => `${formatMoney(amount)} ${amount.currency}`;
/** Names come from callers: a mail header is one line. */
const oneLine = (name: string): string => name.replace(/\s+/g, ' ').trim();

/** Lists every item with what is asked for and, per currency, the sum. */
export function words(items: readonly ReminderItem[], on: Day, customer: string, seller: Seller): Words {
  const level = levelOf(items);
  const pastDue = kindOf(items, on) === 'past-due';
  const sums = totalsOf(items).map(text).join(', ');
  const what = items.length === 1 ? items[0]!.documentNumber : `${items.length} documents`;
  const opening = !pastDue ? 'we would like to remind you of what is due soon:'
    : level <= 1 ? 'according to our books the following is past due. It may have escaped you:'
      : level === 2 ? 'we reminded you before. The following is still past due:'
        : 'in spite of several reminders the following is still past due:';
  const lines = items.map((i) => `- ${oneLine(i.documentNumber)}, due ${i.dueDate}: ${text(i.amount)}${pastDue && i.dueDate >= on ? ' (not due yet)' : ''}`);
  return {
    subject: oneLine(pastDue ? `Reminder${level > 1 ? ` ${level}` : ''}: ${what} past due, ${sums}` : `Due soon: ${what}, ${sums}`),
    body: [
      `Dear ${oneLine(customer)},`, '', opening, '', ...lines, '', `In all: ${sums}`, '',
      ...(seller.iban === '' ? [] : [`Please pay to ${seller.iban} and quote the numbers above.`, '']),
      `This is what is open on ${on}. If you have paid meanwhile, thank you: please disregard this message.`, '', oneLine(seller.name), '',
    ].join('\n'),
  };
}

export const NOTICE_TEMPLATE_VERSION = 1;

/** The notice of a direct debit: what is taken, when, for what, by which mandate and by whom. */
export function noticeWords({ amount, collectOn, mandateReference, creditorId, items }: Announced, customer: string, seller: Seller): Words {
  return {
    subject: oneLine(`Direct debit on ${collectOn}: ${text(amount)}`),
    body: [
      `Dear ${oneLine(customer)},`, '', `on ${collectOn} we collect ${text(amount)} from your account by direct debit, for:`, '', ...items.map((i) => `- ${oneLine(i.documentNumber)}, due ${i.dueDate}: ${text(i.amount)}`), '',
      `Mandate reference: ${oneLine(mandateReference)}`, ...(creditorId === '' ? [] : [`Creditor identifier: ${creditorId}`]), '',
      'You do not have to do anything. What you have paid by then is not collected. Please see to it that there is enough on the account.', '', oneLine(seller.name), '',
    ].join('\n'),
  };
}
