// Every message with its words, what happened to it step by step, and what is to be sent.
import { Communication, CommunicationStatus } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { ReminderStep } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { ReminderKind, type ReminderItem, type SuppressedItem, SuppressionReason } from '@ar/contracts/gen/ar/reminders/v1/reminder.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import { formatMoney, inAmounts, moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Todo, Tx } from '@ar/runtime/forms.js';
import { totalsOf } from '../domain/dunning.js';

const on = [
  'ar.reminders.reminder_requested.v1', 'ar.reminders.reminder_attempted.v1', 'ar.reminders.reminder_sent.v1', 'ar.reminders.reminder_failed.v1', 'ar.reminders.reminder_unknown.v1', 'ar.reminders.reminder_suppressed.v1', 'ar.reminders.reminder_repeated.v1',
  'ar.reminders.debit_notice_requested.v1', 'ar.reminders.debit_notice_attempted.v1', 'ar.reminders.debit_notice_sent.v1', 'ar.reminders.debit_notice_failed.v1', 'ar.reminders.debit_notice_unknown.v1', 'ar.reminders.debit_notice_suppressed.v1', 'ar.reminders.debit_notice_repeated.v1',
] as const;
type Step = Consumed<(typeof on)[number]>;

/** `waits` is what is to be done next: a claim from `due_at` on, an outcome, or nothing. A failed attempt is repeated a minute later at the earliest. */
export const communications: Projection<(typeof on)[number]> = {
  name: 'communications',
  ddl: `create table communication (
    tenant text, communication_id text, customer text not null, effect_key text not null, status text not null, kind text not null, level int not null, requested_on date not null, suppression_reason text not null,
    waits text, attempt int not null, due_at timestamptz not null, debit_id text not null, resource jsonb not null, traceparent text, primary key (tenant, communication_id));
  create index on communication (tenant, requested_on, communication_id);
  create index on communication (tenant, customer);
  create index on communication (tenant, effect_key);
  create index on communication (due_at) where waits is not null;
  create index on communication (tenant) where status = 'COMMUNICATION_STATUS_UNKNOWN';
  create table reminder_step (tenant text, communication_id text, version int, step jsonb not null, primary key (tenant, communication_id, version))`,
  on,
  async project(events, tx) {
    for (const event of events) {
      const { tenant, customer, data } = event;
      const [row] = await tx.query<{ resource: unknown; attempt: number; due_at: string }>('select resource, attempt, due_at from communication where tenant = $1 and communication_id = $2', [tenant, data.communicationId]);
      const c = after(row && Communication.fromJSON(row.resource), event);
      const { waits, attempt, dueAt } = next(event, row?.attempt ?? 1, row?.due_at ?? '');
      await tx.query(
        `insert into communication values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $15, $13, $14) on conflict (tenant, communication_id) do update set status = excluded.status, kind = excluded.kind, level = excluded.level,
           suppression_reason = excluded.suppression_reason, waits = excluded.waits, attempt = excluded.attempt, due_at = excluded.due_at, resource = excluded.resource, traceparent = excluded.traceparent`,
        [tenant, c.communicationId, customer, c.effectKey, c.status, c.kind, c.level, c.requestedOn, c.suppressionReason, waits, attempt, dueAt, JSON.stringify(Communication.toJSON(c)), event.traceparent ?? null, c.debitId]);
      await tx.query('insert into reminder_step values ($1, $2, $3, $4)', [tenant, c.communicationId, event.version, JSON.stringify(ReminderStep.toJSON(explained(event)))]);
    }
  },
};

/** A notice is all of its stream. */
export const debitNoticeResource: Resource<Communication> = {
  aggregate: 'debit-notice',
  on: on.filter((type) => type.startsWith('ar.reminders.debit_notice_')),
  evolve: (before, event) => after(before, event as Step),
};

