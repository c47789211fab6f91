// A world to test the ledger in: two customers, whatever happens to them, and everything that was recorded, as the store and the log would carry it.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { itemIdOf } from '@ar/domain/id.js';
import { isRefusal } from '@ar/domain/decider.js';
import type { DiscountMode, DiscountTax } from '@ar/domain/terms.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { asConsumed } from '@ar/runtime/cloud-event.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import { deciding, policiesWith } from '@ar/runtime/deciding.js';
import type { Command, Consumed, Typed } from '@ar/runtime/forms.js';
import { exchangeOn, type Rates, rulesOf } from './ledger-rules.world.js';
import { netCredits } from './credit-discounts.commands.js';
import { account, accountId, creditKey, creditNoteIn, type AccountEvent, type AccountState, type Application, type OpenItem, UNIDENTIFIED, type WrittenPart } from './domain/account.js';
import { type Invoice, itemOfDebitNote, itemsOf, referencesOf } from './domain/documents.js';
import { bookedOn } from './domain/in-base.js';
import { leftOf } from './domain/item-discount.js';
import { payer, type PayerEvent, type PayerState } from './domain/payer.js';
import { postedCreditNote, type PostedCreditEvent, type PostedCreditState } from './domain/posted-credit-note.js';
import { BOOKS, LEDGER, period, type PeriodEvent, type PeriodState } from './domain/period.js';
import { receipt, type ReceiptEvent, type ReceiptState } from './domain/receipt.js';
import { applyReceipt, identifyReceipt, recordReceipt, type RecordReceipt, reverseReceipt, unapplyReceipt } from './payments.commands.js';
import { changeDue, finishVoid, postInvoice, voidInvoice } from './open-items.commands.js';
import { applyCredit, postCredit, unapplyCredit } from './credit-notes.commands.js';
import { writeOff, type WriteOffEvent, type WriteOffState } from './domain/write-off.js';
import { refund, type RefundEvent, type RefundState, takenBy } from './domain/refund.js';
import { closePeriod, reopenPeriod } from './periods.commands.js';
import { returnOf } from './bank.commands.js';
import { matchBankReturn } from './bank-returns.commands.js';
import { acceptRecommendation, declineRecommendation } from './recommendations.commands.js';
import { linkPayer, unlinkPayer } from './payers.commands.js';
import { publisher } from './payments.publisher.js';
import { approveRefund, cancelRefund, claimRefund, expireRefund, recordRefundFailed, recordRefundOutcome, recordRefundPaid, refuseRefund, requestRefund } from './refunds.commands.js';
import { type DebitAct, Debits } from './ledger-debits.world.js';
import { More, type MoreAct } from './ledger-more.world.js';
import { cancelTakeOn, takeOnCredit, takeOnOpenItem } from './take-on.commands.js';
import { approveWriteOff, recoverWriteOff, reverseWriteOff, writeOffOpenItems } from './write-offs.commands.js';

/** Numbers choose among what there is, by remainder; `back` are days before the business date. */
export type Act =
  | DebitAct
  | MoreAct
  | { readonly act: 'pass'; readonly days: number }
  | { readonly act: 'post'; readonly who: number; readonly minor: number; readonly instalments: number; readonly dueIn: number; readonly back: number; readonly discount: Offer | null }
  | { readonly act: 'receive'; readonly who: number; readonly minor: number; readonly back: number; readonly names: number | null; readonly early: boolean; readonly onAccount: boolean }
  | { readonly act: 'take'; readonly who: number; readonly item: number; readonly tier: number; readonly back: number }
  | { readonly act: 'identify'; readonly which: number; readonly who: number }
  | { readonly act: 'apply'; readonly which: number; readonly item: number; readonly minor: number }
  | { readonly act: 'unapply'; readonly which: number; readonly group: number; readonly back: number | null }
  | { readonly act: 'answer'; readonly which: number; readonly match: number | null }
  | { readonly act: 'deduct'; readonly which: number; readonly item: number; readonly minor: number; readonly kept: number }
  | { readonly act: 'return'; readonly which: number; readonly back: number }
  | { readonly act: 'reverse'; readonly which: number; readonly back: number | null }
  | { readonly act: 'void'; readonly which: number; readonly lost: boolean; readonly back: number }
  | { readonly act: 'credit'; readonly who: number; readonly of: number | null; readonly minor: number; readonly back: number }
  | { readonly act: 'apply-credit'; readonly which: number; readonly item: number | null; readonly minor: number }
  | { readonly act: 'unapply-credit'; readonly which: number; readonly group: number; readonly back: number | null }
  | { readonly act: 'charge'; readonly who: number; readonly minor: number; readonly dueIn: number; readonly back: number }
  | { readonly act: 'write-off'; readonly who: number; readonly item: number; readonly second: number | null; readonly minor: number | null; readonly allowance: boolean; readonly waits: boolean }
  | { readonly act: 'reverse-write-off'; readonly which: number }
  | { readonly act: 'recover'; readonly which: number; /** null: money that comes in for it. */ readonly receipt: number | null; readonly minor: number | null }
  | { readonly act: 'undo-recovery'; readonly which: number; readonly reverses: boolean }
  | { readonly act: 'refund'; readonly which: number; readonly credit: boolean; readonly minor: number | null; readonly waits: boolean }
  | { readonly act: 'with-refund'; readonly which: number; readonly how: RefundStep; readonly back: number | null }
  | { readonly act: 'close'; readonly back: number }
  | { readonly act: 'reopen' }
  | { readonly act: 'take-on'; readonly who: number; readonly minor: number; readonly number: number; readonly back: number }
  | { readonly act: 'take-credit-on'; readonly who: number; readonly minor: number; readonly number: number; readonly back: number; readonly receipt: boolean; readonly onAccount: boolean }
  | { readonly act: 'cancel-take-on'; readonly which: number }
  | { readonly act: 'link'; readonly ends: boolean }
  | { readonly act: 'finish' }
  | { readonly act: 'move'; readonly which: number; readonly instalment: number; readonly dueIn: number };

