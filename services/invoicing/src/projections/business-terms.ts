// Business terms by version, who acknowledged them, and what was so when an invoice was issued.
import { AcknowledgementEvidence, BusinessTerms as WireTerms } from '@ar/contracts/gen/ar/invoicing/v1/business_terms.js';
import type { CustomerAcknowledgements } from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { CustomerPersonal } from '@ar/contracts/gen/ar/credit/v1/customer.js';
import { TenantDetails } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import type { Day } from '@ar/domain/day.js';
import type { Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { chargeKind } from '../business-terms.contract.js';
import type { Parties, TermsAtIssue } from '../domain/enforceable.js';

const published = 'ar.invoicing.business_terms_published.v1';
const acknowledged = 'ar.invoicing.business_terms_acknowledged.v1';

/** The last version. */
export const businessTermsResource: Resource<WireTerms> = {
  aggregate: 'business-terms',
  on: [published],
  evolve(terms, event) { return event.type === published ? event.data.businessTerms! : terms!; },
};

export const acknowledgementsResource: Resource<CustomerAcknowledgements> = {
  aggregate: 'acknowledgements',
  on: [acknowledged],
  evolve(all, event) { return event.type === acknowledged ? { customerId: event.data.customerId, acknowledgements: [...all?.acknowledgements ?? [], event.data.acknowledgement!] } : all!; },
};

/** Every partition brings a copy of a version: the first of them makes the row. A version holds from its own day on, which opens after it was read. */
export const businessTermsVersions: Projection<typeof published | typeof acknowledged> = {
  name: 'business-terms',
  ddl: `create table business_terms (tenant text, business_terms_id text, version int, valid_from date not null, resource jsonb not null, primary key (tenant, business_terms_id, version));
  create index on business_terms (tenant, valid_from);
  create table acknowledgement (tenant text, customer text, business_terms_id text, version int, acknowledged_on date not null, evidence jsonb not null, primary key (tenant, customer, business_terms_id, version));
  create index on acknowledgement (tenant, acknowledged_on)`,
  on: [published, acknowledged],
  async project(events, tx) {
    for (const { type, tenant, customer, data } of events) {
      if (type === published) {
        const terms = data.businessTerms!;
        await tx.query('insert into business_terms values ($1, $2, $3, $4, $5) on conflict do nothing', [tenant, terms.businessTermsId, terms.version, terms.validFrom, JSON.stringify(WireTerms.toJSON(terms))]);
      } else {
        const { businessTermsId, version, acknowledgedOn, evidence } = data.acknowledgement!;
        await tx.query('insert into acknowledgement values ($1, $2, $3, $4, $5, $6)', [tenant, customer, businessTermsId, version, acknowledgedOn, JSON.stringify(AcknowledgementEvidence.toJSON(evidence!))]);
      }
    }
  },
};

export interface Acknowledgeable { readonly customerKnown: boolean; readonly published: boolean }
/** Whether there is such a customer, and such a version. */
export async function acknowledgeable(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string; readonly businessTermsId: string; readonly version: number }[]): Promise<readonly Acknowledgeable[]> {
  return tx.query<Acknowledgeable>(
    `select exists (select from customer c where c.tenant = a.tenant and c.customer = a.customer) "customerKnown", exists (select from business_terms b where b.tenant = a.tenant and b.business_terms_id = a.id and b.version = a.version) published
       from unnest($1::text[], $2::text[], $3::text[], $4::int[]) with ordinality a(tenant, customer, id, version, n) order by n`,
    [asked.map((a) => a.tenant), asked.map((a) => a.customer), asked.map((a) => a.businessTermsId), asked.map((a) => a.version)]);
}

/** A version that was published, and when a customer acknowledged it; null where it did not. */
export interface TermsKnown { readonly businessTermsId: string; readonly version: number; readonly validFrom: Day; readonly acknowledgedOn: Day | null }
/** What was published, and what each of them acknowledged. */
export async function termsKnown(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string }[]): Promise<readonly (readonly TermsKnown[])[]> {
  const rows = await tx.query<TermsKnown & { n: number }>(
    `select a.n::int n, b.business_terms_id "businessTermsId", b.version, b.valid_from::text "validFrom", k.acknowledged_on::text "acknowledgedOn"
       from unnest($1::text[], $2::text[]) with ordinality a(tenant, customer, n) join business_terms b using (tenant)
       left join acknowledgement k on k.tenant = a.tenant and k.customer = a.customer and k.business_terms_id = b.business_terms_id and k.version = b.version order by 1, 2, 3`, [asked.map((a) => a.tenant), asked.map((a) => a.customer)]);
  return asked.map((_, i) => rows.filter((r) => r.n === i + 1).map(({ businessTermsId, version, validFrom, acknowledgedOn }) => ({ businessTermsId, version, validFrom, acknowledgedOn })));
}

/** What an issued invoice names: its business terms with the charges that they allow, and where seller and customer were then. */
export async function atIssue(tx: Tx, tenant: string, named: { readonly terms: readonly { readonly businessTermsId: string; readonly version: number; readonly acknowledged: boolean }[]; readonly sellerVersion: number; readonly customerId: string; readonly customerVersion: number }): Promise<{ readonly terms: readonly TermsAtIssue[]; readonly parties: Parties }> {
  const rows = await tx.query<{ id: string; version: number; resource: unknown }>('select business_terms_id id, version, resource from business_terms where tenant = $1 and business_terms_id = any($2)', [tenant, named.terms.map((t) => t.businessTermsId)]);
  const [seller] = await tx.query<{ details: unknown }>('select details from seller where tenant = $1 and version = $2', [tenant, named.sellerVersion]);
  const [buyer] = await tx.query<{ personal: unknown }>('select personal from buyer where tenant = $1 and customer = $2 and version = $3', [tenant, named.customerId, named.customerVersion]);
  const personal = buyer && CustomerPersonal.fromJSON(buyer.personal);
  return {
    terms: named.terms.map((t) => ({ ...t, charges: WireTerms.fromJSON(rows.find((r) => r.id === t.businessTermsId && r.version === t.version)!.resource).charges.map((c) => ({ kind: chargeKind.word(c.kind) })) })),
    parties: { sellerCountry: (seller && TenantDetails.fromJSON(seller.details).address?.countryCode) ?? '', buyerCountry: personal?.address?.countryCode ?? '', buyerTaxId: personal?.taxId ?? '' },
  };
}
