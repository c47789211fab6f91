import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SmallBalance } from '@ar/domain/policies.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { itemsOf } from './domain/documents.js';
import { isSmall } from './domain/write-off.js';
import { applyReceipt, recordReceipt } from './payments.commands.js';
import { disputeItems, postInvoice, voidInvoice } from './open-items.commands.js';
import { writeOffSmallBalances } from './small-balances.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const tolerance: readonly SmallBalance[] = [{ currencyCode: 'EUR', limit: '2', percent: '5' }];
const ask = (history: History, command: AnyCommand, request: object, today = '2026-03-10', known?: unknown) =>
  deciding(command, history, { today, known, policies: policiesWith({ application: { smallBalances: tolerance, smallBalanceDays: 10 } }) })(request);
const after = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = ask(history, command, request, '2026-03-10', known);
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer as History).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const of = { customer: 'c1', currency: 'EUR' };
const invoice = { ...of, orderNumber: '', externalNumber: '', paymentReference: '', items: itemsOf({ invoiceId: 'inv_1', number: 'R-1', externalNumber: '', paymentReference: '', issuedOn: '2026-03-02', taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 100_00 }] }) };
const posted = after({}, postInvoice, invoice);
const paid = (minor: number) => after(after(posted, recordReceipt, { ...of, receiptId: 'rcp_1', receivedMinor: minor, valueOn: '', method: 'PAYMENT_METHOD_CASH', remitter: { name: '', iban: '', remittance: '' }, named: [], bankReference: '', onAccount: true }, { customerKnown: true, documents: [] }),
  applyReceipt, { receiptId: 'rcp_1', shares: [{ itemId: 'oit_1_1', minor, currency: 'EUR' }] }, { documents: [] });
const made = (history: History, today = '2026-04-12') => Object.values(ask(history, writeOffSmallBalances, { ...of, itemIds: ['oit_1_1'] }, today) as History).flat();

describe('a rest that is small', () => {
  it('is written off once it is long enough past due, without anyone\'s word', () => {
    expect(made(paid(98_00)).map((e) => e.type)).toEqual(['OpenItemsWrittenOff', 'WriteOffBooked']);
    expect(made(paid(98_00))).toMatchObject([{ effectiveOn: '2026-04-12', parts: [{ minor: 2_00, openMinor: 0 }] }, { reasonCode: 'small-balance', method: 'direct' }]);
    expect(made(paid(98_00), '2026-04-11')).toEqual([]);
  });
  it('is left where it is larger, nothing was paid, it is disputed, void or not there any more', () => {
    expect(made(paid(97_99))).toEqual([]);
    expect(made(posted)).toEqual([]);
    expect(made(after(paid(99_00), disputeItems, { ...of, disputeId: 'dsp_1', shares: [{ itemId: 'oit_1_1', minor: 50 }] }))).toEqual([]);
    expect(made(after(paid(99_00), voidInvoice, { ...of, documentId: 'inv_1', instalments: 1, voidOn: '2026-03-10' }))).toEqual([]);
    expect(made(paid(100_00))).toEqual([]);
  });
  it('is within both limits, in its own currency alone', () => {
    expect(isSmall({ openMinor: 2_00, originalMinor: 30_00 }, 'EUR', tolerance)).toBe(false); // more than 5 %
    expect(isSmall({ openMinor: 1_50, originalMinor: 30_00 }, 'EUR', tolerance)).toBe(true);
    expect(isSmall({ openMinor: 1, originalMinor: 100 }, 'USD', tolerance)).toBe(false);
    expect(isSmall({ openMinor: 2, originalMinor: 3 }, 'JPY', [{ currencyCode: 'JPY', limit: '2', percent: '' }])).toBe(true);
  });
  it('is never more than the tolerance says, whatever the amounts are', () => fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }), (open, original, percent) => {
    const text = `${Math.floor(percent / 100)}.${String(percent % 100).padStart(2, '0')}`;
    if (isSmall({ openMinor: open, originalMinor: original }, 'EUR', [{ currencyCode: 'EUR', limit: '20', percent: text }])) expect(open <= 20_00 && open < original && open * 100_00 <= percent * original).toBe(true);
  })));
});