/** What can happen to a refund: `decline` is for now; `reverse` is of its receipt. */
type RefundStep = 'approve' | 'refuse' | 'expire' | 'cancel' | 'pay' | 'attempt' | 'unknown' | 'decline' | 'fail' | 'reverse';
/** Tiers by their days after the issue; how much of the total the percent counts on, in percent. */
export interface Offer { readonly tiers: readonly { readonly days: number; readonly percent: string }[]; readonly base: number; readonly tax: DiscountTax; readonly mode: DiscountMode }

export const FIRST_DAY = '2026-01-31';
const customers = ['c-1', 'c-2-EUR'] as const;
const pick = <T>(from: readonly T[], n: number): T | undefined => from[n % Math.max(1, from.length)];

/** Who reads what happened elsewhere expects no refusal of these, and money that came in is always taken. */
const NEVER_REFUSED: ReadonlySet<string> = new Set(['record-receipt', 'post-invoice', 'void-invoice', 'finish-void', 'post-credit', 'net-credits', 'change-due', 'mature-receipt', 'dispute-items', 'end-dispute', 'write-off-small-balances', 'match-what-came', 'post-bank-lines', 'enrich-bank-entries', 'expire-refund', 'claim-refund', 'record-refund-outcome', 'claim-debit', 'record-debit-outcome', 'note-debit-returned', 'record-link-payment']);
export class World {
  /** In the base currency itself, or in another, with its rates. */
  constructor(readonly currency = 'EUR', readonly rates: Rates = () => undefined) { 
    const run: ConstructorParameters<typeof More>[0] = (command, request, known, policies) => this.#run(command, request, known, policies);
    this.#debits = new Debits(run, currency);
    this.#more = new More(run, { account: (c) => this.account(c), receipt: (id) => this.receipt(id), documents: () => this.#documents(), links: () => this.#links(), rates: (day) => this.#known(day), creditNotes: () => this.creditNotes }, customers, currency);
  }
  today: Day = FIRST_DAY;
  readonly events: StoredEvent[] = [];
  /** Refusals met, by code. */
  readonly refused = new Map<string, number>();
  readonly receipts: string[] = [];
  readonly creditNotes: string[] = [];
  readonly takenOn: string[] = [];
  readonly writeOffs: string[] = [];
  readonly refunds: string[] = [];
  readonly #streams = new Map<string, Typed[]>();
  readonly #debits: Debits;
  readonly #more: More;
  /** Commands that were accepted. */
  readonly ran = new Set<string>();
  #charges = 0;
  #returns = 0;
  #netted = 0;
  readonly #invoices: { readonly invoice: Invoice; readonly customer: string; voided: boolean }[] = [];
  readonly #pending: { readonly customer: string; readonly documentId: string; readonly voidOn: Day }[] = [];

