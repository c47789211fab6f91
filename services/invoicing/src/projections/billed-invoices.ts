// What the guard against wrong bills recognises an invoice by, and how much of each order is billed; and what it knows of a customer when an invoice is issued.
import { ContractPrice as WirePrice } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { Schedule } from '@ar/contracts/gen/ar/invoicing/v1/schedule_service.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';
import { periodOf, type GuardKnown, type ReadInvoice } from '../domain/billing-guard.js';
import type { ContractPrice } from '../domain/contract-price.js';
import type { CountedArticle } from '../domain/counted-invoices.js';

const on = ['ar.invoicing.invoice_issued.v1', 'ar.invoicing.invoice_voided.v1', 'ar.invoicing.invoice_credited.v1'] as const;

/** One without anything to recognise it by has no row: nothing could be found by it. */
export const billedInvoices: Projection<(typeof on)[number]> = {
  name: 'billed-invoices',
  ddl: `create table billed_invoice (tenant text, invoice_id text, customer_id text not null, issue_date date not null, currency_code text not null, total_minor bigint not null, credited_minor bigint not null, void boolean not null,
    order_number text not null, external_number text not null, period_from date, period_to date, articles jsonb not null, primary key (tenant, invoice_id)); -- articles: of an invoice with an order, what is billed and was not credited
  create index on billed_invoice (tenant, customer_id, external_number) where external_number <> '';
  create index on billed_invoice (tenant, customer_id, order_number, issue_date) where order_number <> '';
  create index on billed_invoice (tenant, customer_id, period_from) where period_from is not null`,
  on,
  async project(events, tx) {
    const issued: object[] = [];
    const flush = async () => {
      if (issued.length > 0) await tx.query(`insert into billed_invoice select * from jsonb_to_recordset($1) x(tenant text, invoice_id text, customer_id text, issue_date date, currency_code text, total_minor bigint, credited_minor bigint, void boolean, order_number text, external_number text, period_from date, period_to date, articles jsonb)`, [JSON.stringify(issued.splice(0))]);
    };
    for (const event of events) {
      const { tenant } = event;
      if (event.type === 'ar.invoicing.invoice_issued.v1') {
        const { invoiceId, customerId, issueDate, currencyCode, orderNumber, externalNumber, lines, total } = event.data;
        const { periodFrom, periodTo } = periodOf(lines);
        if (orderNumber === '' && externalNumber === '' && periodFrom === '') continue;
        const articles = orderNumber === '' ? [] : lines.flatMap(({ articleId, unitCode, quantity }, i) => (articleId === '' ? [] : [{ line: i + 1, articleId, unitCode, quantity }]));
        issued.push({ tenant, invoice_id: invoiceId, customer_id: customerId, issue_date: issueDate, currency_code: currencyCode, total_minor: moneyOf(total).minor, credited_minor: 0, void: false, order_number: orderNumber, external_number: externalNumber, period_from: periodFrom || null, period_to: periodTo || null, articles });
        continue;
      }
      await flush(); // what is void or credited may have been issued in this stretch
      if (event.type === 'ar.invoicing.invoice_voided.v1') await tx.query('update billed_invoice set void = true where tenant = $1 and invoice_id = $2', [tenant, event.data.invoiceId]);
      else {
        const { invoiceId, total, lines } = event.data;
        await tx.query(
          `update billed_invoice b set credited_minor = credited_minor + $3, articles = (
             select coalesce(jsonb_agg(case when c.line is null then a.article else a.article || jsonb_build_object('quantity', greatest((a.article->>'quantity')::numeric - c.quantity, 0)::text) end order by a.n), '[]')
             from jsonb_array_elements(b.articles) with ordinality a(article, n) left join jsonb_to_recordset($4) c(line int, quantity numeric) on c.line = (a.article->>'line')::int)
           where tenant = $1 and invoice_id = $2`, [tenant, invoiceId, moneyOf(total).minor, JSON.stringify(lines.filter((l) => l.quantity !== '').map(({ line, quantity }) => ({ line, quantity })))]);
      }
    }
    await flush();
  },
};

/** What knowledge of a customer is asked for by: the articles, order, external number, period and date of an invoice. */
export interface GuardBasis { readonly customerId: string; readonly issueDate: Day | ''; readonly articles: readonly string[]; readonly orderNumber: string; readonly externalNumber: string; readonly periodFrom: Day | ''; readonly periodTo: Day | '' }

