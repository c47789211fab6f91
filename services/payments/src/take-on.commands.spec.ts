import { describe, expect, it } from '@jest/globals';
import { deciding } from '@ar/runtime/deciding.js';
import type { AnyCommand, Typed } from '@ar/runtime/forms.js';
import { applyCredit, unapplyCredit } from './credit-notes.commands.js';
import { account, type AccountEvent } from './domain/account.js';
import { takenOnCreditIdOf, takenOnIdOf, takenOnItemIdOf } from './domain/taken-on.js';
import { cancelRefund, requestRefund } from './refunds.commands.js';
import { takeOnCredit, takeOnOpenItem } from './take-on.commands.js';

type History = Readonly<Record<string, readonly Typed[]>>;
const today = '2026-03-20';
const after = (history: History, command: AnyCommand, request: object, known?: unknown): History => {
  const answer = deciding(command, history, { today, known })(request) as History;
  if ('refused' in answer) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return { ...history, ...Object.fromEntries(Object.entries(answer).map(([stream, made]) => [stream, [...(history[stream] ?? []), ...made]])) };
};
const moneyOf = (history: History) => [...history['account/c1-EUR']!.reduce((s, e) => account.evolve(s, e as AccountEvent), account.initial).cash].map(([, { unappliedMinor, onAccount, valueOn }]) => ({ unappliedMinor, onAccount, valueOn }));

describe('credit that is taken on and left alone on purpose', () => {
  const of = { customer: 'c1', currency: 'EUR', source: 'SAP' };
  const creditNoteId = takenOnCreditIdOf('SAP', 'receipt', 'ZE-1');
  const credit = after({}, takeOnCredit, { ...of, number: 'ZE-1', kind: 'receipt', originalMinor: 60, unappliedMinor: 60, issuedOn: '2025-11-01', onAccount: true }, { customerKnown: true });
  const alone = [{ unappliedMinor: 60, onAccount: true, valueOn: '2025-11-01' }];
  it('is as old as it was there', () => expect(moneyOf(credit)).toEqual(alone));

  it('is left alone again, and as old, when what a person used of it is taken back', () => {
    const owed = after(credit, takeOnOpenItem, { ...of, number: '9001', kind: 'invoice', originalMinor: 60, openMinor: 60, issuedOn: '2025-11-01', dueOn: '2025-12-01', dunningLevel: 0, orderNumber: '', externalNumber: '', paymentReference: '' }, { customerKnown: true });
    const used = after(owed, applyCredit, { creditNoteId, shares: [{ itemId: takenOnItemIdOf(takenOnIdOf('SAP', '9001')), minor: 60, currency: 'EUR' }] });
    const { groupId } = used[`posted-credit-note/${creditNoteId}`]!.at(-1) as unknown as { groupId: string };
    expect([moneyOf(used), moneyOf(after(used, unapplyCredit, { creditNoteId, groupId, reason: 'wrong', effectiveOn: '' }))]).toEqual([[], alone]);
  });

  it('is left alone again, and as old, when its refund comes to nothing', () => {
    const asked = after(credit, requestRefund, { refundId: 'rfd_1', receiptId: '', creditNoteId, minor: null, currency: '', method: '', payee: { name: 'Old & Co', iban: 'DE89370400440532013000' }, reason: 'asked for', by: 'anna' });
    expect([moneyOf(asked), moneyOf(after(asked, cancelRefund, { refundId: 'rfd_1', by: 'anna', reason: '' }))]).toEqual([[], alone]);
  });
});