  do(act: Act): void {
    if (act.act === 'pass' || act.act === 'finish') { this.#debits.note(this.events.slice(this.#netted).flatMap((e) => (e.type === 'ReceiptReversed' ? [(e.data as unknown as { receiptId: string }).receiptId] : []))); this.#netCredits(); }
    switch (act.act) {
      case 'link': {
        const of = { customer: customers[0], paidFor: customers[1], by: 'anna', reason: '' };
        if (act.ends) this.#run(unlinkPayer, { ...of, untilOn: '' }, undefined);
        else this.#run(linkPayer, { ...of, fromOn: '' }, { unknown: '' });
        return;
      }
      case 'pass': this.today = daysAfter(this.today, act.days); return;
      case 'post': {
        const [n, customer, issuedOn] = [this.#invoices.length + 1, pick(customers, act.who)!, daysAfter(this.today, -act.back)];
        const part = Math.floor(act.minor / act.instalments);
        const instalments = Array.from({ length: act.instalments }, (_, i) => ({ seq: i + 1, dueOn: daysAfter(issuedOn, act.dueIn + 7 * i), minor: i === 0 ? act.minor - part * (act.instalments - 1) : part }))
          .map((i) => (act.discount ? { ...i, discountableMinor: Math.ceil((i.minor * act.discount.base) / 100) } : i));
        const discount = act.discount ? { discount: { tiers: act.discount.tiers.map(({ days, percent }) => ({ percent, lastDay: daysAfter(issuedOn, days) })), tax: act.discount.tax, mode: act.discount.mode } } : {};
        const invoice: Invoice = { invoiceId: `inv_${n}`, number: `R-${n}`, externalNumber: '', paymentReference: '', issuedOn, taxMinor: Math.floor(act.minor / 6), instalments, ...discount, ...this.#booking(act.minor, issuedOn) };
        this.#invoices.push({ invoice, customer, voided: false });
        this.#run(postInvoice, { customer, currency: this.currency, items: itemsOf(invoice), orderNumber: '', externalNumber: '', paymentReference: '' }, undefined);
        return;
      }
      case 'receive': {
        const customer = act.who % 3 === 2 ? '' : customers[act.who % 2]!;
        const named = act.names === null ? [] : [{ reference: act.early ? `R-${this.#invoices.length + 1}` : pick(this.#invoices, act.names)?.invoice.number ?? 'R-1', minor: act.names % 2 ? null : Math.ceil(act.minor / 2) }];
        this.#receive({ customer, receivedMinor: act.minor, valueOn: daysAfter(this.today, -act.back), named, onAccount: act.onAccount });
        return;
      }
      case 'take': { // exactly the discounted amount of an item, in time or not
        const customer = pick(customers, act.who)!;
        const item = pick(this.#open(customer).filter((i) => i.discount), act.item);
        if (!item) return;
        const receivedMinor = item.openMinor - leftOf(item, pick(item.discount!.tiers, act.tier)!.percent);
        this.#receive({ customer, receivedMinor, valueOn: daysAfter(this.today, -act.back), named: [{ reference: item.documentNumber, minor: null }], onAccount: false });
        return;
      }
      case 'identify': {
        const receiptId = pick(this.receipts, act.which);
        if (receiptId) this.#run(identifyReceipt, { receiptId, customer: pick(customers, act.who)!, by: 'anna' }, { customerKnown: true, documents: this.#documents(), links: this.#links() });
        return;
      }
      case 'apply': {
        const receiptId = pick(this.receipts, act.which);
        const state = receiptId === undefined ? undefined : this.receipt(receiptId);
        if (!receiptId || !state || state.status === 'none') return;
        const itemId = pick([state.customer, ...this.#links().map((l) => l.paidFor)].flatMap((c) => this.#open(c)).map((i) => i.itemId), act.item);
        this.#run(applyReceipt, { receiptId, shares: itemId ? [{ itemId, minor: act.minor, currency: this.currency }] : [] }, { documents: this.#documents(), links: this.#links() });
        return;
      }
      case 'unapply': {
        const receiptId = pick(this.receipts, act.which);
        const state = receiptId === undefined ? undefined : this.receipt(receiptId);
        const groupId = state && state.status !== 'none' ? pick(Object.keys(state.groups), act.group) : undefined;
        if (receiptId && groupId) this.#run(unapplyReceipt, { receiptId, groupId, reason: 'mistake', effectiveOn: this.#back(act.back) }, undefined);
        return;
      }
      case 'answer': {
        const waiting = this.receipts.flatMap((id) => { const s = this.receipt(id); return s.status !== 'none' && s.recommended ? [{ receiptId: id, ...s.recommended }] : []; });
        const found = pick(waiting, act.which);
        const match = found && act.match !== null ? pick(found.matches, act.match) : undefined;
        if (found && match) this.#run(acceptRecommendation, { ...found, customer: match.customer, itemId: match.itemId, by: 'anna' }, { customerKnown: true, segment: '' });
        else if (found) this.#run(declineRecommendation, { ...found, by: 'anna', reason: 'no' }, undefined);
        return;
      }
      case 'deduct': {
        const receiptId = pick(this.receipts.filter((id) => { const s = this.receipt(id); return s.status === 'recorded' && s.unappliedMinor > 0; }), act.which);
        const state = receiptId === undefined ? undefined : this.receipt(receiptId);
        if (!receiptId || !state || state.status === 'none') return;
        const itemId = pick(this.#open(state.customer).map((i) => i.itemId), act.item);
        if (itemId) this.#run(applyReceipt, { receiptId, shares: [{ itemId, minor: Math.min(act.minor, state.unappliedMinor), currency: this.currency }], deductions: [{ itemId, minor: act.kept, currency: this.currency, reasonCode: 'price', text: '' }] }, { documents: [] });
        return;
      }
      case 'return': { // a bank takes money back, whatever became of it
        const receiptId = pick(this.receipts, act.which);
        const state = receiptId === undefined ? undefined : this.receipt(receiptId);
        if (!receiptId || !state || state.status === 'none') return;
        const returnId = `brt_${++this.#returns}`;
        const facts = { bankAccountId: 'ba_1', statementId: 'bst_1', bankEntryId: 'ben_1', currency: this.currency, minor: state.facts.receivedMinor, chargesMinor: 0, bookedOn: daysAfter(this.today, -act.back), reference: '', endToEndId: '', code: 'AM04', reason: 'return', counterparty: { name: '', iban: '', remittance: '' } } as const;
        this.#run({ name: 'open-return', streams: () => [returnOf(returnId)], decide: (_request, on) => void on.run(returnOf(returnId), { type: 'Open', returnId, ...facts }) }, {}, undefined);
        this.#run(matchBankReturn, { returnId, receiptId, matchedBy: 'person', by: 'anna', reason: 'it is this one' }, undefined);
        return;
      }
      case 'reverse': {
        const receiptId = pick(this.receipts, act.which);
        if (receiptId) this.#run(reverseReceipt, { receiptId, kind: 'return', code: 'AM04', reason: 'no funds', effectiveOn: this.#back(act.back) }, undefined);
        return;
      }
      case 'void': {
        const found = pick(act.lost ? this.#invoices.filter((i) => !i.voided && this.#isLost(i)) : this.#invoices, act.which);
        if (!found || found.voided) return;
        found.voided = true;
        const { customer, invoice: { invoiceId: documentId, issuedOn, instalments } } = found;
        const back = daysAfter(this.today, -act.back);
        const voidOn = back < issuedOn ? issuedOn : back;
        const before = this.events.length;
        this.#run(voidInvoice, { customer, currency: this.currency, documentId, instalments: instalments.filter((i) => i.minor > 0).length, voidOn }, undefined);
        if (this.events.slice(before).some((e) => e.type === 'DocumentVoidPending')) this.#pending.push({ customer, documentId, voidOn });
        if (act.lost) this.do({ act: 'finish' });
        return;
      }
      case 'credit': { // of an invoice that may be paid, credited or void already, or free; for more than it, too
        const creditNoteId = this.creditNotes.length % 2 === 0 ? `crn_${this.creditNotes.length + 1}` : `rcp_${this.creditNotes.length + 1}`; // a caller's id may be that of a receipt
        const found = act.of === null ? undefined : pick(this.#invoices, act.of);
        const request = { creditNoteId, customer: found?.customer ?? pick(customers, act.who)!, currency: this.currency, number: `C-${creditNoteId}`, invoiceId: found?.invoice.invoiceId ?? '', minor: act.minor, taxMinor: Math.floor(act.minor / 6), issuedOn: daysAfter(this.today, -act.back) };
        const booked = found?.invoice.booking && { base: 'EUR', by: found.invoice.booking };
        if (this.#run(postCredit, { ...request, ...(found ? {} : this.#booking(act.minor, request.issuedOn)) }, { writeOffs: this.#lostOf(request.invoiceId), booked })) this.creditNotes.push(creditNoteId);
        return;
      }
      case 'apply-credit': {
        const creditNoteId = pick(this.creditNotes, act.which);
        const state = creditNoteId === undefined ? undefined : this.creditNote(creditNoteId);
        if (!creditNoteId || !state || state.status === 'none') return;
        const itemId = act.item === null ? undefined : pick(this.#open(state.customer).map((i) => i.itemId), act.item);
        this.#run(applyCredit, { creditNoteId, shares: itemId ? [{ itemId, minor: act.minor, currency: this.currency }] : [] }, undefined);
        return;
      }
      case 'unapply-credit': {
        const creditNoteId = pick(this.creditNotes, act.which);
        const state = creditNoteId === undefined ? undefined : this.creditNote(creditNoteId);
        const groupId = state && state.status !== 'none' ? pick(Object.keys(state.groups), act.group) : undefined;
        if (creditNoteId && groupId) this.#run(unapplyCredit, { creditNoteId, groupId, reason: 'mistake', effectiveOn: this.#back(act.back) }, undefined);
        return;
      }
      case 'charge': {
        this.#charges++;
        const issuedOn = daysAfter(this.today, -act.back);
        const debitNoteId = `inv_${this.#charges}`; // a caller's id may be that of an invoice
        const item = itemOfDebitNote({ debitNoteId, number: `D-${this.#charges}`, externalNumber: '', paymentReference: '', issuedOn, dueOn: daysAfter(issuedOn, act.dueIn), minor: act.minor, taxMinor: 0, ...this.#booking(act.minor, issuedOn) });
        this.#run(postInvoice, { customer: pick(customers, act.who)!, currency: this.currency, items: [item], orderNumber: '', externalNumber: '', paymentReference: '' }, undefined);
        return;
      }
      case 'move': this.#move(act); return;
      case 'write-off': this.#writeOff(act); return;
      case 'reverse-write-off': {
        const writeOffId = pick(this.writeOffs, act.which);
        if (writeOffId) this.#run(reverseWriteOff, { writeOffId, reason: 'in error' }, undefined);
        return;
      }
      case 'recover': {
        const writeOffId = pick(this.writeOffs, act.which);
        if (writeOffId && act.receipt === null) this.#receive({ customer: this.writeOff(writeOffId).customer, receivedMinor: act.minor ?? 50, valueOn: this.today, named: [], onAccount: true });
        const receiptId = act.receipt === null ? this.receipts.at(-1) : pick(this.receipts, act.receipt);
        if (writeOffId && receiptId) this.#run(recoverWriteOff, { writeOffId, receiptId, minor: act.minor, currency: act.minor === null ? '' : this.currency }, undefined);
        return;
      }
      case 'undo-recovery': {
        const recoveries = this.writeOffs.flatMap((id) => { const { inner } = this.writeOff(id); return inner.status === 'none' ? [] : Object.entries(inner.recoveries); });
        const [groupId, of] = pick(recoveries, act.which) ?? ['', undefined];
        if (of && act.reverses) this.#run(reverseReceipt, { receiptId: of.receiptId, kind: 'return', code: 'AM04', reason: 'no funds', effectiveOn: '' }, undefined);
        else if (of) this.#run(unapplyReceipt, { receiptId: of.receiptId, groupId, reason: 'mistake', effectiveOn: '' }, undefined);
        return;
      }
      case 'refund': {
        if (!act.credit && act.which % 2 === 0) this.#receive({ customer: customers[act.which % 4 === 0 ? 0 : 1], receivedMinor: 200, valueOn: this.today, named: [], onAccount: true });
        const [receiptId, creditNoteId] = !act.credit && act.which % 2 === 0 ? [this.receipts.at(-1), ''] : act.credit ? ['', pick(this.creditNotes, act.which)] : [pick(this.receipts, act.which), ''];
        if (receiptId === undefined || creditNoteId === undefined) return;
        const refundId = `rfd_${this.refunds.length + 1}`;
        const request = { refundId, receiptId, creditNoteId, minor: act.minor, currency: act.minor === null ? '' : this.currency, method: 'PAYMENT_METHOD_CASH', payee: null, reason: 'paid twice', by: 'anna' };
        if (this.#run(requestRefund, request, undefined, policiesWith({ approvals: { refundLimit: act.waits ? '0' : '' } }))) this.refunds.push(refundId);
        return;
      }
      case 'close': this.#run(closePeriod, { lastOn: daysAfter(this.today, -act.back - 1), by: 'anna' }, { openSince: this.today, waiting: 0, ties: [] }); return;
      case 'reopen': {
        const last = this.books().closed.at(-1);
        if (last) this.#run(reopenPeriod, { lastOn: last.lastOn, by: 'otto', reason: 'a mistake' }, undefined);
        return;
      }
      case 'take-credit-on': { // a number may come twice
        const [issuedOn, number] = [daysAfter(this.today, -act.back - 20), `G-${act.number}`];
        this.#run(takeOnCredit, { customer: pick(customers, act.who)!, currency: this.currency, source: '', number, kind: act.receipt ? 'receipt' : 'credit-note', originalMinor: act.minor + 7, unappliedMinor: act.minor, issuedOn, onAccount: act.onAccount }, { customerKnown: true, rates: this.#known(this.today) });
        return;
      }
      case 'cancel-take-on': {
        const documentId = pick(this.takenOn, act.which);
        if (documentId) this.#run(cancelTakeOn, { documentId, by: 'anna', reason: 'a mistake' }, undefined);
        return;
      }
      case 'take-on': { // a number may come twice
        const [issuedOn, number] = [daysAfter(this.today, -act.back - 20), `S-${act.number}`];
        this.#run(takeOnOpenItem, { customer: pick(customers, act.who)!, currency: this.currency, source: '', number, kind: 'invoice', originalMinor: act.minor + 7, openMinor: act.minor, issuedOn, dueOn: daysAfter(issuedOn, 10), dunningLevel: 1, orderNumber: '', externalNumber: '', paymentReference: '' }, { customerKnown: true, rates: this.#known(this.today) });
        return;
      }
      case 'debit':
      case 'pay-link': {
        const customer = pick(customers, act.who)!;
        const open = pick(this.#open(customer), act.item);
        if (open) this.#debits.do(act, customer, open.itemId, this.today);
        return;
      }
      case 'with-refund': this.#withRefund(act); return;
      case 'promise':
      case 'mature':
      case 'bounce':
      case 'dispute':
      case 'end-dispute':
      case 'small':
      case 'advise':
      case 'bank': this.#more.do(act, this.today); return;
      case 'finish': {
        for (const { customer, documentId, voidOn } of this.#pending.splice(0)) {
          const uses = (groups: Readonly<Record<string, readonly Application[]>>) => Object.values(groups).flat().some((a) => a.item.documentId === documentId);
          const known = [...this.creditNotes.filter((id) => { const s = this.creditNote(id); return s.status !== 'none' && uses(s.groups); }).map(creditKey), ...this.receipts.filter((id) => { const s = this.receipt(id); return s.status !== 'none' && uses(s.groups); })];
          this.#run(finishVoid, { customer, currency: this.currency, documentId, voidOn }, { keys: known, writeOffs: this.#lostOf(documentId) });
        }
        return;
      }
    }
  }

  /** As the service reacts, a while later: credit notes are decided on again where one was posted, a discount granted or something opened again. */
  #netCredits(): void {
    const since = this.events.slice(this.#netted);
    this.#netted = this.events.length;
    const uses = (groups: Readonly<Record<string, readonly Application[]>>, id: string) => Object.values(groups).flat().some((a) => a.item.kind === 'invoice' && a.item.documentId === id);
    for (const { invoice: { invoiceId }, customer } of this.#invoices) {
      const concerned = since.some(({ type, data }) => {
        if (type === 'CreditNotePosted') return (data as unknown as { invoiceId: string }).invoiceId === invoiceId;
        const applications = (data as unknown as { applications?: readonly Application[] }).applications ?? [];
        return (type === 'OpenItemsReopened' || type === 'OpenItemsSettled') && applications.some((a) => a.item.documentId === invoiceId && (a.discount !== undefined || type === 'OpenItemsReopened' || creditNoteIn((data as unknown as { receiptId: string }).receiptId) !== undefined));
      });
      if (!concerned) continue;
      const keys = this.receipts.filter((id) => { const s = this.receipt(id); return s.status !== 'none' && uses(s.groups, invoiceId); });
      const creditNotes = this.creditNotes.filter((id) => { const s = this.creditNote(id); return s.status !== 'none' && s.invoiceId === invoiceId; });
      this.#run(netCredits, { customer, currency: this.currency, invoiceIds: [invoiceId] }, [{ keys, creditNotes }]);
    }
  }

  #isLost = ({ invoice, customer }: { readonly invoice: Invoice; readonly customer: string }): boolean => Object.values(this.account(customer).writtenOff).flat().some((w) => w.kind === 'invoice' && w.documentId === invoice.invoiceId);

  #open = (customer: string): readonly OpenItem[] => this.account(customer).items.values();
  /** Write-offs that an invoice was ever part of. */
  #lostOf = (invoiceId: string): readonly string[] => this.writeOffs.filter((id) => this.#of(`write-off/${id}`).some((e) => e.type === 'WriteOffBooked' && (e as unknown as { parts: readonly WrittenPart[] }).parts.some((p) => p.item.kind === 'invoice' && p.item.documentId === invoiceId)));

  #move({ which, instalment, dueIn }: Extract<Act, { act: 'move' }>): void {
    const found = pick(this.#invoices, which);
    const part = found && !found.voided ? pick(found.invoice.instalments, instalment) : undefined;
    if (!found || !part) return;
    const { customer, invoice: { invoiceId: documentId } } = found;
    this.#run(changeDue, { customer, currency: this.currency, itemId: itemIdOf(documentId, part.seq), documentId, instalment: part.seq, formerDueOn: part.dueOn, dueOn: daysAfter(this.today, dueIn - 10) }, undefined);
  }

  /** One or two items, at once, or proposed by one person and approved by another on a later day. */
  #writeOff({ who, item, second, minor, allowance, waits }: Extract<Act, { act: 'write-off' }>): void {
    const customer = pick(customers, who)!;
    const open = this.#open(customer).map((i) => i.itemId);
    const items = [pick(open, item), second === null ? undefined : pick(open, second)].flatMap((itemId) => (itemId === undefined ? [] : [{ itemId, minor }]));
    if (items.length === 0) return;
    const writeOffId = `wof_${this.writeOffs.length + 1}`;
    const wish = { writeOffId, customer, currency: this.currency, items, method: allowance ? 'allowance' : 'direct', reasonCode: 'insolvency', reason: 'insolvent', by: 'anna' } as const;
    if (!this.#run(writeOffOpenItems, wish, undefined, policiesWith({ approvals: { writeOffLimit: waits ? '0' : '' } }))) return;
    if (!this.writeOffs.includes(writeOffId)) this.writeOffs.push(writeOffId); // it waits
    if (!waits) return;
    this.today = daysAfter(this.today, 1);
    this.#run(approveWriteOff, { writeOffId, by: 'otto' }, undefined);
  }

  #withRefund({ which, how, back }: Extract<Act, { act: 'with-refund' }>): void {
    const refundId = pick(this.refunds.filter((id) => takenBy(this.refund(id))), which);
    if (!refundId) return;
    const { customer, inner } = this.refund(refundId);
    const attempt = inner.status === 'ordered' && inner.paying.status !== 'none' ? inner.paying.attempt : 1;
    const todo = { tenant: 't1', customer, key: refundId, attempt, state: 'requested' } as const;
    const came = (outcome: 'sent' | 'failed' | 'unknown', final = false) => this.#run(recordRefundOutcome, { todo, outcome, detail: 'said so', ...(final ? { final: true } : {}) }, undefined);
    switch (how) {
      case 'approve': this.#run(approveRefund, { refundId, by: 'otto' }, undefined); return;
      case 'refuse': this.#run(refuseRefund, { refundId, by: 'otto', reason: 'no' }, undefined); return;
      case 'expire': this.today = daysAfter(this.today, 15); this.#run(expireRefund, { refundId, customer }, undefined); return;
      case 'cancel': this.#run(cancelRefund, { refundId, reason: 'not wanted' }, undefined); return;
      case 'pay': if (back === null) came('sent'); else this.#run(recordRefundPaid, { refundId, reference: 'B-1', paidOn: daysAfter(this.today, -back) }, undefined); return;
      case 'attempt': this.#run(claimRefund, todo, undefined); return;
      case 'unknown': this.#run(claimRefund, todo, undefined); came('unknown'); return;
      case 'decline': this.#run(claimRefund, todo, undefined); came('failed', back !== null && back > 6); return;
      case 'fail': this.#run(recordRefundFailed, { refundId, reason: 'the bank says so' }, undefined); return;
      case 'reverse': { // of a receipt, maybe after it was paid by hand
        if (which % 3 > 0) this.#run(recordRefundPaid, { refundId, reference: 'B-2', paidOn: '' }, undefined);
        const of = takenBy(this.refund(refundId));
        if (of && creditNoteIn(of.key) === undefined) this.#run(reverseReceipt, { receiptId: of.key, kind: 'chargeback', code: 'C01', reason: 'disputed', effectiveOn: this.#back(back) }, undefined);
      }
    }
  }

  account(customer: string, currency = this.currency): AccountState { return this.#of(`account/${accountId(customer, currency)}`).reduce<AccountState>((s, e) => account.evolve(s, e as AccountEvent), account.initial); }
  books(): PeriodState { return this.#of(`period/${BOOKS}`).reduce<PeriodState>((s, e) => period.evolve(s, e as PeriodEvent), period.initial); }
  receipt(receiptId: string): ReceiptState { return this.#of(`receipt/${receiptId}`).reduce<ReceiptState>((s, e) => receipt.evolve(s, e as ReceiptEvent), receipt.initial); }
  creditNote(creditNoteId: string): PostedCreditState { return this.#of(`posted-credit-note/${creditNoteId}`).reduce<PostedCreditState>((s, e) => postedCreditNote.evolve(s, e as PostedCreditEvent), postedCreditNote.initial); }
  refund(refundId: string): RefundState { return this.#of(`refund/${refundId}`).reduce<RefundState>((s, e) => refund.evolve(s, e as RefundEvent), refund.initial); }
  writeOff(writeOffId: string): WriteOffState { return this.#of(`write-off/${writeOffId}`).reduce<WriteOffState>((s, e) => writeOff.evolve(s, e as WriteOffEvent), writeOff.initial); }
  accounts(): readonly string[] { return [...customers, UNIDENTIFIED]; }
  /** All that was recorded, as readers of the log get it. */
  consumed(): readonly Consumed[] { return this.events.map((e) => asConsumed('payments', publisher, e)); }

  /** The first customer may pay for the second one. */
  #links() { return this.#of(`payer/${customers[0]}`).reduce<PayerState>((s, e) => payer.evolve(s, e as PayerEvent), payer.initial).links.map((l) => ({ ...l, payer: customers[0] })); }
  #of(stream: string): readonly Typed[] { return this.#streams.get(stream) ?? []; }
  #exchange(day: Day) { return exchangeOn(day, this.currency, this.rates); }
  #known(day: Day) { return { base: 'EUR', ...(day < this.today ? { earlier: this.#exchange(day) } : {}) }; }
  #booking(minor: number, day: Day) { const booking = bookedOn({ minor, currency: this.currency }, day, { today: day, exchange: this.#exchange(day), rates: { base: 'EUR' } }); return booking ? { booking } : {}; }
  #back(days: number | null): Day { return days === null ? '' : daysAfter(this.today, -days); }
  #documents() { return this.#invoices.flatMap(({ invoice, customer }) => referencesOf(invoice).map((reference) => ({ reference, customer, currency: this.currency, documentId: invoice.invoiceId }))); }

  #receive(of: Pick<RecordReceipt, 'customer' | 'receivedMinor' | 'valueOn' | 'named' | 'onAccount'>): void {
    const receiptId = `rcp_${this.receipts.length + 1}`;
    const request = { receiptId, currency: this.currency, method: 'PAYMENT_METHOD_BANK_TRANSFER', remitter: { name: '', iban: '', remittance: '' }, bankReference: '', ...of };
    const matchable = of.customer ? [] : customers.flatMap((customer, i) => this.#open(customer).map((item) => ({ ...item, customer, customerName: '', accountKnown: (this.receipts.length + i) % 2 === 0 })));
    this.#run(recordReceipt, request, { customerKnown: true, documents: this.#documents(), matchable, rates: this.#known(request.valueOn), links: this.#links() });
  }

  /** A command of a test of its own. */
  run<Request, Known>(command: Command<Request, Known>, request: Request, known: Known): boolean { return this.#run(command, request, known); }
  /** Runs a command as the runtime does: all streams or none. Tells whether it was accepted. */
  #run<Request, Known>(command: Command<Request, Known>, request: Request, known: Known, policies?: PoliciesInForce): boolean {
    const { openFrom } = this.books();
    const answer = deciding(command, Object.fromEntries(this.#streams), { today: this.today, openFrom, known, policies: { ...(policies ?? policiesWith(rulesOf(this.receipts.length, this.currency))), exchange: this.#exchange(this.today) } })(request);
    if ('refused' in answer && isRefusal(answer as never)) {
      const code = String(answer['refused']);
      this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
      if (NEVER_REFUSED.has(command.name)) throw new Error(`${command.name} is refused: ${JSON.stringify(answer)}`);
      return false;
    }
    this.ran.add(command.name);
    for (const [stream, made] of Object.entries(answer as Readonly<Record<string, readonly Typed[]>>)) {
      const history = [...this.#of(stream)];
      for (const { type, ...data } of made) {
        const { effectiveOn } = data as { readonly effectiveOn?: Day };
        if (effectiveOn !== undefined && effectiveOn < openFrom) throw new Error(`${type} counts on ${effectiveOn}, which is closed: the books are open from ${openFrom}`);
        history.push({ type, ...data });
        if (type === 'DocumentTakenOn' || type === 'CreditTakenOn') this.takenOn.push((data as unknown as { documentId: string }).documentId);
        if (type === 'CreditTakenOn') this.creditNotes.push((data as unknown as { documentId: string }).documentId);
        if (type === 'ReceiptRecorded') this.receipts.push((data as unknown as { receiptId: string }).receiptId);
        if (type === 'WriteOffBooked' && !this.writeOffs.includes((data as { writeOffId: string }).writeOffId)) this.writeOffs.push((data as { writeOffId: string }).writeOffId);
        this.events.push({
          sequence: this.events.length + 1, streamId: `t1/${stream}`, version: history.length, partitionKey: `t1/${(data as { customer?: string }).customer ?? LEDGER}`, eventId: `e${this.events.length + 1}`, type, schemaV: 1, data: structuredClone(data),
          meta: { correlation: '', causation: '', actor: 'test' }, businessDate: this.today, recordedAt: `${this.today}T12:00:00Z`,
        } as StoredEvent);
      }
      this.#streams.set(stream, history);
    }
    return true;
  }
}
