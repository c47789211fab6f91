// Credit notes and debit notes: which streams, what must be known, what is decided. A credit note for an invoice is one append to both, so what can be credited is never given twice.
import { limitOf } from '@ar/domain/approvable.js';
import { bookingOf } from './domain/booking.js';
import type { Policies, PoliciesInForce } from '@ar/domain/policies.js';
import { derivedId } from '@ar/domain/id.js';
import type { Day } from '@ar/domain/day.js';
import { type Refusal, refuse } from '@ar/domain/decider.js';
import { formatMoney } from '@ar/domain/money.js';
import type { Command, Decision, Tx } from '@ar/runtime/forms.js';
import { creditorReference } from './domain/creditor-reference.js';
import { creditNote, needOf, waitingIn, type ContentRefusal, type CreditContent, type CreditNoteEvent, type CreditWish, type IssueCreditNote as Issue } from './domain/credit-note.js';
import { debitNote, type DebitDue, type DebitNoteFacts } from './domain/debit-note.js';
import { creditOf, invoice } from './domain/invoice.js';
import { issueDateOf } from './domain/issue-date.js';
import { printedNumber, type DocumentSeries, type DocumentType } from './domain/tenant.js';
import { noteLine, totals, type PricedLine } from './domain/totals.js';
import { coded, issueInvoice, type IssueInvoice, NO_RATES } from './invoicing.commands.js';

const creditNoteOf = (creditNoteId: string) => ({ aggregate: creditNote, id: creditNoteId });
const debitNoteOf = (debitNoteId: string) => ({ aggregate: debitNote, id: debitNoteId });
const invoiceOf = (invoiceId: string) => ({ aggregate: invoice, id: invoiceId });
const seriesOf = (documentType: DocumentType, day: Day) => `${documentType}/${day.slice(0, 4)}`;

/** `earlierExchange`: the exchange policy that held on the day of a note dated back. */
interface NoteKnown { readonly baseCurrency?: string; readonly earlierExchange?: PoliciesInForce['exchange'] | undefined; readonly series: readonly DocumentSeries[]; readonly sellerVersion: number; readonly customer: { readonly netDays: number | null; readonly version: number } | undefined }

/** The tenant's series, and the customer where one is named. */
async function known(asked: readonly { readonly tenant: string; readonly customerId: string; readonly today?: Day; readonly issueDate?: Day | '' }[], tx: Tx): Promise<readonly NoteKnown[]> {
  const series = await tx.query<{ tenant: string; series: readonly DocumentSeries[]; version: number; baseCurrency: string }>('select tenant, series, details_version "version", base_currency "baseCurrency" from tenant where tenant = any($1)', [asked.map((a) => a.tenant)]);
  const customers = await tx.query<{ tenant: string; customer: string; net_days: number | null; version: number }>(
    'select c.tenant, c.customer, c.net_days, c.version from unnest($1::text[], $2::text[]) a(tenant, customer) join customer c using (tenant, customer)', [asked.map((a) => a.tenant), asked.map((a) => a.customerId)]);
  const late = asked.map((a) => (a.issueDate && a.today && a.issueDate < a.today ? a.issueDate : null));
  const earlier = late.every((day) => day === null) ? [] : await tx.query<{ n: number; version: number; policy: Policies['exchange'] }>(
    `select a.n::int n, x.version, x.policy from unnest($1::text[], $2::date[]) with ordinality a(tenant, "day", n) cross join lateral (select version, policy from policy p where p.tenant = a.tenant and p.kind = 'exchange' and p.held_from <= a.day order by version desc limit 1) x`,
    [asked.map((a) => a.tenant), late]);
  return asked.map(({ tenant, customerId }, i) => {
    const then = earlier.find((e) => e.n === i + 1);
    const customer = customers.find((c) => c.tenant === tenant && c.customer === customerId);
    const seller = series.find((s) => s.tenant === tenant);
    return { baseCurrency: seller?.baseCurrency ?? '', earlierExchange: then ? { ...then.policy, version: then.version } : undefined, series: seller?.series ?? [], sellerVersion: seller?.version ?? 0, customer: customer && { netDays: customer.net_days, version: customer.version } };
  });
}

const exchangeOn = (issueDate: Day, { earlierExchange }: NoteKnown, on: Decision<unknown>): PoliciesInForce['exchange'] => (issueDate < on.today ? earlierExchange ?? NO_RATES : on.policies.exchange);

