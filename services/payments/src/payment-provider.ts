// The payment provider: whoever moves money on our word. Its port, and the effects that pay refunds and collect direct debits through it.
import type { Effect, Found } from '@ar/runtime/forms.js';
import { claimDebit, debitInKey, recordDebitOutcome } from './debits.commands.js';
import { type DebitEvent, endToEndIdOf } from './domain/debit.js';
import type { RefundEvent } from './domain/refund.js';
import { debitsTodo, debitsUnknown } from './projections/debits.js';
import { refundsTodo, refundsUnknown } from './projections/refunds.js';
import { claimRefund, recordRefundOutcome } from './refunds.commands.js';

/** Money to send. `key` is unique for ever: asked for the same again, a provider pays once and says what it said. `bankReference` is of the payment that came in, for who sends money back to a card or a wallet. */
export interface PayOut { readonly key: string; readonly minor: number; readonly currency: string; readonly method: string; readonly name: string; readonly iban: string; readonly bankReference: string }
/** Money to take, in one attempt; `key` as of a payout, another one for each attempt. `token` is what the provider calls the account, empty where it goes by its IBAN. */
export interface Collection { readonly key: string; readonly attempt: number; readonly minor: number; readonly currency: string; readonly mandateReference: string; readonly signedOn: string; readonly name: string; readonly iban: string; readonly token: string }
/** What became of a payout or a collection: paid under that reference; declined, for good or for now; not decided yet; or it never came. */
export type Answer =
  | { readonly became: 'paid'; readonly reference: string }
  | { readonly became: 'declined'; readonly code: string; readonly forGood: boolean }
  | { readonly became: 'pending' | 'unheard-of' };

export interface PaymentProvider {
  /** Pays, or says why not. Throws where nobody knows whether it was paid: a timeout, a broken connection. */
  payOut(payout: PayOut): Promise<Answer>;
  /** Collects, or says why not; throws as above. */
  collect(collection: Collection): Promise<Answer>;
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

/** The reference of what was paid; throws as an effect is told of everything else. */
async function told(answer: Promise<Answer>): Promise<string> {
  const found = outcomeOf(await answer.catch((error: unknown) => { throw Object.assign(error as Error, { outcomeUnknown: true }); }));
  if (found.outcome === 'sent') return found.detail;
  throw Object.assign(new Error(found.detail), { outcomeUnknown: found.outcome === 'unknown', outcomeFinal: found.final === true });
}

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
  perform: (payout) => told(provider.payOut(payout)),
  ask: async ({ tenant, key }) => outcomeOf(await provider.ask(keyOf(tenant, key))),
  outcome: recordRefundOutcome,
});

/** Collects direct debits on their day, each attempt under a key of its own. */
export const debitCollection = (provider: PaymentProvider): Effect<Collection> => ({
  name: 'debit-collection',
  todo: debitsTodo,
  unknown: debitsUnknown,
  claim: claimDebit,
  async content(_todo, recorded) {
    const attempted = (recorded as readonly DebitEvent[]).find((e) => e.type === 'DebitAttempted');
    if (!attempted) return undefined;
    const { endToEndId: key, attempt, minor, currency, reference: mandateReference, signedOn, debtor: { name, iban, token } } = attempted;
    return { key, attempt, minor, currency, mandateReference, signedOn, name, iban, token };
  },
  perform: (collection) => told(provider.collect(collection)),
  ask: async ({ tenant, key, attempt }) => outcomeOf(await provider.ask(endToEndIdOf(tenant, debitInKey(key), attempt))),
  outcome: recordDebitOutcome,
});
