// What invoicing can be asked for: which streams, what must be known, what is decided.
import { daysAfter, type Day } from '@ar/domain/day.js';
import type { Policies, PolicyKind, TaxRate } from '@ar/domain/policies.js';
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { creditorReference } from './domain/creditor-reference.js';
import { invoice, MOST_DAYS_BACK, type InvoiceContent, type Issuing } from './domain/invoice.js';
import { printedNumber, tenant, type DocumentSeries, type TenantDetails } from './domain/tenant.js';
import type { PricedLine } from './domain/totals.js';

const tenantOf = (tenantId: string) => ({ aggregate: tenant, id: tenantId });
export const invoiceOf = (invoiceId: string) => ({ aggregate: invoice, id: invoiceId });

export interface RegisterTenant { readonly tenantId: string; readonly baseCurrency: string; readonly timeZone: string; readonly details: TenantDetails; readonly policies: Policies; readonly firstBusinessDay: Day }
export const registerTenant: Command<RegisterTenant> = {
  name: 'register-tenant',
  opensTenant: true,
  streams: ({ tenantId }) => [tenantOf(tenantId)],
  decide: (request, on) => void on.run(tenantOf(request.tenantId), { type: 'RegisterTenant', ...request }),
};

export interface UpdateTenant { readonly tenantId: string; readonly details: TenantDetails }
export const updateTenant: Command<UpdateTenant> = {
  name: 'update-tenant',
  streams: ({ tenantId }) => [tenantOf(tenantId)],
  decide: ({ tenantId, details }, on) => void on.run(tenantOf(tenantId), { type: 'UpdateTenant', details }),
};

export interface PublishPolicy { readonly tenantId: string; readonly kind: PolicyKind; readonly policy: Partial<Policies>; readonly validFrom: Day }
export const publishPolicy: Command<PublishPolicy> = {
  name: 'publish-policy',
  streams: ({ tenantId }) => [tenantOf(tenantId)],
  decide: ({ tenantId, ...rest }, on) => void on.run(tenantOf(tenantId), { type: 'PublishPolicy', ...rest }),
};

export interface OpenBusinessDay { readonly tenantId: string; readonly date: Day }
export const openBusinessDay: Command<OpenBusinessDay> = {
  name: 'open-business-day',
  streams: ({ tenantId }) => [tenantOf(tenantId)],
  decide: ({ tenantId, date }, on) => void on.run(tenantOf(tenantId), { type: 'OpenBusinessDay', date }),
};

export interface Numbering { readonly series: readonly DocumentSeries[] }
export interface IssueKnown extends Numbering { readonly customer: { readonly netDays: number | null } | undefined }

/** How each tenant numbers its documents, and what is known of each customer. */
export async function customersAndSeries(asked: readonly Asked<{ readonly customerId: string }>[], tx: Tx): Promise<readonly IssueKnown[]> {
  const numbering = await seriesOf(asked, tx);
  const customers = await tx.query<{ tenant: string; customer: string; net_days: number | null }>(
    'select c.tenant, c.customer, c.net_days from unnest($1::text[], $2::text[]) a(tenant, customer) join customer c using (tenant, customer)', [asked.map((a) => a.tenant), asked.map((a) => a.request.customerId)]);
  return asked.map(({ tenant: t, request }, i) => {
    const customer = customers.find((c) => c.tenant === t && c.customer === request.customerId);
    return { ...numbering[i]!, customer: customer && { netDays: customer.net_days } };
  });
}

export async function seriesOf(asked: readonly Asked<unknown>[], tx: Tx): Promise<readonly Numbering[]> {
  const rows = await tx.query<{ tenant: string; series: readonly DocumentSeries[] }>('select tenant, series from tenant where tenant = any($1)', [asked.map((a) => a.tenant)]);
  return asked.map((a) => ({ series: rows.find((r) => r.tenant === a.tenant)?.series ?? [] }));
}

export interface IssueInvoice extends InvoiceContent { readonly invoiceId: string }
export const issueInvoice: Command<IssueInvoice, IssueKnown> = {
  name: 'issue-invoice',
  customer: ({ customerId }) => customerId,
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  series: ({ issueDate }, today) => [invoiceSeries(issueDate || today)],
  known: customersAndSeries,
  decide({ invoiceId, ...asked }, on) {
    const { content, issuing } = prepared(asked, { ...on.known, customerKnown: on.known.customer !== undefined, customerNetDays: on.known.customer?.netDays ?? null }, on);
    on.run(invoiceOf(invoiceId), { type: 'IssueInvoice', invoiceId, content, ...issuing });
    on.take(issuing.series, issuing.issueDate);
  },
};

export const invoiceSeries = (date: Day) => `invoice/${date.slice(0, 4)}`;