/** What the wish comes to, on what is locked now; what is known matters to free credit alone. */
function contentOf(wish: CreditWish, issueDate: Day, known: NoteKnown, on: Decision<unknown>): CreditContent | Refusal<ContentRefusal> {
  const { for: what } = wish;
  if (what.kind === 'free') {
    if (known.customer === undefined) return refuse('customer-not-found', { customerId: what.customerId });
    const { rounding, prices, rates } = on.policies.tax;
    const coding = what.lines.map((line) => coded(line, rates, issueDate));
    const uncoded = coding.find((line) => line.taxCategory === '');
    if (uncoded) return refuse('tax-code-not-found', { taxCode: uncoded.taxCode, issueDate });
    const summed = totals(coding, [], what.currencyCode, { rounding, prices });
    if ('invalid' in summed) return refuse('total-out-of-range', { value: summed.value });
    const { lines, taxTotals, net, tax, total } = summed;
    const booking = bookingOf(summed, known.baseCurrency ?? '', exchangeOn(issueDate, known, on));
    return { ...(booking ? { booking } : {}), customerId: what.customerId, currencyCode: what.currencyCode, invoiceId: '', invoiceNumber: '', lines: lines.map((line) => ({ invoiceLine: 0, ...noteLine(line) })), taxTotals, net, tax, total };
  }
  const state = on.state(invoiceOf(what.invoiceId));
  const credited = creditOf(state, what.lines, issueDate);
  if ('refused' in credited || !('invoice' in state)) return 'refused' in credited ? credited : refuse('invoice-not-found', { invoiceId: what.invoiceId });
  const { currency, lines: invoiced } = state.creditable;
  const { lines, ...sums } = credited;
  return {
    customerId: state.invoice.customerId, currencyCode: currency, invoiceId: what.invoiceId, invoiceNumber: state.invoice.number, ...sums,
    lines: lines.map(({ line, quantity, net }) => {
      const { description, unitCode, unitPrice, taxRate, taxCategory } = invoiced[line - 1]!;
      return { invoiceLine: line, description, quantity: quantity || '1', unitCode, unitPrice: quantity === '' ? formatMoney(net) : unitPrice, taxRate, taxCategory, net };
    }),
  };
}

/** The wish as it would be issued now. */
function issueNow(wish: CreditWish, known: NoteKnown, on: Decision<unknown>, by: string): Issue {
  const series = seriesOf('credit-note', wish.issueDate || on.today);
  const { last, lastDate } = on.series(series);
  const { issueDate, today } = issueDateOf(wish.issueDate, on.today, lastDate);
  const { approvals } = on.policies;
  const issue = { wish, content: contentOf(wish, issueDate, known, on), limit: limitOf(approvals.creditNoteLimit, by, approvals), expiryDays: approvals.expiryDays };
  return { type: 'Issue', ...issue, number: printedNumber(known.series, 'credit-note', series.slice(-4), last + 1), series, issueDate, today, lastIssueDate: lastDate, sellerVersion: known.sellerVersion, customerVersion: known.customer?.version ?? 0 };
}

/** What was issued takes its number, and is credited to its invoice: both are decided on the same state of it. */
function follow(on: Decision<unknown>, { for: what }: CreditWish, made: readonly CreditNoteEvent[]): void {
  for (const event of made) {
    if (event.type !== 'CreditNoteIssued') continue;
    const { series, issueDate, creditNoteId, number: creditNoteNumber, cancels, replacementInvoiceId: replacedBy } = event;
    on.take(series, issueDate);
    if (what.kind === 'invoice') on.run(invoiceOf(what.invoiceId), { type: 'CreditInvoice', creditNoteId, creditNoteNumber, lines: what.lines, cancels, replacedBy, issueDate });
  }
}

function propose(on: Decision<unknown>, wish: CreditWish, known: NoteKnown, by: string, atOnce = false): void {
  const issue = issueNow(wish, known, on, by);
  // What waits has no number yet.
  follow(on, wish, on.run(creditNoteOf(wish.creditNoteId), { type: 'Propose', issue: needOf(issue) ? { ...issue, number: '' } : issue, by, today: on.today, atOnce }));
}

export interface IssueCreditNote extends CreditWish { readonly by: string }
export const issueCreditNote: Command<IssueCreditNote, NoteKnown> = {
  name: 'issue-credit-note',
  customer: ({ for: what }) => (what.kind === 'free' ? what.customerId : ''),
  streams: ({ creditNoteId, for: what }) => [creditNoteOf(creditNoteId), ...(what.kind === 'invoice' ? [invoiceOf(what.invoiceId)] : [])],
  series: ({ issueDate }, today) => [seriesOf('credit-note', issueDate || today)],
  known: (asked, tx) => known(asked.map(({ tenant, today, request: { for: what, issueDate } }) => ({ tenant, today, issueDate, customerId: what.kind === 'free' ? what.customerId : '' })), tx),
  decide: ({ by, ...wish }, on) => propose(on, wish, on.known, by),
};

