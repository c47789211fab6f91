// Direct debits as they are, what is to be done next about each, and their attempts by what provider and bank call them.
import type { EventType } from '@ar/contracts/registry.js';
import { CollectedBy, DebitItemsEnd } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import { Debit, DebitOutcome, DebitStatus, type DebitAttempt } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { MandateStatus } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { DebitAttempted } from '@ar/contracts/gen/ar/payments/v1/events.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Todo, Tx } from '@ar/runtime/forms.js';
import type { KnownAttempt } from '../collecting.js';
import { FOREVER } from './item-spans.js';

const on = [
  'ar.payments.debit_requested.v1', 'ar.payments.debit_cancelled.v1', 'ar.payments.debit_suppressed.v1', 'ar.payments.debit_attempted.v1', 'ar.payments.debit_unknown.v1', 'ar.payments.debit_declined.v1', 'ar.payments.debit_collected.v1',
  'ar.payments.debit_returned.v1', 'ar.payments.debit_abandoned.v1',
] as const satisfies readonly EventType[];
type Step = Consumed<(typeof on)[number]>;

const isUnderWay = ({ status }: Debit): boolean => status === DebitStatus.UNDER_WAY || status === DebitStatus.UNKNOWN;

export const debitResource: Resource<Debit> = {
  aggregate: 'debit',
  on,
  evolve(before, event) {
    const e = event as Step;
    if (e.type === 'ar.payments.debit_requested.v1') {
      const { debitId, customerId, mandateId, collectedBy, items, amount: announced, collectDate, requestedBy } = e.data;
      return Debit.fromPartial({ debitId, customerId, mandateId, collectedBy, items, announced, collectDate, nextDate: collectDate, requestedBy, requestedDate: e.recordedOn, status: DebitStatus.WAITING });
    }
    if (!before) throw new Error(`${e.type} of a debit that was not requested: ${e.subject}`);
    const told = (attempt: number, more: Partial<DebitAttempt>) => ({ attempts: before.attempts.map((a) => (a.attempt === attempt ? { ...a, ...more } : a)) });
    const again = (retryDate: string): Partial<Debit> => (retryDate === '' ? { nextDate: '' } : { status: DebitStatus.WAITING, nextDate: retryDate });
    switch (e.type) {
      case 'ar.payments.debit_cancelled.v1': return { ...before, status: DebitStatus.CANCELLED, nextDate: '', detail: e.data.reason };
      case 'ar.payments.debit_suppressed.v1': return { ...before, status: DebitStatus.SUPPRESSED, nextDate: '', suppression: e.data.reason };
      case 'ar.payments.debit_attempted.v1': {
        const { attempt, amount, items, endToEndId, debitFileId, turn, collectDate } = e.data;
        const made: DebitAttempt = { attempt, amount, items, endToEndId, debitFileId, turn, collectDate, outcome: DebitOutcome.UNDER_WAY, receiptId: '', reference: '', code: '', hard: false };
        return { ...before, status: DebitStatus.UNDER_WAY, nextDate: '', detail: '', attempts: [...before.attempts, made] };
      }
      case 'ar.payments.debit_unknown.v1': return { ...before, status: DebitStatus.UNKNOWN, detail: e.data.detail };
      case 'ar.payments.debit_declined.v1': {
        const { attempt, code, hard, retryDate } = e.data;
        const collected = before.attempts.some((a) => a.outcome === DebitOutcome.COLLECTED);
        return { ...before, ...told(attempt, { outcome: DebitOutcome.DECLINED, code, hard }), ...again(retryDate), ...(collected ? { status: DebitStatus.COLLECTED } : {}) };
      }
      case 'ar.payments.debit_collected.v1': {
        const { attempt, receiptId, reference } = e.data;
        const other = isUnderWay(before) && before.attempts.at(-1)!.attempt !== attempt;
        return { ...before, ...told(attempt, { outcome: DebitOutcome.COLLECTED, receiptId, reference }), ...(other ? {} : { status: DebitStatus.COLLECTED, nextDate: '', detail: '' }) };
      }
      case 'ar.payments.debit_returned.v1': { const { attempt, code, hard, retryDate } = e.data; return { ...before, ...told(attempt, { outcome: DebitOutcome.RETURNED, code, hard }), ...again(retryDate) }; }
      case 'ar.payments.debit_abandoned.v1': return { ...before, status: DebitStatus.ABANDONED, nextDate: '', abandonment: e.data.cause };
    }
  },
};