/** What the next invoice of a content would be issued with: its day and number, and what the policies of the day say of its terms and its tax. */
export function prepared(asked: InvoiceContent, known: Numbering & { readonly customerKnown: boolean; readonly customerNetDays: number | null }, on: Pick<Decision, 'today' | 'policies' | 'series'>): { readonly content: InvoiceContent; readonly issuing: Issuing } {
  const { terms, tax, calendar } = on.policies;
  const series = invoiceSeries(asked.issueDate || on.today);
  const { last, lastDate } = on.series(series);
  // A new day reaches the tenant's customers one after the other. Who names no date is not refused for a neighbour who has it already.
  const today = !asked.issueDate && lastDate !== null && lastDate > on.today ? lastDate : on.today;
  const issueDate = asked.issueDate || today;
  const number = printedNumber(known.series, 'invoice', issueDate.slice(0, 4), last + 1);
  const named = asked.terms?.due && 'termsId' in asked.terms.due ? asked.terms.due.termsId : undefined;
  const found = named === undefined ? undefined : terms.named.find((t) => t.termsId === named);
  const own = asked.terms?.due && !('termsId' in asked.terms.due) ? asked.terms.due : undefined;
  const byPolicy = asked.terms?.due === undefined && known.customerNetDays === null;
  return {
    content: { ...asked, lines: asked.lines.map((line) => coded(line, tax.rates, issueDate)) },
    issuing: {
      today, issueDate, lastIssueDate: lastDate, number, series, paymentReference: creditorReference(number), customerKnown: known.customerKnown,
      due: named === undefined ? own ?? { netDays: known.customerNetDays ?? terms.netDays } : found?.due, discount: asked.terms?.discount ?? found?.discount,
      termsPolicyVersion: byPolicy || found ? terms.version : 0, dueDateMoves: terms.dueDateMoves, calendar, taxRule: { rounding: tax.rounding, prices: tax.prices, policyVersion: tax.version },
    },
  };
}

/** A line with a tax code has the category and rate that the code stands for on that day; without a category where it stands for nothing. */
function coded(line: PricedLine, rates: readonly TaxRate[], on: Day): PricedLine {
  if (line.taxCode === '') return line;
  const rate = rates.filter((r) => r.code === line.taxCode && r.validFrom <= on).reduce<TaxRate | undefined>((best, r) => (best && best.validFrom >= r.validFrom ? best : r), undefined);
  return { ...line, taxCategory: rate?.category ?? '', taxRate: rate?.rate ?? '0', exemption: rate?.exemption ?? '' };
}

export interface CreateDraft { readonly invoiceId: string; readonly draft: InvoiceContent }
export const createInvoiceDraft: Command<CreateDraft, IssueKnown> = {
  name: 'create-invoice-draft',
  customer: ({ draft }) => draft.customerId,
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  known: (asked, tx) => customersAndSeries(asked.map((a) => ({ ...a, request: a.request.draft })), tx),
  decide: ({ invoiceId, draft }, on) => void on.run(invoiceOf(invoiceId), { type: 'CreateDraft', invoiceId, draft, customerKnown: on.known.customer !== undefined, customerNetDays: on.known.customer?.netDays ?? null }),
};

export interface ChangeDraft { readonly invoiceId: string; readonly changes: Partial<InvoiceContent> }
export const updateInvoiceDraft: Command<ChangeDraft> = {
  name: 'update-invoice-draft',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  decide: ({ invoiceId, changes }, on) => void on.run(invoiceOf(invoiceId), { type: 'ChangeDraft', changes }),
};

export interface DraftNamed { readonly invoiceId: string }
export const discardInvoiceDraft: Command<DraftNamed> = {
  name: 'discard-invoice-draft',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  decide: ({ invoiceId }, on) => void on.run(invoiceOf(invoiceId), { type: 'DiscardDraft' }),
};

/** Only the draft knows its date: the series of all dates that it may have. */
export const seriesOfDrafts = (today: Day): readonly string[] => [...new Set([today, daysAfter(today, -MOST_DAYS_BACK)].flatMap((day) => [invoiceSeries(day), invoiceSeries(daysAfter(day, 1))]))];

/** What an invoice of drafts would be issued with. A date that will be refused is counted as none, as it has no series here. */
export function preparedDraft(draft: InvoiceContent, customerNetDays: number | null, on: Decision<Numbering>): ReturnType<typeof prepared> {
  const refusedDate = draft.issueDate > on.today || draft.issueDate < daysAfter(on.today, -MOST_DAYS_BACK);
  const { content, issuing } = prepared({ ...draft, issueDate: refusedDate ? '' : draft.issueDate }, { ...on.known, customerKnown: true, customerNetDays }, on);
  return { content, issuing: { ...issuing, issueDate: draft.issueDate || issuing.issueDate } };
}

export const issueInvoiceDraft: Command<DraftNamed, Numbering> = {
  name: 'issue-invoice-draft',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  series: (_request, today) => seriesOfDrafts(today),
  known: seriesOf,
  decide({ invoiceId }, on) {
    const state = on.state(invoiceOf(invoiceId));
    on.run(invoiceOf(invoiceId), { type: 'RequireDraft' });
    if (state.status !== 'draft') return;
    const { content, issuing } = preparedDraft(state.draft, state.customerNetDays, on);
    on.run(invoiceOf(invoiceId), { type: 'IssueDraft', content, ...issuing });
    on.take(issuing.series, issuing.issueDate);
  },
};

export interface VoidInvoice { readonly invoiceId: string; readonly voidDate: Day | ''; readonly reason: string }
export const voidInvoice: Command<VoidInvoice, boolean> = {
  name: 'void-invoice',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  known: hasApplications,
  decide: ({ invoiceId, voidDate, reason }, on) => void on.run(invoiceOf(invoiceId), { type: 'VoidInvoice', today: on.today, voidDate: voidDate || on.today, reason, hasApplications: on.known }),
};

async function hasApplications(asked: readonly Asked<VoidInvoice>[], tx: Tx): Promise<readonly boolean[]> {
  const rows = await tx.query<{ tenant: string; invoice_id: string }>(
    'select i.tenant, i.invoice_id from unnest($1::text[], $2::text[]) a(tenant, invoice_id) join invoice i using (tenant, invoice_id) where i.paid_minor > 0', [asked.map((a) => a.tenant), asked.map((a) => a.request.invoiceId)]);
  return asked.map((a) => rows.some((r) => r.tenant === a.tenant && r.invoice_id === a.request.invoiceId));
}
