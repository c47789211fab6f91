// Which accounts have paid for which customers, and what customers are called: who may have paid money that nobody knows, and what is open of theirs.
import type { Asked, Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import { type Matchable, sameName } from '../domain/matching.js';
import { namesOf, normalReference } from '../domain/remittance.js';
import { UNIDENTIFIED } from '../domain/account.js';
import type { RecordReceipt } from '../payments.commands.js';
import type { NamedDocument } from './documents.js';

type Read = 'ar.payments.receipt_recorded.v1' | 'ar.payments.receipt_identified.v1' | 'ar.credit.customer_registered.v1' | 'ar.credit.customer_updated.v1';
type Received = Extract<Consumed<Read>, { type: 'ar.payments.receipt_recorded.v1' | 'ar.payments.receipt_identified.v1' }>;
type Called = Exclude<Consumed<Read>, Received>;

export const payers: Projection<Read> = {
  name: 'payers',
  ddl: `create table payer_account (tenant text, account text, customer text, primary key (tenant, account, customer));
        create table payer_name (tenant text, customer text, name text not null, same_name text not null, primary key (tenant, customer));
        create index on payer_name (tenant, same_name)`,
  on: ['ar.payments.receipt_recorded.v1', 'ar.payments.receipt_identified.v1', 'ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1'],
  async project(events, tx) {
    const paid = events.filter((e): e is Received => e.type === 'ar.payments.receipt_recorded.v1' || e.type === 'ar.payments.receipt_identified.v1').filter((e) => e.data.customerId !== UNIDENTIFIED && (e.data.pii?.data?.iban ?? '') !== '');
    if (paid.length > 0) {
      await tx.query('insert into payer_account select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing', [paid.map((e) => e.tenant), paid.map((e) => normalReference(e.data.pii!.data!.iban)), paid.map((e) => e.data.customerId)]);
    }
    const called = [...new Map(events.filter((e): e is Called => e.type === 'ar.credit.customer_registered.v1' || e.type === 'ar.credit.customer_updated.v1').map((e) => [JSON.stringify([e.tenant, e.customer]), e])).values()];
    if (called.length > 0) {
      const names = called.map((e) => e.data.pii?.data?.name ?? '');
      await tx.query('insert into payer_name select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) on conflict (tenant, customer) do update set name = excluded.name, same_name = excluded.same_name',
        [called.map((e) => e.tenant), called.map((e) => e.customer), names, names.map(sameName)]);
    }
  },
};

const MOST_CUSTOMERS = 10;
const MOST_ITEMS = 200;

/** Open items of the customers whom an account has paid for, whose name it has, or whose documents are named: at most 10 customers and 200 items, those due first. Only for money without a customer where the policy asks. */
export async function matchableFor(tx: Tx, asked: readonly Asked<RecordReceipt>[], documents: readonly (readonly NamedDocument[])[]): Promise<readonly (readonly Matchable[] | undefined)[]> {
  const answers: (readonly Matchable[] | undefined)[] = [];
  for (const [i, { tenant, request, policies }] of asked.entries()) {
    const isAsked = policies.application.matching !== undefined && request.customer === '' && !request.onAccount;
    answers.push(isAsked ? await matchable(tx, tenant, request, documents[i]!) : undefined);
  }
  return answers;
}

async function matchable(tx: Tx, tenant: string, { remitter, currency }: RecordReceipt, documents: readonly NamedDocument[]): Promise<readonly Matchable[]> {
  const named = [...new Set(documents.filter((d) => d.currency === currency).map((d) => d.customer))];
  const rows = await tx.query<{ customer: string; customerName: string; accountKnown: boolean; itemId: string; documentId: string; documentNumber: string; openMinor: string; dueOn: string }>(
    `with found as (select customer, true account_known from payer_account where tenant = $1 and account = $2 and $2 <> '' union all select customer, false from payer_name where tenant = $1 and same_name = $3 and $3 <> '' union all select unnest($4::text[]), false),
          who as (select customer, bool_or(account_known) account_known from found group by customer order by bool_or(account_known) desc, customer limit ${MOST_CUSTOMERS})
     select w.customer, coalesce(n.name, '') "customerName", w.account_known "accountKnown", s.item_id "itemId", i.document_id "documentId", i.document_number "documentNumber", s.open_minor::text "openMinor", s.due_on::text "dueOn"
       from who w join item_span s on s.tenant = $1 and s.customer = w.customer and s.currency = $5 and s.side = 'debit' and s.effective_until = 'infinity' and s.recorded_until = 9223372036854775807
       join item i on i.tenant = $1 and i.item_id = s.item_id and i.recorded_until = 9223372036854775807 left join payer_name n on n.tenant = $1 and n.customer = w.customer
      order by s.due_on, s.item_id limit ${MOST_ITEMS}`,
    [tenant, normalReference(remitter.iban), sameName(remitter.name), named, currency]);
  return rows.map(({ documentId, openMinor, ...row }) => ({
    ...row, openMinor: Number(openMinor), references: [...new Set([...namesOf(row.documentNumber), ...namesOf(documentId), ...documents.filter((d) => d.documentId === documentId && d.customer === row.customer).map((d) => d.reference)])],
  }));
}