type Next = Pick<Row, 'waits' | 'attempt' | 'last'>;
/** What is to be done next: an attempt, from its day on; its outcome; an answer; or nothing. Attempts are numbered as they are scheduled. */
function next({ type, data }: Step, debit: Debit, before: Next): Next {
  const again = (retryDate: string): Next => (retryDate === '' ? isUnderWay(debit) ? before : { ...before, waits: null } : { waits: 'requested', attempt: before.last + 1, last: before.last + 1 });
  switch (type) {
    case 'ar.payments.debit_requested.v1': return { waits: 'requested', attempt: 1, last: 1 };
    case 'ar.payments.debit_attempted.v1': return { ...before, waits: 'attempted', attempt: data.attempt };
    case 'ar.payments.debit_unknown.v1': return { ...before, waits: 'unknown' };
    case 'ar.payments.debit_declined.v1': return again(data.retryDate);
    case 'ar.payments.debit_returned.v1': return again(data.retryDate);
    case 'ar.payments.debit_collected.v1': return isUnderWay(debit) ? before : { ...before, waits: null };
    case 'ar.payments.debit_cancelled.v1':
    case 'ar.payments.debit_suppressed.v1':
    case 'ar.payments.debit_abandoned.v1': return { ...before, waits: null };
  }
}

interface Row { readonly tenant: string; readonly version: number; readonly debit: Debit; readonly waits: Todo['state'] | null; readonly attempt: number; readonly last: number; readonly traceparent: string | null }

/** Through the provider, what waits is due when its day is open for everyone of the tenant. */
export const debits: Projection<(typeof on)[number]> = {
  name: 'debits',
  ddl: `create table debit (tenant text, debit_id text, version int not null, customer text not null, currency text not null, status text not null, mandate_id text not null, collected_by text not null, requested_on date not null, next_on date,
      waits text, attempt int not null, last int not null, traceparent text, resource jsonb not null, primary key (tenant, debit_id));
    create index on debit (tenant, requested_on, debit_id);
    create index on debit (tenant, next_on, debit_id);
    create index on debit (tenant, customer);
    create index on debit (tenant, next_on, debit_id) where waits is not null;
    create index on debit (tenant) where status = '${DebitStatus.UNKNOWN}';
    create table debit_attempt (tenant text, end_to_end_id text, debit_id text not null, attempt int not null, customer text not null, file_id text not null, receipt_id text, minor bigint not null, resource jsonb not null, primary key (tenant, end_to_end_id));
    create index on debit_attempt (tenant, receipt_id);
    create index on debit_attempt (tenant, debit_id);
    create index on debit_attempt (tenant, file_id, debit_id) where file_id <> ''`,
  on,
  async project(events, tx) {
    const rows = await tx.query<Omit<Row, 'debit'> & { readonly id: string; readonly resource: unknown }>(
      'select tenant, debit_id id, version, waits, attempt, last, traceparent, resource from debit where tenant = any($1) and debit_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.debitId))]]);
    const kept = new Map<string, Row>(rows.map(({ resource, ...r }) => [`${r.tenant}/${r.id}`, { ...r, debit: Debit.fromJSON(resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.debitId}`;
      const before = kept.get(key);
      const debit = debitResource.evolve(before?.debit, e);
      const { waits, attempt, last } = before ?? { waits: null, attempt: 0, last: 0 };
      kept.set(key, { tenant: e.tenant, version: e.version, debit, ...next(e, debit, { waits, attempt, last }), traceparent: e.traceparent ?? null });
    }
    await tx.query(
      `insert into debit select tenant, id, version, customer, currency, status, mandate, by, requested, "nextOn", waits, attempt, last, traceparent, resource
         from jsonb_to_recordset($1) x(tenant text, id text, version int, customer text, currency text, status text, mandate text, by text, requested date, "nextOn" date, waits text, attempt int, last int, traceparent text, resource jsonb)
       on conflict (tenant, debit_id) do update set version = excluded.version, status = excluded.status, next_on = excluded.next_on, waits = excluded.waits, attempt = excluded.attempt, last = excluded.last, traceparent = excluded.traceparent, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ debit: d, ...row }) => ({
        ...row, id: d.debitId, customer: d.customerId, currency: d.announced!.currencyCode, status: d.status, mandate: d.mandateId, by: d.collectedBy, requested: d.requestedDate, nextOn: d.nextDate || null, resource: Debit.toJSON(d),
      })))]);
    const attempts = events.flatMap((e) => (e.type === 'ar.payments.debit_attempted.v1' ? [{ tenant: e.tenant, e2e: e.data.endToEndId, debit: e.data.debitId, attempt: e.data.attempt, customer: e.customer, file: e.data.debitFileId, minor: moneyOf(e.data.amount).minor, resource: DebitAttempted.toJSON(e.data) }] : []));
    if (attempts.length > 0) {
      await tx.query('insert into debit_attempt select tenant, e2e, debit, attempt, customer, file, null, minor, resource from jsonb_to_recordset($1) x(tenant text, e2e text, debit text, attempt int, customer text, file text, minor bigint, resource jsonb)', [JSON.stringify(attempts)]);
    }
    const collected = events.flatMap((e) => (e.type === 'ar.payments.debit_collected.v1' ? [{ tenant: e.tenant, debit: e.data.debitId, attempt: e.data.attempt, receipt: e.data.receiptId }] : []));
    if (collected.length > 0) {
      await tx.query('update debit_attempt a set receipt_id = x.receipt from jsonb_to_recordset($1) x(tenant text, debit text, attempt int, receipt text) where a.tenant = x.tenant and a.debit_id = x.debit and a.attempt = x.attempt', [JSON.stringify(collected)]);
    }
  },
};

