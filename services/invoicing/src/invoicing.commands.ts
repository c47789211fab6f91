// What invoicing can be asked for: which streams, what must be known, what is decided.
import { daysAfter, type Day } from '@ar/domain/day.js';
import type { Policies, PoliciesInForce, PolicyKind, TaxRate } from '@ar/domain/policies.js';
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { delivery, mayHaveArrived } from './domain/delivery.js';
import type { DeliveryChannel } from './domain/delivery-preferences.js';
import { creditorReference } from './domain/creditor-reference.js';
import { invoice, type CustomerThen, type DeliveryChoice, type InvoiceContent, type Issuing, type MayWait, type TermsThen } from './domain/invoice.js';
import { issueDateOf, MOST_DAYS_BACK } from './domain/issue-date.js';
import { printedNumber, tenant, type DocumentSeries, type TenantDetails } from './domain/tenant.js';
import type { PricedLine } from './domain/totals.js';
import { follow, guarding, withGuard, withGuardOfDrafts, type WithGuard } from './guarding.js';
import { termsKnown, type TermsKnown } from './projections/business-terms.js';

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

export interface Seller { readonly series: readonly DocumentSeries[]; readonly baseCurrency: string; /** Of what it says about itself. */ readonly version: number }
export interface IssueKnown extends WithGuard { readonly seller: Seller; readonly customer: CustomerThen | undefined; readonly terms?: readonly TermsKnown[]; readonly delivery?: DeliveryChoice | undefined; /** The exchange policy that held on the day of an invoice dated back. */ readonly earlierExchange?: PoliciesInForce['exchange'] | undefined }

/** Whose invoice is asked for, by the customer or by its draft, and the day that it is to have; null is the business date. */
export const BY_CUSTOMER = 'select n, tenant, id customer, day from asked';
/** A draft may have been made a moment ago and not be read yet: the store knows what it says. */
export const BY_DRAFT = `select n, tenant, draft->>'customerId' customer, nullif(draft->>'issueDate', '')::date "day" from asked cross join lateral (
  select e.data->'draft' draft from es.event e where e.stream_id = asked.tenant || '/invoice/' || asked.id and e.type in ('InvoiceDrafted', 'InvoiceDraftChanged') order by e.version desc limit 1) d`;

interface SellerAndCustomer { readonly n: number; readonly series: readonly DocumentSeries[] | null; readonly baseCurrency: string; readonly sellerVersion: number; readonly hasTerms: boolean; readonly customer: string | null; readonly netDays: number | null; readonly version: number; readonly channel: DeliveryChannel | null; readonly attachXml: boolean; readonly exchange: { readonly version: number; readonly policy: Policies['exchange'] } | null }

/** Each tenant as a seller, the customer, and for a day before the business date the exchange policy that held then. `ids`: of customers, or of drafts; `days`: as they are asked for. */
export async function sellersAndCustomers(asked: readonly Asked<unknown>[], by: typeof BY_CUSTOMER | typeof BY_DRAFT, ids: readonly string[], tx: Tx, days: readonly (Day | '')[] = []): Promise<readonly IssueKnown[]> {
  const rows = await tx.query<SellerAndCustomer>(
    `with asked as (select * from unnest($1::text[], $2::text[], $3::date[], $4::date[]) with ordinality a(tenant, id, "day", today, n)), found as (${by})
     select a.n::int n, s.series, s.base_currency "baseCurrency", s.details_version "sellerVersion", exists (select from business_terms b where b.tenant = a.tenant) "hasTerms", c.customer, c.net_days "netDays", c.version, p.channel, p.attach_xml "attachXml",
       case when f.day < a.today then (select jsonb_build_object('version', x.version, 'policy', x.policy) from policy x where x.tenant = a.tenant and x.kind = 'exchange' and x.held_from <= f.day order by x.version desc limit 1) end exchange
     from asked a left join found f using (n) left join tenant s on s.tenant = a.tenant left join customer c on c.tenant = a.tenant and c.customer = f.customer left join delivery_preferences p on p.tenant = c.tenant and p.customer = c.customer`,
    [asked.map((a) => a.tenant), ids, asked.map((_, i) => days[i] || null), asked.map((a) => a.today || null)]);
  const of = new Map(rows.map((row) => [row.n - 1, row] as const));
  const terms = rows.some((r) => r.hasTerms) ? await termsKnown(tx, asked.map(({ tenant }, i) => ({ tenant, customer: of.get(i)!.customer ?? '' }))) : [];
  return asked.map((_, i) => {
    const { series, baseCurrency, sellerVersion, customer, netDays, version, channel, attachXml, exchange } = of.get(i)!;
    return {
      seller: { series: series ?? [], baseCurrency: baseCurrency ?? '', version: sellerVersion ?? 0 }, customer: customer === null ? undefined : { netDays, version }, terms: terms[i] ?? [],
      delivery: channel === 'email' ? { channel: 'email', attachXml } : undefined, earlierExchange: exchange ? { ...exchange.policy, version: exchange.version } : undefined,
    };
  });
}

