// The payment provider: whoever moves money on our word. Its port, and the effect that pays refunds through it.
import type { Effect, Found } from '@ar/runtime/forms.js';
import type { RefundEvent } from './domain/refund.js';
import { refundsTodo, refundsUnknown } from './projections/refunds.js';
import { claimRefund, recordRefundOutcome } from './refunds.commands.js';

/** Money to send. `key` is unique for ever: asked for the same again, a provider pays once and says what it said. `bankReference` is of the payment that came in, for who sends money back to a card or a wallet. */
export interface PayOut { readonly key: string; readonly minor: number; readonly currency: string; readonly method: string; readonly name: string; readonly iban: string; readonly bankReference: string }
/** What became of a payout: paid under that reference; declined, for good or for now; not decided yet; or it never came. */
export type Answer =
  | { readonly became: 'paid'; readonly reference: string }
  | { readonly became: 'declined'; readonly code: string; readonly forGood: boolean }
  | { readonly became: 'pending' | 'unheard-of' };

export interface PaymentProvider {
  /** Pays, or says why not. Throws where nobody knows whether it was paid: a timeout, a broken connection. */
  payOut(payout: PayOut): Promise<Answer>;
  ask(key: string): Promise<Answer>;
}

/** A refund's id is unique within its tenant only. */
const keyOf = (tenant: string, refundId: string): string => `${tenant}/${refundId}`;

const outcomeOf = (answer: Answer): Found => {
  switch (answer.became) {
    case 'paid': return { outcome: 'sent', detail: answer.reference };
    case 'declined': return { outcome: 'failed', detail: answer.code, ...(answer.forGood ? { final: true } : {}) };
    case 'pending': return { outcome: 'unknown', detail: 'the provider has not decided yet' };
    case 'unheard-of': return { outcome: 'failed', detail: 'the provider never got it' };
  }
};

/** Pays refunds that are approved. */
export const refundPayout = (provider: PaymentProvider): Effect<PayOut> => ({
  name: 'refund-payout',
  todo: refundsTodo,
  unknown: refundsUnknown,
  claim: claimRefund,
  async content({ tenant }, recorded) {
    const attempted = (recorded as readonly RefundEvent[]).find((e) => e.type === 'RefundAttempted');
    if (!attempted) return undefined;
    const { refundId, minor, currency, method, payee: { name, iban }, bankReference } = attempted;
    return { key: keyOf(tenant, refundId), minor, currency, method, name, iban, bankReference };
  },
  async perform(payout) {
    const found = outcomeOf(await provider.payOut(payout).catch((error: unknown) => { throw Object.assign(error as Error, { outcomeUnknown: true }); }));
    if (found.outcome === 'sent') return found.detail;
    throw Object.assign(new Error(found.detail), { outcomeUnknown: found.outcome === 'unknown', outcomeFinal: found.final === true });
  },
  ask: async ({ tenant, key }) => outcomeOf(await provider.ask(keyOf(tenant, key))),
  outcome: recordRefundOutcome,
});
