// Write-offs as they are: booked ones with what came in for them, and those that wait for a second person or did not get one.
import type { EventType } from '@ar/contracts/registry.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import type { WrittenOffItem } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { WriteOff, WriteOffStatus } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import type { Day } from '@ar/domain/day.js';
import { add, formatMoney, moneyOf, subtract, type Money } from '@ar/domain/money.js';
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';

const on = [
  'ar.payments.write_off_proposed.v1', 'ar.payments.write_off_approved.v1', 'ar.payments.write_off_refused.v1', 'ar.payments.write_off_expired.v1', 'ar.payments.write_off_booked.v1', 'ar.payments.write_off_reversed.v1',
  'ar.payments.write_off_recovered.v1', 'ar.payments.write_off_recovery_undone.v1',
] as const satisfies readonly EventType[];
type Read = (typeof on)[number];

const amountOf = (money: Money): Amount => ({ currencyCode: money.currency, value: formatMoney(money) });
const plus = (a: Amount | undefined, b: Amount | undefined): Amount => amountOf(add(moneyOf(a), moneyOf(b)));
const minus = (a: Amount | undefined, b: Amount | undefined): Amount => amountOf(subtract(moneyOf(a), moneyOf(b)));

export const writeOffResource: Resource<WriteOff> = {
  aggregate: 'write-off',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    if (e.type === 'ar.payments.write_off_proposed.v1') {
      const { band, proposedBy, lastDay, ...of } = e.data;
      return WriteOff.fromPartial({ ...of, status: WriteOffStatus.PENDING, recovered: minus(of.amount, of.amount), reversed: minus(of.amount, of.amount), effectiveDate: e.recordedOn, approval: { band, proposedBy, lastDay } });
    }
    if (e.type === 'ar.payments.write_off_booked.v1') return { ...WriteOff.fromPartial({ ...e.data, status: WriteOffStatus.BOOKED, recovered: minus(e.data.amount, e.data.amount), reversed: minus(e.data.amount, e.data.amount), effectiveDate: e.effectiveOn }), approval: before?.approval };
    if (!before) throw new Error(`${e.type} of a write-off that was not asked for: ${e.subject}`);
    switch (e.type) {
      case 'ar.payments.write_off_approved.v1': return decided(before, e.data.approvedBy, '', WriteOffStatus.PENDING); // booked by the next event of the same append
      case 'ar.payments.write_off_refused.v1': return decided(before, e.data.refusedBy, e.data.reason, WriteOffStatus.REFUSED);
      case 'ar.payments.write_off_expired.v1': return decided(before, '', '', WriteOffStatus.EXPIRED);
      case 'ar.payments.write_off_reversed.v1': {
        const items = before.items.flatMap((i) => left(i, e.data.items.find((x) => x.item!.itemId === i.item!.itemId)));
        return { ...before, items, amount: minus(before.amount, e.data.amount), reversedItems: [...before.reversedItems, ...e.data.items], reversed: plus(before.reversed, e.data.amount), status: items.length > 0 ? before.status : WriteOffStatus.REVERSED };
      }
      case 'ar.payments.write_off_recovered.v1': {
        const { applicationGroupId, receiptId, amount } = e.data;
        return { ...before, recovered: plus(before.recovered, amount), recoveries: [...before.recoveries, { applicationGroupId, receiptId, amount, effectiveDate: e.effectiveOn }] };
      }
      case 'ar.payments.write_off_recovery_undone.v1': {
        const { applicationGroupId, amount } = e.data;
        const recoveries = before.recoveries.map((r) => (r.applicationGroupId === applicationGroupId ? { ...r, amount: minus(r.amount, amount) } : r)).filter((r) => moneyOf(r.amount).minor > 0);
        return { ...before, recovered: minus(before.recovered, amount), recoveries };
      }
    }
  },
};

function left(item: WrittenOffItem, gone: WrittenOffItem | undefined): readonly WrittenOffItem[] {
  if (!gone) return [item];
  const amount = minus(item.amount, gone.amount);
  return moneyOf(amount).minor > 0 ? [{ ...item, amount, tax: minus(item.tax, gone.tax), open: gone.open }] : [];
}