export interface IssueInvoice extends InvoiceContent { readonly invoiceId: string; /** The cancelled invoice that it replaces: it is not compared with that one, and cannot wait for a second person. */ readonly replaces?: string; /** Who asks. */ readonly by?: string }
export const issueInvoice: Command<IssueInvoice, IssueKnown> = {
  name: 'issue-invoice',
  customer: ({ customerId }) => customerId,
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  series: ({ issueDate }, today) => [invoiceSeries(issueDate || today)],
  known: async (asked, tx) => withGuard(asked, await sellersAndCustomers(asked, BY_CUSTOMER, asked.map((a) => a.request.customerId), tx, asked.map((a) => a.request.issueDate)), asked.map((a) => a.request), tx),
  decide({ invoiceId, replaces, by, ...asked }, on) {
    const { content, issuing: unguarded } = prepared(asked, on.known, on);
    const issuing = { ...unguarded, guard: guarding(content, { invoiceId, replaces }, on.known.guard, on) };
    follow(on, on.run(invoiceOf(invoiceId), { type: 'IssueInvoice', invoiceId, content, ...(replaces ? { replaces } : waits(by, on)), ...issuing }), issuing);
  },
};

/** Where the guard asks for a second person, it waits for one this long. */
export const waits = (by = '', on: Pick<Decision, 'policies'>): { readonly waits: MayWait } => ({ waits: { by, expiryDays: on.policies.approvals.expiryDays } });

export const invoiceSeries = (date: Day) => `invoice/${date.slice(0, 4)}`;

export const NO_RATES: PoliciesInForce['exchange'] = { source: '', rates: [], version: 0 };

/** What the next invoice of a content would be issued with: its day and number, and what the policies of the day say of its terms and its tax. */
export function prepared(asked: InvoiceContent, { seller, customer, terms: published = [], delivery, earlierExchange }: IssueKnown, on: Pick<Decision, 'today' | 'policies' | 'series'>): { readonly content: InvoiceContent; readonly issuing: Issuing } {
  const { terms, tax, calendar } = on.policies;
  const series = invoiceSeries(asked.issueDate || on.today);
  const { last, lastDate } = on.series(series);
  const { issueDate, today } = issueDateOf(asked.issueDate, on.today, lastDate);
  const number = printedNumber(seller.series, 'invoice', issueDate.slice(0, 4), last + 1);
  const named = asked.terms?.due && 'termsId' in asked.terms.due ? asked.terms.due.termsId : undefined;
  const found = named === undefined ? undefined : terms.named.find((t) => t.termsId === named);
  const own = asked.terms?.due && !('termsId' in asked.terms.due) ? asked.terms.due : undefined;
  const byPolicy = asked.terms?.due === undefined && customer?.netDays == null;
  return {
    content: { ...asked, lines: asked.lines.map((line) => coded(line, tax.rates, issueDate)) },
    issuing: {
      today, issueDate, lastIssueDate: lastDate, number, series, paymentReference: creditorReference(number), customer, sellerVersion: seller.version,
      due: named === undefined ? own ?? { netDays: customer?.netDays ?? terms.netDays } : found?.due, discount: asked.terms?.discount ?? found?.discount,
      termsPolicyVersion: byPolicy || found ? terms.version : 0, dueDateMoves: terms.dueDateMoves, calendar, taxRule: { rounding: tax.rounding, prices: tax.prices, policyVersion: tax.version }, baseCurrency: seller.baseCurrency, exchange: issueDate < on.today ? earlierExchange ?? NO_RATES : on.policies.exchange, businessTerms: inForce(published, issueDate), delivery,
    },
  };
}

/** Of each document the last version that holds on a day, and whether it was acknowledged by then. */
function inForce(published: readonly TermsKnown[], on: Day): readonly TermsThen[] {
  const last = new Map(published.filter((t) => t.validFrom <= on).toSorted((a, b) => a.version - b.version).map((t) => [t.businessTermsId, t] as const));
  return [...last.values()].map(({ businessTermsId, version, acknowledgedOn }) => ({ businessTermsId, version, acknowledged: acknowledgedOn !== null && acknowledgedOn <= on }));
}

/** A line with a tax code has the category and rate that the code stands for on that day; without a category where it stands for nothing. */
export function coded(line: PricedLine, rates: readonly TaxRate[], on: Day): PricedLine {
  if (line.taxCode === '') return line;
  const rate = rates.filter((r) => r.code === line.taxCode && r.validFrom <= on).reduce<TaxRate | undefined>((best, r) => (best && best.validFrom >= r.validFrom ? best : r), undefined);
  return { ...line, taxCategory: rate?.category ?? '', taxRate: rate?.rate ?? '0', exemption: rate?.exemption ?? '' };
}

