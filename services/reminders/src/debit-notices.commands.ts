// The notices of direct debits: requested when a debit is, and decided again when they are to leave.
import { createHash } from 'node:crypto';
import type { Day } from '@ar/domain/day.js';
import { formatMoney, type Money, money } from '@ar/domain/money.js';
import type { Command, Outcome, Todo } from '@ar/runtime/forms.js';
import { debitNotice, noticeIdOf, noticeInKey } from './domain/debit-notice.js';
import { NOTICE_TEMPLATE_VERSION, noticeWords } from './domain/message.js';
import { instantAt } from './domain/send-after.js';
import { type DebitKnown, debitsKnown } from './projections/coming.js';
import { type Parties, partiesOf } from './projections/parties.js';
import { noAddress } from './reminders.commands.js';

const noticeOf = (debitId: string) => ({ aggregate: debitNotice, id: noticeIdOf(debitId) });
const noticeBy = (key: string) => ({ aggregate: debitNotice, id: noticeInKey(key) });
interface Known { readonly debit: DebitKnown; readonly parties: Parties }

/** `minor` null: all that is open. */
export interface RequestDebitNotice { readonly debitId: string; readonly customerId: string; readonly mandateReference: string; readonly amount: Money; readonly collectOn: Day; readonly items: readonly { readonly itemId: string; readonly minor: number | null }[] }
export const requestDebitNotice: Command<RequestDebitNotice, Known> = {
  name: 'request-debit-notice',
  customer: ({ customerId }) => customerId,
  streams: ({ debitId }) => [noticeOf(debitId)],
  async known(asked, tx) {
    const of = asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, debitId: a.request.debitId }));
    const [debits, parties] = [await debitsKnown(tx, of), await partiesOf(tx, of)];
    return asked.map((_, i) => ({ debit: debits[i]!, parties: parties[i]! }));
  },
  decide({ debitId, customerId, items, amount, ...request }, on) {
    const { policies: { dunning, directDebit }, known: { debit, parties }, today } = on;
    const lines = items.flatMap(({ itemId, minor }) => {
      const item = debit.items.find((i) => i.itemId === itemId);
      return item ? [{ itemId, documentNumber: item.documentNumber, dueDate: item.dueOn, amount: money(minor ?? item.openMinor, amount.currency), level: 0 }] : [];
    });
    on.run(noticeOf(debitId), {
      type: 'Request', tenant: on.tenant, debitId, customerId, ...request, amount, creditorId: directDebit.creditorId, items: lines, sendAfter: instantAt(today, dunning.sendFrom, parties.seller?.timeZone ?? 'UTC'), policyVersion: directDebit.version, today,
    });
  },
};

/** The claim of a notice: whether it is wanted still, then its words. */
export const claimDebitNotice: Command<Todo, Known> = {
  name: 'claim-debit-notice',
  customer: ({ customer }) => customer,
  streams: ({ key }) => [noticeBy(key)],
  async known(asked, tx) {
    const of = asked.map((a) => ({ tenant: a.tenant, customer: a.request.customer, effectKey: a.request.key }));
    const [debits, parties] = [await debitsKnown(tx, of), await partiesOf(tx, of)];
    return asked.map((_, i) => ({ debit: debits[i]!, parties: parties[i]! }));
  },
  decide({ key, attempt }, on) {
    const stream = noticeBy(key);
    const state = on.state(stream);
    const { known: { debit, parties }, today } = on;
    if (state.status === 'none') { on.run(stream, { type: 'Suppress', attempt, reason: 'debit-ended', explanation: '' }); return; } // refused: there is none
    const { collectOn, amount, items } = state.announced;
    const announced = `the debit of ${formatMoney(amount)} ${amount.currency} on ${collectOn}`;
    if (!debit.waits || today > collectOn) { on.run(stream, { type: 'Suppress', attempt, reason: 'debit-ended', explanation: debit.waits ? `the day of ${announced} is over` : `${announced} was cancelled, or has its outcome` }); return; }
    if (!items.some(({ itemId }) => debit.items.some((i) => i.itemId === itemId))) { on.run(stream, { type: 'Suppress', attempt, reason: 'paid', explanation: `nothing of what ${announced} is for is open any more` }); return; }
    const missing = noAddress(parties);
    if (missing !== '') { on.run(stream, { type: 'Suppress', attempt, reason: 'no-address', explanation: missing }); return; }
    const { subject, body } = noticeWords(state.announced, parties.customer!.name, parties.seller!);
    on.run(stream, { type: 'Attempt', attempt, sender: parties.seller!.sender, bodyHash: createHash('sha256').update(body).digest('hex'), templateVersion: NOTICE_TEMPLATE_VERSION, pii: { keyId: '', data: { recipient: parties.customer!.email, subject, body } } });
  },
};

/** What came of an attempt. */
export const recordDebitNotice: Command<Outcome> = {
  name: 'record-debit-notice',
  customer: ({ todo }) => todo.customer,
  streams: ({ todo }) => [noticeBy(todo.key)],
  decide: ({ todo: { key, attempt }, outcome, detail }, on) => void on.run(noticeBy(key), { type: 'RecordOutcome', attempt, outcome, detail }),
};

export interface RepeatDebitNotice { readonly debitId: string; readonly by: string; readonly reason: string }

/** A person has a notice sent once more. What is known then is decided with the claim, as for any message. */
export const repeatDebitNotice: Command<RepeatDebitNotice> = {
  name: 'repeat-debit-notice',
  streams: ({ debitId }) => [noticeOf(debitId)],
  decide: (request, on) => void on.run(noticeOf(request.debitId), { type: 'Repeat', ...request }),
};
