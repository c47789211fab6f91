// What a payer kept back opens disputes at once: the payment that it was kept back from has been read before.
import { DeductionReason } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { derivedId } from '@ar/domain/id.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Reaction } from '@ar/runtime/forms.js';
import { words } from '@ar/runtime/terms-contract.js';
import { disputeDeductions, type DisputeDeductions } from './deductions.commands.js';
import type { DisputeReason } from './domain/dispute.js';

const reasons = words<Exclude<DisputeReason, 'reference'>, DeductionReason>({
  other: DeductionReason.OTHER, price: DeductionReason.PRICE, quantity: DeductionReason.QUANTITY, quality: DeductionReason.QUALITY, delivery: DeductionReason.DELIVERY, duplicate: DeductionReason.DUPLICATE, tax: DeductionReason.TAX,
  'payment-terms': DeductionReason.PAYMENT_TERMS, 'credit-due': DeductionReason.CREDIT_DUE,
});

export const disputeDeducted: Reaction<'ar.payments.deductions_taken.v1', DisputeDeductions> = {
  name: 'dispute-deducted',
  on: 'ar.payments.deductions_taken.v1',
  command: disputeDeductions,
  requests: ({ customer, data }) => [{
    customerId: customer, parts: data.deductions.map((d) => ({ disputeId: derivedId('dsp', data.applicationGroupId, d.itemId), itemId: d.itemId, amount: moneyOf(d.amount), reasonCode: reasons.word(d.reason), text: d.text })),
  }],
  expected: [],
};