export interface CreateDraft { readonly invoiceId: string; readonly draft: InvoiceContent }
export const createInvoiceDraft: Command<CreateDraft, IssueKnown> = {
  name: 'create-invoice-draft',
  customer: ({ draft }) => draft.customerId,
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  known: (asked, tx) => sellersAndCustomers(asked, BY_CUSTOMER, asked.map((a) => a.request.draft.customerId), tx),
  decide: ({ invoiceId, draft }, on) => void on.run(invoiceOf(invoiceId), { type: 'CreateDraft', invoiceId, draft, customer: on.known.customer }),
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

/** What issuing a draft needs to know. */
export async function knownOfDraft(asked: readonly Asked<DraftNamed>[], tx: Tx): Promise<readonly IssueKnown[]> {
  const ids = asked.map((a) => a.request.invoiceId);
  return withGuardOfDrafts(asked, await sellersAndCustomers(asked, BY_DRAFT, ids, tx), ids.map((id) => [id]), tx);
}

/** Only the draft knows its date: the series of all dates that it may have. */
export const seriesOfDrafts = (today: Day): readonly string[] => [...new Set([today, daysAfter(today, -MOST_DAYS_BACK)].flatMap((day) => [invoiceSeries(day), invoiceSeries(daysAfter(day, 1))]))];

/** What an invoice of drafts would be issued with. A date that will be refused is counted as none, as it has no series here. */
export function preparedDraft(draft: InvoiceContent, then: CustomerThen, on: Decision<IssueKnown>): ReturnType<typeof prepared> {
  const refusedDate = draft.issueDate > on.today || draft.issueDate < daysAfter(on.today, -MOST_DAYS_BACK);
  const { content, issuing } = prepared({ ...draft, issueDate: refusedDate ? '' : draft.issueDate }, { ...on.known, customer: on.known.customer ?? then }, on);
  return { content, issuing: { ...issuing, issueDate: draft.issueDate || issuing.issueDate } };
}

export interface IssueDraft extends DraftNamed { /** Who asks. */ readonly by?: string }
export const issueInvoiceDraft: Command<IssueDraft, IssueKnown> = {
  name: 'issue-invoice-draft',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  series: (_request, today) => seriesOfDrafts(today),
  known: knownOfDraft,
  decide({ invoiceId, by }, on) {
    const state = on.state(invoiceOf(invoiceId));
    on.run(invoiceOf(invoiceId), { type: 'RequireDraft' });
    if (state.status !== 'draft') return;
    const { content, issuing: unguarded } = preparedDraft(state.draft, state.customer, on);
    const issuing = { ...unguarded, guard: guarding(content, { invoiceId }, on.known.guard, on) };
    follow(on, on.run(invoiceOf(invoiceId), { type: 'IssueDraft', content, ...waits(by, on), ...issuing }), issuing);
  },
};

export interface VoidInvoice { readonly invoiceId: string; readonly voidDate: Day | ''; readonly reason: string }
/** `deliveries`: its mails, as read; what became of each is read under its lock, as a mail may leave at this moment. */
export interface VoidKnown { readonly hasApplications: boolean; readonly deliveries: readonly string[] }
export const voidInvoice: Command<VoidInvoice, VoidKnown> = {
  name: 'void-invoice',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  known: knownOfVoid,
  decide({ invoiceId, voidDate, reason }, on) {
    const { hasApplications, deliveries } = on.known;
    const mails = deliveries.map((id) => ({ aggregate: delivery, id }));
    on.reach(mails);
    const deliveredBy = mails.find((mail) => mayHaveArrived(on.state(mail)))?.id;
    on.run(invoiceOf(invoiceId), { type: 'VoidInvoice', today: on.today, voidDate: voidDate || on.today, reason, hasApplications, deliveredBy });
  },
};

async function knownOfVoid(asked: readonly Asked<VoidInvoice>[], tx: Tx): Promise<readonly VoidKnown[]> {
  const rows = await tx.query<{ tenant: string; invoice_id: string; applied: boolean; deliveries: readonly string[] }>(
    `select i.tenant, i.invoice_id, i.paid_minor > 0 or i.credit_minor > 0 or i.written_off_minor > 0 applied,
       array(select d.delivery_id from delivery d where d.tenant = i.tenant and d.document_id = i.invoice_id order by d.delivery_id limit 100) deliveries
     from unnest($1::text[], $2::text[]) a(tenant, invoice_id) join invoice i using (tenant, invoice_id)`, [asked.map((a) => a.tenant), asked.map((a) => a.request.invoiceId)]);
  return asked.map((a) => {
    const row = rows.find((r) => r.tenant === a.tenant && r.invoice_id === a.request.invoiceId);
    return { hasApplications: row?.applied ?? false, deliveries: row?.deliveries ?? [] };
  });
}