/** One answer each; nothing where nothing was asked. Prices, fulfilments and invoices are asked for in one query each. `invoicesSince`: of the order too, unless fulfilments are asked for, which count all that was ever billed of it. */
export async function guardKnown(tx: Tx, asked: readonly { readonly tenant: string; readonly basis: GuardBasis | undefined; readonly prices: boolean; readonly fulfilments: boolean; readonly invoices: boolean; readonly invoicesSince: Day }[]): Promise<readonly GuardKnown[]> {
  const rows = asked.flatMap(({ basis, ...a }, n) => (basis ? [{ n, ...a, ...basis }] : []));
  const of = (some: typeof rows) => JSON.stringify(some.map((r) => ({ n: r.n, tenant: r.tenant, customer: r.customerId, articles: r.articles, order_number: r.orderNumber, external_number: r.externalNumber, period_from: r.periodFrom || null, period_to: r.periodTo || null, since: r.fulfilments ? null : r.invoicesSince })));
  const A = 'jsonb_to_recordset($1) a(n int, tenant text, customer text, articles text[], order_number text, external_number text, period_from date, period_to date, since date)';
  const ask = async <Row>(some: typeof rows, sql: string) => (some.length === 0 ? [] : tx.query<Row & { n: number }>(sql, [of(some)]));
  const prices = await ask<{ resource: unknown }>(rows.filter((r) => r.prices && r.articles.length > 0), `select a.n, p.resource from ${A} join contract_price p on p.tenant = a.tenant and p.customer_id = a.customer and p.article_id = any(a.articles)`);
  const delivered = await ask<CountedArticle>(rows.filter((r) => r.fulfilments && r.orderNumber !== '' && r.articles.length > 0),
    `select a.n, d.article_id "articleId", d.unit_code "unitCode", trim_scale(sum(d.quantity))::text quantity from ${A} join fulfilment d on d.tenant = a.tenant and d.customer_id = a.customer and d.order_number = a.order_number and d.article_id = any(a.articles) group by 1, 2, 3`);
  const seen = rows.filter((r) => r.invoices && (r.orderNumber !== '' || r.externalNumber !== '' || r.periodFrom !== ''));
  const invoices = await ask<Omit<ReadInvoice, 'total' | 'articles'> & { minor: number; currency: string; articles: readonly CountedArticle[] | null }>(seen,
    `select a.n, i.invoice_id "invoiceId", i.issue_date::text "issueDate", i.total_minor::float8 minor, i.currency_code currency, i.order_number "orderNumber", i.external_number "externalNumber", coalesce(i.period_from::text, '') "periodFrom", coalesce(i.period_to::text, '') "periodTo",
       i.void or i.credited_minor >= i.total_minor gone, case when a.since is null then (select jsonb_agg(l.article - 'line' order by l.n) from jsonb_array_elements(i.articles) with ordinality l(article, n) where l.article->>'articleId' = any(a.articles)) end articles
       from ${A} cross join lateral (
         select * from billed_invoice b where b.tenant = a.tenant and b.customer_id = a.customer and b.external_number = a.external_number and b.external_number <> ''
         union select * from billed_invoice b where b.tenant = a.tenant and b.customer_id = a.customer and b.order_number = a.order_number and b.order_number <> '' and (a.since is null or b.issue_date >= a.since)
         union select * from billed_invoice b where b.tenant = a.tenant and b.customer_id = a.customer and b.period_from = a.period_from and b.period_to = a.period_to) i order by 1, 2`);
  return asked.map((_, n) => ({
    prices: prices.filter((p) => p.n === n).map((p) => priceOf(WirePrice.fromJSON(p.resource))),
    delivered: delivered.filter((d) => d.n === n).map(({ articleId, unitCode, quantity }) => ({ articleId, unitCode, quantity })),
    invoices: invoices.filter((i) => i.n === n).map(({ n: _, minor, currency, articles, ...i }) => ({ ...i, total: { minor, currency }, articles: articles ?? [] })),
  }));
}
const priceOf = (price: WirePrice): ContractPrice => ({ ...price });

/** Drafts as they were read: what each says, in the order asked for. */
export async function draftsRead(tx: Tx, asked: readonly { readonly tenant: string; readonly invoiceId: string }[]): Promise<readonly (Invoice | undefined)[]> {
  const rows = await tx.query<{ tenant: string; invoice_id: string; resource: unknown }>('select i.tenant, i.invoice_id, i.resource from unnest($1::text[], $2::text[]) a(tenant, invoice_id) join invoice i using (tenant, invoice_id)', [asked.map((a) => a.tenant), asked.map((a) => a.invoiceId)]);
  return asked.map((a) => { const row = rows.find((r) => r.tenant === a.tenant && r.invoice_id === a.invoiceId); return row && Invoice.fromJSON(row.resource); });
}

/** Schedules as they were read. */
export async function schedulesRead(tx: Tx, asked: readonly { readonly tenant: string; readonly scheduleId: string }[]): Promise<readonly (Schedule | undefined)[]> {
  const rows = await tx.query<{ tenant: string; schedule_id: string; resource: unknown }>('select s.tenant, s.schedule_id, s.resource from unnest($1::text[], $2::text[]) a(tenant, schedule_id) join invoice_schedule s using (tenant, schedule_id)', [asked.map((a) => a.tenant), asked.map((a) => a.scheduleId)]);
  return asked.map((a) => { const row = rows.find((r) => r.tenant === a.tenant && r.schedule_id === a.scheduleId); return row && Schedule.fromJSON(row.resource); });
}