const cancelling = (request: Pick<CancelInvoice, 'invoiceId' | 'creditNoteId' | 'issueDate' | 'reason'>, replacementInvoiceId = ''): CreditWish => ({
  creditNoteId: request.creditNoteId, for: { kind: 'invoice', invoiceId: request.invoiceId, lines: [] }, reasonCode: 'cancellation', reason: request.reason, issueDate: request.issueDate, cancels: true, replacementInvoiceId, externalNumber: '', labels: {},
});

export interface CancelInvoice { readonly invoiceId: string; readonly creditNoteId: string; readonly issueDate: Day | ''; readonly reason: string; readonly by: string }
export const cancelInvoice: Command<CancelInvoice, NoteKnown> = {
  name: 'cancel-invoice',
  streams: ({ creditNoteId, invoiceId }) => [creditNoteOf(creditNoteId), invoiceOf(invoiceId)],
  series: ({ issueDate }, today) => [seriesOf('credit-note', issueDate || today)],
  known: (asked, tx) => known(asked.map(({ tenant }) => ({ tenant, customerId: '' })), tx),
  decide: (request, on) => propose(on, cancelling(request), on.known, request.by),
};

/** Both documents are of one date and each names the other. */
export interface CancelAndReissue extends CancelInvoice { readonly replacement: IssueInvoice }
type IssueKnown = typeof issueInvoice extends Command<IssueInvoice, infer K> ? K : never;
export const cancelAndReissue: Command<CancelAndReissue, readonly [NoteKnown, IssueKnown]> = {
  name: 'cancel-and-reissue',
  customer: ({ replacement }) => replacement.customerId,
  streams: ({ creditNoteId, invoiceId, replacement }) => [invoiceOf(replacement.invoiceId), creditNoteOf(creditNoteId), invoiceOf(invoiceId)],
  series: (request, today) => [...issueInvoice.series!(request.replacement, today), seriesOf('credit-note', request.issueDate || today)],
  async known(asked, tx) {
    const notes = await known(asked.map(({ tenant }) => ({ tenant, customerId: '' })), tx);
    const invoices = await issueInvoice.known!(asked.map((a) => ({ ...a, request: a.request.replacement })), tx);
    return asked.map((_, i) => [notes[i]!, invoices[i]!]);
  },
  decide({ replacement, ...request }, on) {
    const [ofNote, ofInvoice] = on.known;
    propose(on, cancelling(request, replacement.invoiceId), ofNote, request.by, true);
    issueInvoice.decide({ ...replacement, replaces: request.invoiceId }, { ...on, known: ofInvoice });
  },
};

export interface ApproveCreditNote { readonly creditNoteId: string; readonly by: string }
/** Issued on the day of its approval: the date that was asked for may be before the last of the series by now. */
export const approveCreditNote: Command<ApproveCreditNote, NoteKnown> = {
  name: 'approve-credit-note',
  streams: ({ creditNoteId }) => [creditNoteOf(creditNoteId)],
  series: (_, today) => [seriesOf('credit-note', today)],
  known: (asked, tx) => known(asked.map(({ tenant }) => ({ tenant, customerId: '' })), tx),
  decide({ creditNoteId, by }, on) {
    const stream = creditNoteOf(creditNoteId);
    const waiting = waitingIn(on.state(stream), creditNoteId);
    const wish = waiting && { ...waiting.wish, issueDate: '' };
    // Its customer was known when it was proposed.
    const made = on.run(stream, { type: 'Approve', creditNoteId, issue: wish && issueNow(wish, { ...on.known, customer: { netDays: null, version: waiting.customerVersion ?? 0 } }, on, by), by, today: on.today });
    if (wish) follow(on, wish, made);
  },
};

export interface RefuseCreditNote { readonly creditNoteId: string; readonly by: string; readonly reason: string }
export const refuseCreditNote: Command<RefuseCreditNote> = {
  name: 'refuse-credit-note',
  streams: ({ creditNoteId }) => [creditNoteOf(creditNoteId)],
  decide: ({ creditNoteId, by, reason }, on) => void on.run(creditNoteOf(creditNoteId), { type: 'Refuse', creditNoteId, by, reason, today: on.today }),
};