/** Items that no policy collects by itself: they are in a debit, or one was given up. */
export const debitedItems: Projection<'ar.payments.debit_items_taken.v1' | 'ar.payments.debit_items_released.v1'> = {
  name: 'debited-items',
  ddl: 'create table debit_item (tenant text, item_id text, primary key (tenant, item_id))',
  on: ['ar.payments.debit_items_taken.v1', 'ar.payments.debit_items_released.v1'],
  async project(events, tx) {
    for (const { type, tenant, data } of events) {
      if (type === 'ar.payments.debit_items_taken.v1') await tx.query('insert into debit_item select $1, unnest($2::text[]) on conflict do nothing', [tenant, data.itemIds]);
      else if (data.end !== DebitItemsEnd.GIVEN_UP) await tx.query('delete from debit_item where tenant = $1 and item_id = any($2)', [tenant, data.itemIds]);
    }
  },
};

/** Items of which something is disputed: no debit takes them meanwhile. */
export const disputedItems: Projection<'ar.payments.open_item_disputed.v1' | 'ar.payments.open_item_dispute_ended.v1'> = {
  name: 'disputed-items',
  ddl: 'create table disputed_item (tenant text, item_id text, dispute_id text, primary key (tenant, item_id, dispute_id))',
  on: ['ar.payments.open_item_disputed.v1', 'ar.payments.open_item_dispute_ended.v1'],
  async project(events, tx) {
    for (const { type, tenant, data: { itemId, disputeId } } of events) {
      if (type === 'ar.payments.open_item_disputed.v1') await tx.query('insert into disputed_item values ($1, $2, $3) on conflict do nothing', [tenant, itemId, disputeId]);
      else await tx.query('delete from disputed_item where tenant = $1 and item_id = $2 and dispute_id = $3', [tenant, itemId, disputeId]);
    }
  },
};

export async function debitById(tx: Tx, tenant: string, debitId: string): Promise<{ readonly debit: Debit; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from debit where tenant = $1 and debit_id = $2', [tenant, debitId]);
  return row && { debit: Debit.fromJSON(row.resource), version: row.version };
}

/** What the provider is to collect, was asked without an outcome, or is to be asked about. */
export const debitsTodo = (tx: Tx, _now: string, limit: number): Promise<readonly Todo[]> => tx.query<Todo>(
  `select d.tenant, d.customer, 'debit:' || d.debit_id key, d.attempt, d.waits state, d.traceparent from debit d
    where d.waits is not null and d.collected_by = '${CollectedBy.PROVIDER}'
      and (d.waits <> 'requested' or d.next_on <= (select min(last) from (select max(date) last from rt.business_date b where b.tenant = d.tenant group by b.partition) open))
    order by d.next_on nulls first, d.debit_id limit $1`, [limit]);

