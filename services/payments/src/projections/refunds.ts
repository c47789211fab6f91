// Refunds as they are, and what is to be done next about each where a payment provider pays them.
import type { EventType } from '@ar/contracts/registry.js';
import { Refund, RefundStatus } from '@ar/contracts/gen/ar/payments/v1/refund_service.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Todo, Tx } from '@ar/runtime/forms.js';

const on = [
  'ar.payments.refund_proposed.v1', 'ar.payments.refund_approved.v1', 'ar.payments.refund_refused.v1', 'ar.payments.refund_expired.v1', 'ar.payments.refund_ordered.v1',
  'ar.payments.refund_attempted.v1', 'ar.payments.refund_paid.v1', 'ar.payments.refund_failed.v1', 'ar.payments.refund_unknown.v1', 'ar.payments.refund_cancelled.v1',
] as const satisfies readonly EventType[];
type Step = Consumed<(typeof on)[number]>;

export const refundResource: Resource<Refund> = {
  aggregate: 'refund',
  on,
  evolve(before, event) {
    const e = event as Step;
    if (e.type === 'ar.payments.refund_proposed.v1') {
      const { band, proposedBy, lastDay, pii, ...of } = e.data;
      return Refund.fromPartial({ ...of, payee: pii?.data, status: RefundStatus.PENDING, requestedDate: e.recordedOn, approval: { band, proposedBy, lastDay } });
    }
    if (e.type === 'ar.payments.refund_ordered.v1') {
      if (before) return { ...before, status: RefundStatus.APPROVED };
      const { pii, ...of } = e.data;
      return Refund.fromPartial({ ...of, payee: pii?.data, status: RefundStatus.APPROVED, requestedDate: e.recordedOn });
    }
    if (!before) throw new Error(`${e.type} of a refund that was not asked for: ${e.subject}`);
    switch (e.type) {
      case 'ar.payments.refund_approved.v1': return decided(before, e.data.approvedBy, '', RefundStatus.PENDING); // ordered by the next event of the same append
      case 'ar.payments.refund_refused.v1': return decided(before, e.data.refusedBy, e.data.reason, RefundStatus.REFUSED);
      case 'ar.payments.refund_expired.v1': return decided(before, '', '', RefundStatus.EXPIRED);
      case 'ar.payments.refund_attempted.v1': return { ...before, status: RefundStatus.EXECUTING, attempts: e.data.attempt };
      case 'ar.payments.refund_paid.v1': return { ...before, status: RefundStatus.PAID, reference: e.data.reference, paidDate: e.data.paidDate, detail: '' };
      case 'ar.payments.refund_failed.v1': return { ...before, status: e.data.again ? RefundStatus.APPROVED : RefundStatus.FAILED, detail: e.data.detail };
      case 'ar.payments.refund_unknown.v1': return { ...before, status: RefundStatus.UNKNOWN, detail: e.data.detail };
      case 'ar.payments.refund_cancelled.v1': return { ...before, status: RefundStatus.CANCELLED, detail: e.data.reason };
    }
  },
};

function decided(before: Refund, decidedBy: string, decisionReason: string, status: RefundStatus): Refund {
  if (!before.approval) throw new Error('a refund was decided on that was not proposed');
  return { ...before, status, approval: { ...before.approval, decidedBy, decisionReason } };
}

/** Minutes after an attempt that was declined for now. */
const RETRY_AFTER = [60, 1_440];

/** What is to be done next: an attempt from `dueAt` on, its outcome, an answer, or nothing. */
function next({ type, data, recordedAt }: Step, attempt: number): { readonly waits: Todo['state'] | null; readonly attempt: number; readonly dueAt: string } {
  switch (type) {
    case 'ar.payments.refund_ordered.v1': return { waits: 'requested', attempt: 1, dueAt: recordedAt };
    case 'ar.payments.refund_attempted.v1': return { waits: 'attempted', attempt: data.attempt, dueAt: recordedAt };
    case 'ar.payments.refund_unknown.v1': return { waits: 'unknown', attempt: data.attempt, dueAt: recordedAt };
    case 'ar.payments.refund_failed.v1':
      return data.again ? { waits: 'requested', attempt: data.attempt + 1, dueAt: new Date(Date.parse(recordedAt) + RETRY_AFTER[data.attempt - 1]! * 60_000).toISOString() } : { waits: null, attempt, dueAt: recordedAt };
    case 'ar.payments.refund_proposed.v1':
    case 'ar.payments.refund_approved.v1':
    case 'ar.payments.refund_refused.v1':
    case 'ar.payments.refund_expired.v1':
    case 'ar.payments.refund_paid.v1':
    case 'ar.payments.refund_cancelled.v1': return { waits: null, attempt, dueAt: recordedAt };
  }
}