export interface ExpireCreditNote { readonly creditNoteId: string; readonly customerId: string }
export const expireCreditNote: Command<ExpireCreditNote> = {
  name: 'expire-credit-note',
  customer: ({ customerId }) => customerId,
  streams: ({ creditNoteId }) => [creditNoteOf(creditNoteId)],
  decide: ({ creditNoteId }, on) => void on.run(creditNoteOf(creditNoteId), { type: 'Expire', creditNoteId, today: on.today }),
};

/** A reaction may ask for it: the id is the charge's own, so that it is charged once. */
export interface IssueDebitNote extends DebitNoteFacts { readonly issueDate: Day | ''; readonly lines: readonly PricedLine[]; readonly due: DebitDue | undefined }
export const issueDebitNote: Command<IssueDebitNote, NoteKnown> = {
  name: 'issue-debit-note',
  customer: ({ customerId }) => customerId,
  streams: ({ debitNoteId, invoiceId }) => [debitNoteOf(debitNoteId), ...(invoiceId ? [invoiceOf(invoiceId)] : [])],
  series: ({ issueDate }, today) => [seriesOf('debit-note', issueDate || today)],
  known: (asked, tx) => known(asked.map(({ tenant, today, request }) => ({ tenant, today, issueDate: request.issueDate, customerId: request.customerId })), tx),
  decide({ issueDate: asked, due, lines, ...request }, on) {
    const series = seriesOf('debit-note', asked || on.today);
    const { last, lastDate } = on.series(series);
    const { issueDate, today } = issueDateOf(asked, on.today, lastDate);
    const number = printedNumber(on.known.series, 'debit-note', series.slice(-4), last + 1);
    const { customer } = on.known;
    const invoiced = request.invoiceId ? on.state(invoiceOf(request.invoiceId)) : undefined;
    on.run(debitNoteOf(request.debitNoteId), {
      type: 'IssueDebitNote', ...request, ...(request.invoiceId ? {} : { base: { currency: on.known.baseCurrency ?? '', exchange: exchangeOn(issueDate, on.known, on) } }), number, series, issueDate, today, lastIssueDate: lastDate, customerKnown: customer !== undefined,
      invoiceOf: invoiced && ('invoice' in invoiced ? invoiced.invoice.customerId : ''), taxRule: on.policies.tax, lines: lines.map((line) => coded(line, on.policies.tax.rates, issueDate)), due: due ?? { netDays: customer?.netDays ?? on.policies.terms.netDays }, dueDateMoves: on.policies.terms.dueDateMoves, calendar: on.policies.calendar,
      policyVersion: due === undefined && customer?.netDays == null ? on.policies.terms.version : 0, paymentReference: creditorReference(number), sellerVersion: on.known.sellerVersion, customerVersion: customer?.version ?? 0,
    });
    on.take(series, issueDate);
  },
};

export interface ChargeReturnedPayment { readonly customerId: string; readonly receiptId: string; readonly currencyCode: string; readonly fee: string; readonly code: string }
/** What a payment that went back costs its customer: a debit note, once per receipt, without tax in its price, taxed as the policy says. */
export const chargeReturnedPayment: Command<ChargeReturnedPayment, NoteKnown> = {
  name: 'charge-returned-payment',
  customer: ({ customerId }) => customerId,
  streams: ({ receiptId }) => [debitNoteOf(feeOf(receiptId))],
  series: (_request, today) => [seriesOf('debit-note', today)],
  known: (asked, tx) => known(asked.map(({ tenant, request }) => ({ tenant, customerId: request.customerId })), tx),
  decide({ customerId, receiptId, currencyCode, fee, code }, on) {
    const { returnedPayments: { taxCategory, taxRate, exemption }, tax } = on.policies;
    issueDebitNote.decide({
      debitNoteId: feeOf(receiptId), customerId, kind: 'fee', currencyCode, invoiceId: '', externalNumber: '', reason: `payment ${receiptId} went back${code && `, ${code}`}`, labels: { receipt_id: receiptId }, issueDate: '', due: undefined,
      lines: [{ description: 'Fee for a returned payment', articleId: '', quantity: '1', unitCode: 'C62', unitPrice: fee, taxCode: '', taxCategory: taxCategory || 'O', taxRate: taxRate || '0', exemption, adjustments: [], periodFrom: '', periodTo: '' }],
    }, { ...on, policies: { ...on.policies, tax: { ...tax, prices: 'net' } } });
  },
};
const feeOf = (receiptId: string) => derivedId('dbn', receiptId);
