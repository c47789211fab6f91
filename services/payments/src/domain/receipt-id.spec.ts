import { describe, expect, it } from '@jest/globals';
import { shareIdOf } from '../paying-for.js';
import { receiptIdOfDebit } from './debit.js';
import { receiptIdOfPayment } from './pay-link.js';
import { derivedReceiptId, isDerivedReceiptId } from './receipt-id.js';

describe('the id of a receipt that is made here', () => {
  it('is the same for the same', () => expect([derivedReceiptId('bst_1', '7'), derivedReceiptId('bst_1', '7') === derivedReceiptId('bst_1', '8')]).toEqual([derivedReceiptId('bst_1', '7'), false]));
  it('has a form of its own, whatever it is of', () => expect([derivedReceiptId('bst_1', '7'), receiptIdOfDebit('ddt_1', 1), receiptIdOfPayment('pln_1', 'P-1'), shareIdOf('rcp_1', 'c2', 0)].every(isDerivedReceiptId)).toBe(true));
  it('is none that callers use, or that are made for them', () => expect(['rcp_1', `rcp_${'0'.repeat(32)}`, `rcp.${'0'.repeat(31)}`, `rcp.${'0'.repeat(33)}`, 'rcp.2026'].some(isDerivedReceiptId)).toBe(false));
});