/** A message is one fold over its events. */
export function after(before: Communication | undefined, event: Step): Communication {
  if (event.type === 'ar.reminders.reminder_requested.v1') {
    const { effectKey, communicationId, customerId, kind, level, items } = event.data;
    return Communication.fromPartial({ communicationId, effectKey, customerId, kind, level, items, totals: sums(items), status: CommunicationStatus.REQUESTED, requestedOn: event.recordedOn });
  }
  if (event.type === 'ar.reminders.debit_notice_requested.v1') {
    const { effectKey, communicationId, customerId, debitId, collectDate, items, amount } = event.data;
    return Communication.fromPartial({ communicationId, effectKey, customerId, kind: ReminderKind.DEBIT_NOTICE, items, totals: [amount!], debitId, collectDate, status: CommunicationStatus.REQUESTED, requestedOn: event.recordedOn });
  }
  if (!before) throw new Error(`${event.type} before its request`);
  const finishedAt = `${event.recordedAt.slice(0, 23)}Z`;
  switch (event.type) {
    case 'ar.reminders.reminder_attempted.v1': {
      const { kind, level, items, totals, pii } = event.data;
      return { ...before, status: CommunicationStatus.ATTEMPTED, kind, level, items, totals, attempts: before.attempts + 1, message: pii?.data };
    }
    case 'ar.reminders.debit_notice_attempted.v1': return { ...before, status: CommunicationStatus.ATTEMPTED, attempts: before.attempts + 1, message: event.data.pii?.data };
    case 'ar.reminders.debit_notice_sent.v1':
    case 'ar.reminders.reminder_sent.v1': return { ...before, status: CommunicationStatus.SENT, finishedAt, detail: event.data.detail };
    case 'ar.reminders.debit_notice_unknown.v1':
    case 'ar.reminders.reminder_unknown.v1': return { ...before, status: CommunicationStatus.UNKNOWN, finishedAt, detail: event.data.detail };
    case 'ar.reminders.debit_notice_failed.v1':
    case 'ar.reminders.reminder_failed.v1': return event.data.retryAt === undefined ? { ...before, status: CommunicationStatus.FAILED, finishedAt, detail: event.data.detail } : { ...before, status: CommunicationStatus.REQUESTED, detail: event.data.detail };
    case 'ar.reminders.debit_notice_suppressed.v1':
    case 'ar.reminders.reminder_suppressed.v1': return { ...before, status: CommunicationStatus.SUPPRESSED, finishedAt, suppressionReason: event.data.reason, detail: event.data.explanation };
    case 'ar.reminders.debit_notice_repeated.v1': return { ...before, status: CommunicationStatus.REQUESTED, finishedAt: undefined, suppressionReason: SuppressionReason.UNSPECIFIED, detail: event.data.reason };
    case 'ar.reminders.reminder_repeated.v1': return { ...before, status: CommunicationStatus.REQUESTED, finishedAt: undefined, detail: event.data.reason };
  }
}

function next(event: Step, attempt: number, dueAt: string): { readonly waits: Todo['state'] | null; readonly attempt: number; readonly dueAt: string } {
  switch (event.type) {
    case 'ar.reminders.debit_notice_requested.v1':
    case 'ar.reminders.reminder_requested.v1': return { waits: 'requested', attempt: 1, dueAt: event.data.sendAfter! };
    case 'ar.reminders.debit_notice_repeated.v1':
    case 'ar.reminders.reminder_repeated.v1': return { waits: 'requested', attempt: event.data.attempt, dueAt };
    case 'ar.reminders.debit_notice_attempted.v1':
    case 'ar.reminders.reminder_attempted.v1': return { waits: 'attempted', attempt: event.data.attempt, dueAt };
    case 'ar.reminders.debit_notice_failed.v1':
    case 'ar.reminders.reminder_failed.v1': {
      const { retryAt } = event.data;
      if (retryAt === undefined) return { waits: null, attempt, dueAt };
      const soonest = new Date(Date.parse(event.recordedAt) + 60_000).toISOString();
      return { waits: 'requested', attempt: attempt + 1, dueAt: retryAt > soonest ? retryAt : soonest };
    }
    case 'ar.reminders.debit_notice_sent.v1':
    case 'ar.reminders.debit_notice_unknown.v1':
    case 'ar.reminders.debit_notice_suppressed.v1':
    case 'ar.reminders.reminder_sent.v1':
    case 'ar.reminders.reminder_unknown.v1':
    case 'ar.reminders.reminder_suppressed.v1': return { waits: null, attempt, dueAt };
  }
}

const shown = (amount: Amount): string => `${amount.value} ${amount.currencyCode}`;
const totalsIn = (items: readonly ReminderItem[]) => totalsOf(items.map((i) => ({ amount: moneyOf(i.amount) })));
const inWire = (sum: { readonly minor: number | bigint; readonly currency: string }): Amount => ({ currencyCode: sum.currency, value: formatMoney(sum) });
const sums = (items: readonly ReminderItem[]): Amount[] => totalsIn(items).flatMap(inAmounts).map(inWire);
const listing = (items: readonly ReminderItem[]): string => items.slice(0, 20).map((i) => `${i.documentNumber}, due ${i.dueDate}, ${shown(i.amount!)}, level ${i.level}`).join('; ') + (items.length > 20 ? `; and ${items.length - 20} more` : '');

