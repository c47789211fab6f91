// Credit notes net of early-payment discounts: decided anew, for all credit notes of an invoice, after one was posted and whenever a discount was granted or anything of the invoice is open again.
// By then everything that was applied before is known. What a credit note has been used for meanwhile is not taken back from it.
import { share } from '@ar/domain/money.js';
import type { Command, Decision, Tx } from '@ar/runtime/forms.js';
import { account, accountId, type Application, creditKey, sum } from './domain/account.js';
import { worthOf } from './domain/in-base.js';
import { discountsTakenBack, type TakenBack } from './domain/credit-discount.js';
import { postedCreditNote } from './domain/posted-credit-note.js';
import { receipt } from './domain/receipt.js';
import { settleByOwnCredit } from './credit-notes.commands.js';
import { receiptsAppliedTo } from './projections/applications.js';
import { creditNotesOf } from './projections/posted-credit-notes.js';

const receiptOf = (receiptId: string) => ({ aggregate: receipt, id: receiptId });
const creditOf = (creditNoteId: string) => ({ aggregate: postedCreditNote, id: creditNoteId });
const accountOf = (customer: string, currency: string) => ({ aggregate: account, id: accountId(customer, currency) });

/** All invoices that one event is about: what is decided because of it is one command to the account. */
export interface NetCredits { readonly customer: string; readonly currency: string; readonly invoiceIds: readonly string[] }
/** Keys of money that is applied to an invoice, and its credit notes. */
export interface CreditsKnown { readonly keys: readonly string[]; readonly creditNotes: readonly string[] }

export const netCredits: Command<NetCredits, readonly CreditsKnown[]> = {
  name: 'net-credits',
  streams: ({ customer, currency }) => [accountOf(customer, currency)],
  async known(asked, tx: Tx) {
    const of = asked.flatMap((a) => a.request.invoiceIds.map((documentId) => ({ tenant: a.tenant, documentId })));
    const [keys, creditNotes] = [await receiptsAppliedTo(tx, of), await creditNotesOf(tx, of)];
    const all = of.map((_, i) => ({ keys: keys[i]!, creditNotes: creditNotes[i]! }));
    let next = 0;
    return asked.map((a) => all.slice(next, next += a.request.invoiceIds.length));
  },
  decide({ customer, currency, invoiceIds }, on) {
    on.reach(on.known.flatMap(({ keys, creditNotes }) => (creditNotes.length === 0 ? [] : [...creditNotes.map(creditOf), ...keys.map(receiptOf)])));
    invoiceIds.forEach((invoiceId, i) => netCreditsOf(invoiceId, on.known[i]!, customer, currency, on));
  },
};

function netCreditsOf(invoiceId: string, known: CreditsKnown, customer: string, currency: string, on: Decision<unknown>): void {
  const isOwn = (a: Application) => a.item.kind === 'invoice' && a.item.documentId === invoiceId && a.recovers === undefined;
  const notes = known.creditNotes.flatMap((id) => { const s = on.state(creditOf(id)); return s.status === 'none' ? [] : [s]; })
    .sort((a, b) => (a.issuedOn < b.issuedOn ? -1 : a.issuedOn > b.issuedOn ? 1 : a.creditNoteId < b.creditNoteId ? -1 : 1));
  if (notes.length === 0) return;
  const paid = known.keys.flatMap((key) => { const s = on.state(receiptOf(key)); return s.status === 'recorded' ? Object.values(s.groups).flat().filter(isOwn) : []; });
  const granted = paid.flatMap((a) => (a.discount ? [a.discount] : []));
  const rests = notes.map((n) => n.minor - sum(Object.values(n.groups).flat().filter(isOwn)));
  const target = discountsTakenBack({ settledMinor: sum(paid) + sum(granted), grantedMinor: sum(granted), taxMinor: granted.reduce((total, d) => total + d.taxMinor, 0) }, rests);
  let givenAgain = false;
  notes.forEach(({ creditNoteId, discount: had, unappliedMinor, issuedOn, minor, inBase }, i) => {
    const discount = reached(had, target[i]!, unappliedMinor);
    const more = { minor: discount.minor - had.minor, taxMinor: discount.taxMinor - had.taxMinor };
    if (more.minor === 0) return;
    on.run(creditOf(creditNoteId), { type: 'NetOfDiscount', discount, today: on.today });
    const of = { customer, currency, receiptId: creditKey(creditNoteId) };
    if (more.minor > 0) on.run(accountOf(customer, currency), { type: 'TakeDiscountBack', ...of, ...more });
    else { givenAgain = true; on.run(accountOf(customer, currency), { type: 'PlaceCash', ...of, minor: -more.minor, taxMinor: -more.taxMinor, onAccount: false, valueOn: issuedOn, effectiveOn: on.today, from: 'discount', transferId: '', inBase: worthOf(-more.minor, { minor, inBase }) }); }
  });
  if (givenAgain) settleByOwnCredit(on, customer, currency, new Set([invoiceId])); // what a person has taken back from it stays where it is
}

/** The target, as far as the credit note has something left. */
function reached(had: TakenBack, target: TakenBack, unappliedMinor: number): TakenBack {
  const wanted = target.minor - had.minor;
  if (wanted <= unappliedMinor) return wanted === 0 ? had : target;
  return { minor: had.minor + unappliedMinor, taxMinor: had.taxMinor + share(target.taxMinor - had.taxMinor, unappliedMinor, wanted, 'half-up') };
}
