// Direct debits and pay links in the world that the ledger is tested in: requested, attempted and answered on one day; what goes back is noted a while later, as the service reacts.
import { policiesWith } from '@ar/runtime/deciding.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import type { Command } from '@ar/runtime/forms.js';
import { recordDebitStatus } from './debit-files.commands.js';
import { tellDebitOutcome } from './debit-outcomes.commands.js';
import { claimDebit, noteDebitReturned, recordDebitOutcome, requestDebit } from './debits.commands.js';
import { receiptIdOfDebit } from './domain/debit.js';
import { mandateIdOf } from './domain/mandate.js';
import { registerMandate } from './mandates.commands.js';
import { createPayLink, recordLinkPayment } from './pay-links.commands.js';

/** `late`: declined, and collected after all; `gone`: the bank says that it went back before it says that it came; `told`: by a person, who collected it by hand. */
export type DebitAct = { readonly act: 'debit'; readonly who: number; readonly item: number; readonly minor: number | null; readonly how: 'collect' | 'decline' | 'late' | 'gone' | 'told' } | { readonly act: 'pay-link'; readonly who: number; readonly item: number; readonly minor: number };

type Run = <Request, Known>(command: Command<Request, Known>, request: Request, known: Known, policies?: PoliciesInForce) => boolean;
const rates = { base: 'EUR' };
const policies = policiesWith({ directDebit: { noticeDays: 0, retryDays: [], autopay: false, creditorId: '' } });

export class Debits {
  readonly #signed = new Set<string>();
  readonly #collected = new Map<string, { readonly debitId: string; readonly customer: string }>();
  #count = 0;
  constructor(private readonly run: Run, private readonly currency: string) {}

  do(act: DebitAct, customer: string, itemId: string, today: string): void {
    const n = ++this.#count;
    if (act.act === 'pay-link') {
      const payLinkId = `pln_${n}`;
      this.run(createPayLink, { payLinkId, customer, currency: this.currency, items: [{ itemId, asked: act.minor }], documentId: '', minor: null, expiresOn: today, by: 'anna' }, { customerKnown: true });
      this.run(recordLinkPayment, { payLinkId, customer, reference: 'P', minor: act.minor + 3, currency: this.currency, method: 'PAYMENT_METHOD_CARD' }, { segment: '', rates });
      return;
    }
    const [mandateId, debitId] = [mandateIdOf(`M-${customer}`), `ddt_${n}`];
    if (!this.#signed.has(customer) && this.run(registerMandate, { customer, scheme: this.currency === 'EUR' ? 'sepa-core' : 'generic', reference: `M-${customer}`, signedOn: today, debtor: { name: 'Ada', iban: 'DE1', bic: '', token: '' }, oneOff: false, collectedBy: 'provider', autopay: false }, { customerKnown: true })) this.#signed.add(customer);
    if (!this.run(requestDebit, { debitId, customer, currency: this.currency, mandateId, items: [{ itemId, asked: act.minor }], collectOn: '', final: false, by: 'anna' }, undefined, policies)) return;
    const todo = { tenant: 't1', customer, key: `debit:${debitId}`, attempt: 1, state: 'requested' as const };
    if (act.how === 'told') this.run(tellDebitOutcome, { debitId, attempt: 0, outcome: 'collected', code: '', reference: '', reason: '' }, rates, policies);
    else this.run(claimDebit, todo, { paused: false }, policies);
    const came = (outcome: 'sent' | 'failed') => this.run(recordDebitOutcome, { todo, outcome, detail: 'AM04' }, rates, policies);
    if (act.how === 'decline' || act.how === 'late') came('failed');
    if (act.how === 'collect' || act.how === 'late') { came('sent'); came('sent'); }
    if (act.how === 'gone') this.run(recordDebitStatus, { debitId, attempt: 1, customer, currency: this.currency, mandateId, became: 'returned', code: 'AM04', hard: false, kind: 'return', reference: '', reason: '' }, rates, policies);
    if (act.how === 'decline') return;
    this.#collected.set(receiptIdOfDebit(debitId, 1), { debitId, customer });
  }

  /** What went back since. */
  note(reversed: readonly string[]): void {
    for (const receiptId of reversed) {
      const of = this.#collected.get(receiptId);
      if (of) this.run(noteDebitReturned, { receiptId, customer: of.customer, currency: this.currency, code: 'AM04' }, { debitId: of.debitId }, policies);
    }
  }
}