function decided(before: WriteOff, decidedBy: string, decisionReason: string, status: WriteOffStatus): WriteOff {
  if (!before.approval) throw new Error('a write-off was decided on that was not proposed');
  return { ...before, status, approval: { ...before.approval, decidedBy, decisionReason } };
}

export const writeOffs: Projection<Read> = {
  name: 'write-offs',
  ddl: `create table write_off (tenant text, write_off_id text, version int not null, customer text not null, status text not null, method text not null, reason_code text not null, currency text not null, effective_on date not null,
      amount_minor bigint not null, last_day date, resource jsonb not null, primary key (tenant, write_off_id));
    create index on write_off (tenant, effective_on, write_off_id);
    create index on write_off (tenant, customer);
    create table written_off_document (tenant text, document_id text, write_off_id text, primary key (tenant, document_id, write_off_id));
    create index on write_off (tenant, last_day, write_off_id) where status = '${WriteOffStatus.PENDING}'`,
  on,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; id: string; version: number; resource: unknown }>(
      'select tenant, write_off_id id, version, resource from write_off where tenant = any($1) and write_off_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.writeOffId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.id}`, { tenant: r.tenant, version: r.version, of: WriteOff.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.writeOffId}`;
      kept.set(key, { tenant: e.tenant, version: e.version, of: writeOffResource.evolve(kept.get(key)?.of, e) });
    }
    await tx.query(
      `insert into write_off select tenant, id, version, customer, status, method, "reasonCode", currency, "effectiveOn", "amountMinor", "lastDay", resource
         from jsonb_to_recordset($1) x(tenant text, id text, version int, customer text, status text, method text, "reasonCode" text, currency text, "effectiveOn" date, "amountMinor" bigint, "lastDay" date, resource jsonb)
       on conflict (tenant, write_off_id) do update set version = excluded.version, status = excluded.status, method = excluded.method, reason_code = excluded.reason_code, effective_on = excluded.effective_on, amount_minor = excluded.amount_minor,
         last_day = excluded.last_day, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, of }) => ({
        tenant, id: of.writeOffId, version, customer: of.customerId, status: of.status, method: of.method, reasonCode: of.reasonCode, currency: of.amount!.currencyCode, effectiveOn: of.effectiveDate, amountMinor: moneyOf(of.amount).minor,
        lastDay: of.approval?.lastDay || null, resource: WriteOff.toJSON(of),
      })))]);
    const booked = events.flatMap((e) => (e.type === 'ar.payments.write_off_booked.v1' ? e.data.items.filter((i) => i.item!.kind === OpenItemKind.INVOICE).map((i) => [e.tenant, i.item!.documentId, e.data.writeOffId] as const) : []));
    if (booked.length > 0) await tx.query('insert into written_off_document select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing', [0, 1, 2].map((column) => booked.map((r) => r[column])));
  },
};

/** Every write-off that an invoice was ever part of, as far as it was read, per invoice, by id: whether it still holds, its own history tells. */
export async function writeOffsOf(tx: Tx, asked: readonly { readonly tenant: string; readonly invoiceId: string }[]): Promise<readonly (readonly string[])[]> {
  const rows = await tx.query<{ tenant: string; invoiceId: string; writeOffId: string }>(
    'select tenant, document_id as "invoiceId", write_off_id as "writeOffId" from written_off_document where tenant = any($1) and document_id = any($2) order by 3', [asked.map((a) => a.tenant), asked.map((a) => a.invoiceId)]);
  return asked.map((a) => rows.filter((r) => r.tenant === a.tenant && r.invoiceId === a.invoiceId).map((r) => r.writeOffId));
}

export async function writeOffById(tx: Tx, tenant: string, writeOffId: string): Promise<{ readonly writeOff: WriteOff; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from write_off where tenant = $1 and write_off_id = $2', [tenant, writeOffId]);
  return row && { writeOff: WriteOff.fromJSON(row.resource), version: row.version };
}

/** Write-offs that waited longer than they may, by id, those after `after`. */
export const tooLate = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ writeOffId: string; customer: string }>(
  `select write_off_id "writeOffId", customer from write_off where tenant = $1 and status = '${WriteOffStatus.PENDING}' and last_day < $2 and write_off_id > $3 order by write_off_id limit $4`, [tenant, today, after, limit]);
