// How a refusal says what it has to say: in the words of the contract, whatever the rules call a thing. One place for all services and for all refusals.
//
// - Names are those of fields, `snake_case`; what the rules call otherwise than the contract is in the list below.
// - Amounts are as people write them, `12.34 EUR`: minor units are never said. A refusal that has amounts names their currency.
// - Days are dates, `…_date`; where the contract calls one otherwise, as the contract does.
import { formatMoney } from '@ar/domain/money.js';
import { cut } from '@ar/domain/text.js';

const WORDS: Readonly<Record<string, string>> = {
  today: 'business_date', customer: 'customer_id', currency: 'currency_code', paidFor: 'paid_for_customer_id', receiptOf: 'receipt_customer_id', adviceId: 'remittance_advice_id', groupId: 'application_group_id',
  statementId: 'bank_statement_id', returnId: 'bank_return_id', fileId: 'debit_file_id', issuedOn: 'issue_date', fromOn: 'valid_from', untilOn: 'valid_until', openFrom: 'first_open_date',
  expiresOn: 'expires_on', followUpOn: 'follow_up_on', deliveredOn: 'delivered_on', acknowledgedOn: 'acknowledged_on',
};
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

/** What callers call it. */
export const wordFor = (name: string): string => WORDS[name] ?? (name === 'minor' ? 'amount' : snake(name.replace(/Minor$/, '')).replace(/_on$/, '_date').replace(/_currency$/, '_currency_code').replace(/_customer$/, '_customer_id'));

/** A refusal's detail as its caller reads it; each value at most 200 characters. */
export function spoken(detail: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  const currency = detail['currency'] ?? detail['currencyCode'];
  return Object.fromEntries(Object.entries(detail).map(([name, value]) => [wordFor(name), isMinor(name) && typeof currency === 'string' ? `${formatMoney({ minor: BigInt(value), currency })} ${currency}` : cut(String(value), 200)]));
}
export const isMinor = (name: string): boolean => name === 'minor' || name.endsWith('Minor');