/** One step in a sentence. */
function explained(event: Step): ReminderStep {
  const step = (explanation: string, suppressed: SuppressedItem[] = [], policyVersion = 0): ReminderStep => ({ date: event.recordedOn, eventType: event.type, explanation, suppressed, policyVersion });
  switch (event.type) {
    case 'ar.reminders.reminder_requested.v1': return step(`a message was wanted about ${listing(event.data.items)}; to be sent from ${event.data.sendAfter}`, event.data.suppressed, event.data.policyVersion);
    case 'ar.reminders.reminder_attempted.v1': return step(`attempt ${event.data.attempt}: decided again on what was known, it asks for ${totalsIn(event.data.items).map(inWire).map(shown).join(', ')}: ${listing(event.data.items)}`, event.data.suppressed);
    case 'ar.reminders.debit_notice_requested.v1': return step(`direct debit ${event.data.debitId} was to be announced: ${shown(event.data.amount!)} on ${event.data.collectDate}; to be sent from ${event.data.sendAfter}`, [], event.data.policyVersion);
    case 'ar.reminders.debit_notice_attempted.v1': return step(`attempt ${event.data.attempt}: the debit was still to come, so its notice says: ${shown(event.data.amount!)} on ${event.data.collectDate}`);
    case 'ar.reminders.debit_notice_sent.v1':
    case 'ar.reminders.reminder_sent.v1': return step(`attempt ${event.data.attempt}: the mail server took it: ${event.data.detail}`);
    case 'ar.reminders.debit_notice_failed.v1':
    case 'ar.reminders.reminder_failed.v1': return step(`attempt ${event.data.attempt} did not leave: ${event.data.detail}; ${event.data.retryAt === undefined ? 'it was given up' : `tried again from ${event.data.retryAt}`}`);
    case 'ar.reminders.debit_notice_unknown.v1':
    case 'ar.reminders.reminder_unknown.v1': return step(`attempt ${event.data.attempt}: nobody can say whether it left, so it is not repeated: ${event.data.detail}`);
    case 'ar.reminders.debit_notice_repeated.v1':
    case 'ar.reminders.reminder_repeated.v1': return step(`${event.data.by} asked for attempt ${event.data.attempt}: ${event.data.reason}`);
    case 'ar.reminders.debit_notice_suppressed.v1': return step(`held back: ${event.data.explanation}`);
    case 'ar.reminders.reminder_suppressed.v1': return step(`held back: ${event.data.explanation}`, event.data.suppressed);
  }
}

const NOTICE = `kind = '${ReminderKind.DEBIT_NOTICE}'`;
const REMINDER = `kind <> '${ReminderKind.DEBIT_NOTICE}'`;
/** What is to be claimed at that instant, and what was attempted without an outcome. */
const todo = (tx: Tx, which: string, now: string, limit: number): Promise<readonly Todo[]> =>
  tx.query<Todo>(`select tenant, customer, effect_key as key, attempt, waits as state, traceparent from communication where waits is not null and due_at <= $1 and ${which} order by due_at, tenant, communication_id limit $2`, [now, limit]);
export const remindersTodo = (tx: Tx, now: string, limit: number) => todo(tx, REMINDER, now, limit);
export const noticesTodo = (tx: Tx, now: string, limit: number) => todo(tx, NOTICE, now, limit);

/** How many nobody can say of whether they left. */
async function unknown(tx: Tx, which: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*)::int n from communication where status = 'COMMUNICATION_STATUS_UNKNOWN' and ${which}`);
  return row!.n;
}
export const remindersUnknown = (tx: Tx) => unknown(tx, REMINDER);
export const noticesUnknown = (tx: Tx) => unknown(tx, NOTICE);

/** Whether there is a reminder of that id to that customer: one answer per question, in their order. */
export async function haveReminders(tx: Tx, of: readonly { readonly tenant: string; readonly customer: string; readonly communicationId: string }[]): Promise<readonly boolean[]> {
  const rows = await tx.query<{ there: boolean }>(
    `select exists (select from communication c where c.tenant = a.tenant and c.communication_id = a.communication_id and c.customer = a.customer and c.${REMINDER}) there
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality a(tenant, customer, communication_id, n) order by a.n`, [of.map((o) => o.tenant), of.map((o) => o.customer), of.map((o) => o.communicationId)]);
  return rows.map((r) => r.there);
}

export async function getReminder(tx: Tx, tenant: string, communicationId: string): Promise<{ readonly communication: Communication; readonly steps: readonly ReminderStep[] } | undefined> {
  const [row] = await tx.query<{ resource: unknown }>('select resource from communication where tenant = $1 and communication_id = $2', [tenant, communicationId]);
  const steps = await tx.query<{ step: unknown }>('select step from reminder_step where tenant = $1 and communication_id = $2 order by version', [tenant, communicationId]);
  return row && { communication: Communication.fromJSON(row.resource), steps: steps.map((s) => ReminderStep.fromJSON(s.step)) };
}
