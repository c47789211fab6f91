// What invoicing can be asked for: which streams, what must be known, what is decided.
import type { Day } from '@ar/domain/day.js';
import type { Policies, PolicyKind } from '@ar/domain/policies.js';
import type { Asked, Command, Tx } from '@ar/runtime/forms.js';
import { creditorReference } from './domain/creditor-reference.js';
import { invoice, type Due } from './domain/invoice.js';
import { printedNumber, tenant, type DocumentSeries, type TenantDetails } from './domain/tenant.js';
import type { PricedLine } from './domain/totals.js';

const tenantOf = (tenantId: string) => ({ aggregate: tenant, id: tenantId });
const invoiceOf = (invoiceId: string) => ({ aggregate: invoice, id: invoiceId });

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

export interface IssueInvoice {
  readonly invoiceId: string; readonly customerId: string; readonly currencyCode: string; readonly issueDate: Day | ''; readonly lines: readonly PricedLine[]; readonly due: Due | undefined;
  readonly orderNumber: string; readonly externalNumber: string; readonly reservationId: string; readonly labels: Readonly<Record<string, string>>;
  /** The cancelled invoice that it replaces. */
  readonly replaces?: string;
}
interface IssueKnown { readonly customer: { readonly netDays: number | null } | undefined; readonly series: readonly DocumentSeries[] }

export const issueInvoice: Command<IssueInvoice, IssueKnown> = {
  name: 'issue-invoice',
  customer: ({ customerId }) => customerId,
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  series: ({ issueDate }, today) => [`invoice/${(issueDate || today).slice(0, 4)}`],
  async known(asked, tx) {
    const series = await tx.query<{ tenant: string; series: readonly DocumentSeries[] }>('select tenant, series from tenant where tenant = any($1)', [asked.map((a) => a.tenant)]);
    const customers = await tx.query<{ tenant: string; customer: string; net_days: number | null }>(
      'select c.tenant, c.customer, c.net_days from unnest($1::text[], $2::text[]) a(tenant, customer) join customer c using (tenant, customer)', [asked.map((a) => a.tenant), asked.map((a) => a.request.customerId)]);
    return asked.map(({ tenant: t, request }) => {
      const customer = customers.find((c) => c.tenant === t && c.customer === request.customerId);
      return { customer: customer && { netDays: customer.net_days }, series: series.find((s) => s.tenant === t)?.series ?? [] };
    });
  },
  decide({ issueDate: asked, due, ...request }, on) {
    const { terms } = on.policies;
    const year = (asked || on.today).slice(0, 4);
    const series = `invoice/${year}`;
    const { last, lastDate } = on.series(series);
    // A new day reaches the tenant's customers one after the other. Who names no date is not refused for a neighbour who has it already.
    const today = !asked && lastDate !== null && lastDate > on.today ? lastDate : on.today;
    const issueDate = asked || today;
    const number = printedNumber(on.known.series, 'invoice', year, last + 1);
    const netDays = on.known.customer?.netDays;
    on.run(invoiceOf(request.invoiceId), {
      type: 'IssueInvoice', ...request, today, issueDate, lastIssueDate: lastDate, number, series, customerKnown: on.known.customer !== undefined,
      due: due ?? { netDays: netDays ?? terms.netDays }, policyVersion: due === undefined && netDays == null ? terms.version : 0, paymentReference: creditorReference(number),
    });
    on.take(series, issueDate);
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
    'select i.tenant, i.invoice_id from unnest($1::text[], $2::text[]) a(tenant, invoice_id) join invoice i using (tenant, invoice_id) where i.paid_minor > 0 or i.credit_minor > 0', [asked.map((a) => a.tenant), asked.map((a) => a.request.invoiceId)]);
  return asked.map((a) => rows.some((r) => r.tenant === a.tenant && r.invoice_id === a.request.invoiceId));
}