interface Row { readonly tenant: string; readonly version: number; readonly refund: Refund; readonly waits: Todo['state'] | null; readonly attempt: number; readonly dueAt: string; readonly traceparent: string | null }

export const refunds: Projection<(typeof on)[number]> = {
  name: 'refunds',
  ddl: `create table refund (tenant text, refund_id text, version int not null, customer text not null, status text not null, receipt_id text not null, credit_note_id text not null, currency text not null, requested_on date not null,
      amount_minor bigint not null, last_day date, waits text, attempt int not null, due_at timestamptz not null, traceparent text, resource jsonb not null, primary key (tenant, refund_id));
    create index on refund (tenant, requested_on, refund_id);
    create index on refund (tenant, customer);
    create index on refund (tenant, last_day, refund_id) where status = '${RefundStatus.PENDING}';
    create index on refund (due_at) where waits is not null;
    create index on refund (tenant) where status = '${RefundStatus.UNKNOWN}'`,
  on,
  async project(events, tx) {
    const rows = await tx.query<Omit<Row, 'refund'> & { readonly id: string; readonly resource: unknown }>(
      'select tenant, refund_id id, version, waits, attempt, due_at::text as "dueAt", traceparent, resource from refund where tenant = any($1) and refund_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.refundId))]]);
    const kept = new Map<string, Row>(rows.map(({ resource, ...r }) => [`${r.tenant}/${r.id}`, { ...r, refund: Refund.fromJSON(resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.refundId}`;
      const before = kept.get(key);
      kept.set(key, { tenant: e.tenant, version: e.version, refund: refundResource.evolve(before?.refund, e), ...next(e, before?.attempt ?? 0), traceparent: e.traceparent ?? null });
    }
    await tx.query(
      `insert into refund select tenant, id, version, customer, status, "receiptId", "creditNoteId", currency, "requestedOn", "amountMinor", "lastDay", waits, attempt, "dueAt", traceparent, resource
         from jsonb_to_recordset($1) x(tenant text, id text, version int, customer text, status text, "receiptId" text, "creditNoteId" text, currency text, "requestedOn" date, "amountMinor" bigint, "lastDay" date, waits text, attempt int,
           "dueAt" timestamptz, traceparent text, resource jsonb)
       on conflict (tenant, refund_id) do update set version = excluded.version, status = excluded.status, waits = excluded.waits, attempt = excluded.attempt, due_at = excluded.due_at, traceparent = excluded.traceparent, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ refund: r, ...row }) => ({
        ...row, id: r.refundId, customer: r.customerId, status: r.status, receiptId: r.receiptId, creditNoteId: r.creditNoteId, currency: r.amount!.currencyCode, requestedOn: r.requestedDate, amountMinor: moneyOf(r.amount).minor,
        lastDay: r.approval?.lastDay || null, resource: Refund.toJSON(r),
      })))]);
  },
};

export async function refundById(tx: Tx, tenant: string, refundId: string): Promise<{ readonly refund: Refund; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from refund where tenant = $1 and refund_id = $2', [tenant, refundId]);
  return row && { refund: Refund.fromJSON(row.resource), version: row.version };
}

/** What is to be paid, was attempted without an outcome, or is to be asked about. */
export const refundsTodo = (tx: Tx, now: string, limit: number): Promise<readonly Todo[]> =>
  tx.query<Todo>('select tenant, customer, refund_id key, attempt, waits state, traceparent from refund where waits is not null and due_at <= $1 order by due_at, refund_id limit $2', [now, limit]);

export async function refundsUnknown(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*)::int n from refund where status = '${RefundStatus.UNKNOWN}'`);
  return row!.n;
}

/** Refunds that waited longer than they may, by id, those after `after`. */
export const refundsTooLate = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ refundId: string; customer: string }>(
  `select refund_id "refundId", customer from refund where tenant = $1 and status = '${RefundStatus.PENDING}' and last_day < $2 and refund_id > $3 order by refund_id limit $4`, [tenant, today, after, limit]);
