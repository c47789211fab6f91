// Credit notes as the ledger has them: what they were used for, and what is left.
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import { PostedCreditNote } from '@ar/contracts/gen/ar/payments/v1/credit_note_service.js';
import { add, formatMoney, moneyOf, subtract, type Money } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { normalReference } from '../domain/remittance.js';

const on = ['ar.payments.credit_note_posted.v1', 'ar.payments.credit_applied.v1', 'ar.payments.credit_unapplied.v1', 'ar.payments.credit_netted_of_discount.v1', 'ar.payments.credit_reserved_for_refund.v1', 'ar.payments.credit_released_from_refund.v1', 'ar.payments.credit_note_withdrawn.v1'] as const;
type Read = (typeof on)[number];

export const postedCreditNoteResource: Resource<PostedCreditNote> = {
  aggregate: 'posted-credit-note',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    if (e.type === 'ar.payments.credit_note_posted.v1') return PostedCreditNote.fromPartial({ ...e.data, issueDate: e.originalOn ?? e.effectiveOn, applied: amountOf(subtract(moneyOf(e.data.amount), moneyOf(e.data.amount))), unapplied: e.data.amount!, discountTakenBack: amountOf(subtract(moneyOf(e.data.amount), moneyOf(e.data.amount))), refunded: amountOf(subtract(moneyOf(e.data.amount), moneyOf(e.data.amount))) });
    if (!before) throw new Error(`${e.type} of a credit note that was not posted: ${e.subject}`);
    if (e.type === 'ar.payments.credit_netted_of_discount.v1') return { ...before, unapplied: e.data.unapplied, discountTakenBack: e.data.discount };
    if (e.type === 'ar.payments.credit_note_withdrawn.v1') return { ...before, unapplied: amountOf(subtract(moneyOf(before.unapplied), moneyOf(e.data.amount))), withdrawn: e.data.amount };
    if (e.type === 'ar.payments.credit_reserved_for_refund.v1') return { ...before, unapplied: e.data.unapplied, refunded: amountOf(add(moneyOf(before.refunded), moneyOf(e.data.amount))) };
    if (e.type === 'ar.payments.credit_released_from_refund.v1') return { ...before, unapplied: e.data.unapplied, refunded: amountOf(subtract(moneyOf(before.refunded), moneyOf(e.data.amount))) };
    const { applicationGroupId, applications, amount, unapplied } = e.data;
    const left = { ...before, unapplied, applied: amountOf([before.discountTakenBack, before.refunded, unapplied].map((a) => moneyOf(a)).reduce(subtract, moneyOf(before.amount))) };
    switch (e.type) {
      case 'ar.payments.credit_applied.v1': return { ...left, applicationGroups: [...before.applicationGroups, { applicationGroupId, applications, amount, effectiveDate: e.effectiveOn, trace: e.data.trace }] };
      case 'ar.payments.credit_unapplied.v1': {
        const gone = new Set(applications.map((a) => a.item!.itemId));
        return { ...left, applicationGroups: before.applicationGroups.map((g) => {
          if (g.applicationGroupId !== applicationGroupId) return g;
          const kept = g.applications.filter((a) => !gone.has(a.item!.itemId));
          return { ...g, applications: kept, amount: amountOf(kept.map((a) => moneyOf(a.amount)).reduce(add, { minor: 0, currency: amount!.currencyCode })) };
        }) };
      }
    }
  },
};

const amountOf = (money: Money): Amount => ({ currencyCode: money.currency, value: formatMoney(money) });

export const postedCreditNotes: Projection<Read> = {
  name: 'posted-credit-notes',
  ddl: `
    create table posted_credit_note (tenant text, credit_note_id text, customer text not null, currency text not null, number text not null, invoice_id text not null, issue_date date not null, unapplied_minor bigint not null, version int not null, resource jsonb not null,
      primary key (tenant, credit_note_id));
    create index on posted_credit_note (tenant, issue_date, credit_note_id);
    create index on posted_credit_note (tenant, customer, issue_date);
    create index on posted_credit_note (tenant, invoice_id) where invoice_id <> '';
    create index on posted_credit_note (tenant, number) where unapplied_minor > 0`,
  on,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; creditNoteId: string; version: number; resource: unknown }>(
      'select tenant, credit_note_id as "creditNoteId", version, resource from posted_credit_note where tenant = any($1) and credit_note_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.creditNoteId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.creditNoteId}`, { tenant: r.tenant, version: r.version, note: PostedCreditNote.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.creditNoteId}`;
      kept.set(key, { tenant: e.tenant, version: e.version, note: postedCreditNoteResource.evolve(kept.get(key)?.note, e) });
    }
    await tx.query(
      `insert into posted_credit_note select tenant, "creditNoteId", customer, currency, number, "invoiceId", "issueDate", "unappliedMinor", version, resource
         from jsonb_to_recordset($1) x(tenant text, "creditNoteId" text, customer text, currency text, number text, "invoiceId" text, "issueDate" date, "unappliedMinor" bigint, version int, resource jsonb)
       on conflict (tenant, credit_note_id) do update set unapplied_minor = excluded.unapplied_minor, version = excluded.version, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, note }) => ({
        tenant, creditNoteId: note.creditNoteId, customer: note.customerId, currency: note.amount!.currencyCode, number: normalReference(note.creditNoteNumber), invoiceId: note.invoiceId, issueDate: note.issueDate, unappliedMinor: moneyOf(note.unapplied).minor, version, resource: PostedCreditNote.toJSON(note),
      })))]);
  },
};

export async function postedCreditNoteById(tx: Tx, tenant: string, creditNoteId: string): Promise<{ readonly creditNote: PostedCreditNote; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from posted_credit_note where tenant = $1 and credit_note_id = $2', [tenant, creditNoteId]);
  return row && { creditNote: PostedCreditNote.fromJSON(row.resource), version: row.version };
}

/** The credit notes of each invoice. */
export async function creditNotesOf(tx: Tx, asked: readonly { readonly tenant: string; readonly documentId: string }[]): Promise<readonly (readonly string[])[]> {
  const rows = await tx.query<{ tenant: string; documentId: string; id: string }>(
    `select tenant, invoice_id as "documentId", credit_note_id id from posted_credit_note where tenant = any($1) and invoice_id = any($2) and invoice_id <> '' order by id`, [asked.map((a) => a.tenant), asked.map((a) => a.documentId)]);
  return asked.map((a) => rows.filter((r) => r.tenant === a.tenant && r.documentId === a.documentId).map((r) => r.id));
}