export async function debitsUnknown(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*)::int n from debit where status = '${DebitStatus.UNKNOWN}'`);
  return row!.n;
}

export interface DueDebit extends KnownAttempt { readonly dueOn: Day }
/** As far as is read: its mandate is there, and something of it is open. What is decided is decided under lock. */
const SEEMS_GOOD = `(exists (select from mandate m where m.tenant = d.tenant and m.mandate_id = d.mandate_id and (m.status = '${MandateStatus.ACTIVE}' or (m.status = '${MandateStatus.USED}' and d.attempt > 1)))
    and exists (select from jsonb_array_elements(d.resource->'items') i join item_span s on s.tenant = d.tenant and s.item_id = i->>'itemId' and s.side = 'debit' and s.recorded_until = ${FOREVER} and s.effective_until = 'infinity'))`;
const KNOWN_ATTEMPT = 'd.debit_id "debitId", d.attempt, d.customer, d.currency, d.mandate_id "mandateId", d.next_on::text "dueOn"';

/** Besides: its customer is not paused, its mandate has not lapsed by its day, and something of it is not disputed. */
const SEEMS_WANTED = `(not exists (select from pause p where p.tenant = d.tenant and p.customer = d.customer and $4::date between p.from_on and p.to_on)
    and exists (select from mandate m where m.tenant = d.tenant and m.mandate_id = d.mandate_id and m.last_used_on >= d.next_on - interval '3 years')
    and exists (select from jsonb_array_elements(d.resource->'items') i where not exists (select from disputed_item s where s.tenant = d.tenant and s.item_id = i->>'itemId')))`;

/** What waits to be put into a file, through a day, the one due first first; what can hardly be collected comes last, so that it is in nobody's way, however much of it there is. */
export const debitsDue = (tx: Tx, tenant: string, today: Day, through: Day, limit: number) => tx.query<DueDebit>(
  `select ${KNOWN_ATTEMPT} from debit d where d.tenant = $1 and d.waits = 'requested' and d.collected_by = '${CollectedBy.FILE}' and d.next_on <= $2 order by not (${SEEMS_GOOD} and ${SEEMS_WANTED}), d.next_on, d.debit_id limit $3`, [tenant, through, limit, today]);

/** What waits for a file though its day has come, and can hardly be collected, or has waited for longer: by debit, those after `after`. */
export const debitsToSuppress = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<DueDebit>(
  `select ${KNOWN_ATTEMPT} from debit d where d.tenant = $1 and d.waits = 'requested' and d.collected_by = '${CollectedBy.FILE}' and d.next_on <= $2::date and d.debit_id > $3 and (d.next_on < $2::date or not ${SEEMS_GOOD}) order by d.debit_id limit $4`,
  [tenant, today, after, limit]);

export interface KnownDebit extends KnownAttempt { readonly endToEndId: string; readonly minor: number; readonly receiptId: string }
/** Attempts by their end-to-end ids; undefined where none of ours is called so. */
export async function attemptsCalled(tx: Tx, asked: readonly { readonly tenant: string; readonly endToEndId: string }[]): Promise<readonly (KnownDebit | undefined)[]> {
  const named = asked.filter((a) => a.endToEndId !== '');
  if (named.length === 0) return asked.map(() => undefined);
  const rows = await tx.query<KnownDebit & { tenant: string; minor: number | string }>(
    `select a.tenant, a.end_to_end_id "endToEndId", a.debit_id "debitId", a.attempt, a.customer, d.currency, d.mandate_id "mandateId", a.minor, coalesce(a.receipt_id, '') "receiptId"
       from debit_attempt a join debit d using (tenant, debit_id) where a.tenant = any($1) and a.end_to_end_id = any($2)`, [[...new Set(named.map((a) => a.tenant))], [...new Set(named.map((a) => a.endToEndId))]]);
  const found = new Map(rows.map(({ tenant, ...r }) => [`${tenant}/${r.endToEndId}`, { ...r, minor: Number(r.minor) }]));
  return asked.map((a) => found.get(`${a.tenant}/${a.endToEndId}`));
}

/** The debits that collected some receipts. */
export async function attemptsOfReceipts(tx: Tx, asked: readonly { readonly tenant: string; readonly receiptId: string }[]): Promise<readonly ({ readonly debitId: string } | undefined)[]> {
  const rows = await tx.query<{ tenant: string; receiptId: string; debitId: string }>('select tenant, receipt_id "receiptId", debit_id "debitId" from debit_attempt where tenant = any($1) and receipt_id = any($2)', [asked.map((a) => a.tenant), asked.map((a) => a.receiptId)]);
  return asked.map((a) => rows.find((r) => r.tenant === a.tenant && r.receiptId === a.receiptId));
}

/** What a file holds, in its order. */
export async function attemptsInFile(tx: Tx, tenant: string, fileId: string): Promise<readonly DebitAttempted[]> {
  const rows = await tx.query<{ resource: unknown }>('select resource from debit_attempt where tenant = $1 and file_id = $2 order by debit_id, attempt', [tenant, fileId]);
  return rows.map((r) => DebitAttempted.fromJSON(r.resource));
}

/** Numbers of the documents of items, which never change. */
export async function documentNumbersOf(tx: Tx, tenant: string, itemIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ item_id: string; document_number: string }>('select distinct item_id, document_number from item where tenant = $1 and item_id = any($2)', [tenant, itemIds]);
  return new Map(rows.map((r) => [r.item_id, r.document_number]));
}
