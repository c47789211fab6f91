// Where each customer stands with us, and whom a new day concerns.
import { DunningCase } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { isWorkingDay } from '@ar/domain/calendar.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import type { History, Pause, Reminded } from '../domain/dunning.js';

const on = [
  'ar.reminders.dunning_case_opened.v1', 'ar.reminders.dunning_case_closed.v1', 'ar.reminders.dunning_level_raised.v1', 'ar.reminders.dunning_level_taken_on.v1', 'ar.reminders.reminder_requested.v1', 'ar.reminders.reminder_attempted.v1',
  'ar.reminders.reminder_sent.v1', 'ar.reminders.reminder_failed.v1', 'ar.reminders.reminder_unknown.v1', 'ar.reminders.reminder_suppressed.v1', 'ar.reminders.reminder_repeated.v1', 'ar.reminders.dunning_paused.v1', 'ar.reminders.dunning_resumed.v1',
] as const;
type Own = Consumed<(typeof on)[number]>;

/** A case as its own events tell it: what a command answers with. What is open is not in it: GetDunningCase adds the items. */
export const dunningCaseResource: Resource<DunningCase> = {
  aggregate: 'dunning-case',
  on,
  evolve(before, event) {
    const dunning = before ?? DunningCase.fromPartial({ customerId: event.customer });
    if (event.type === 'ar.reminders.dunning_case_opened.v1') return { ...dunning, caseId: event.data.caseId, open: true };
    if (event.type === 'ar.reminders.dunning_case_closed.v1') return { ...dunning, open: false };
    if (event.type === 'ar.reminders.reminder_sent.v1' || event.type === 'ar.reminders.reminder_unknown.v1') return { ...dunning, lastRemindedOn: event.recordedOn };
    if (event.type === 'ar.reminders.dunning_paused.v1') { const { pauseId, fromDate, toDate, reason } = event.data; return { ...dunning, pauses: [...dunning.pauses, { pauseId, fromDate, toDate, reason }] }; }
    if (event.type === 'ar.reminders.dunning_resumed.v1') { const { pauseId, resumedOn } = event.data; return { ...dunning, pauses: dunning.pauses.map((p) => (p.pauseId === pauseId ? { ...p, toDate: daysAfter(resumedOn, -1) } : p)) }; }
    return dunning;
  },
};

export const dunningCases: Projection<(typeof on)[number]> = {
  name: 'dunning-cases',
  ddl: `create table dunning_case (tenant text, customer text, version int not null, open boolean not null, last_on date, resource jsonb not null, primary key (tenant, customer));
  create table reminded (tenant text, customer text, item_id text, level int not null, before_due boolean not null, primary key (tenant, customer, item_id));
  create table being_said (tenant text, customer text, item_id text, due_on date not null, primary key (tenant, customer, item_id))`,
  on,
  async project(events, tx) {
    for (const event of events) {
      const { tenant, customer } = event;
      const [row] = await tx.query<{ resource: unknown }>('select resource from dunning_case where tenant = $1 and customer = $2', [tenant, customer]);
      const dunning = dunningCaseResource.evolve(row && DunningCase.fromJSON(row.resource), event);
      await tx.query(
        `insert into dunning_case values ($1, $2, $3, $4, nullif($5, '')::date, $6) on conflict (tenant, customer) do update set version = excluded.version, open = excluded.open, last_on = excluded.last_on, resource = excluded.resource`,
        [tenant, customer, event.version, dunning.open, dunning.lastRemindedOn, JSON.stringify(DunningCase.toJSON(dunning))]);
      await remember(event, tx);
    }
  },
};

/** Levels and reminders before due count when they were, or may have been, sent. */
async function remember(event: Own, tx: Tx): Promise<void> {
  const { type, tenant, customer, data } = event;
  if (type === 'ar.reminders.dunning_level_raised.v1')
    await tx.query('insert into reminded values ($1, $2, $3, $4, false) on conflict (tenant, customer, item_id) do update set level = excluded.level', [tenant, customer, data.itemId, data.level]);
  if (type === 'ar.reminders.dunning_level_taken_on.v1')
    await tx.query('insert into reminded values ($1, $2, $3, $4, true) on conflict (tenant, customer, item_id) do update set level = excluded.level, before_due = true', [tenant, customer, data.itemId, data.level]);
  if (type === 'ar.reminders.reminder_attempted.v1') {
    await tx.query('delete from being_said where tenant = $1 and customer = $2', [tenant, customer]);
    await tx.query('insert into being_said select $1, $2, * from unnest($3::text[], $4::date[])', [tenant, customer, data.items.map((i) => i.itemId), data.items.map((i) => i.dueDate)]);
  }
  if (type === 'ar.reminders.reminder_sent.v1' || type === 'ar.reminders.reminder_unknown.v1')
    await tx.query(
      `insert into reminded select b.tenant, b.customer, b.item_id, 0, true from being_said b
       where b.tenant = $1 and b.customer = $2 and b.due_on >= (select requested_on from communication c where c.tenant = $1 and c.communication_id = $3)
       on conflict (tenant, customer, item_id) do update set before_due = true`, [tenant, customer, data.communicationId]);
}

/** What was said to a customer, as far as it was read. Decisions use the stream. */
export async function historyOf(tx: Tx, tenant: string, customer: string): Promise<{ readonly history: History; readonly dunning: DunningCase; readonly version: number }> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from dunning_case where tenant = $1 and customer = $2', [tenant, customer]);
  const said = await tx.query<{ item_id: string; level: number; before_due: boolean }>('select item_id, level, before_due from reminded where tenant = $1 and customer = $2', [tenant, customer]);
  const dunning = row ? DunningCase.fromJSON(row.resource) : DunningCase.fromPartial({ customerId: customer });
  const pauses = dunning.pauses.map((p): Pause => ({ pauseId: p.pauseId, from: p.fromDate, to: p.toDate, reason: p.reason, resumed: false }));
  return { dunning, version: row?.version ?? 0, history: { lastOn: dunning.lastRemindedOn, pauses, reminded: Object.fromEntries(said.map((s): [string, Reminded] => [s.item_id, { level: s.level, beforeDue: s.before_due }])) } };
}

/** Customers that a day may concern, by id: whoever is left out here has nothing to be decided. Pauses only make it less. */
export async function concernedOn(tx: Tx, tenant: string, today: Day, { dunning, calendar }: PoliciesInForce, after: string, limit: number): Promise<readonly string[]> {
  const speaks = !dunning.workingDaysOnly || isWorkingDay(today, calendar);
  const rows = await tx.query<{ customer: string }>(
    `select customer from (
       select i.customer from open_item i left join reminded r using (tenant, customer, item_id) left join dunning_case c using (tenant, customer)
       where i.tenant = $1 and i.customer > $2 and i.due_on <= $3::date + $4::int and (
         (i.due_on < $3::date and c.open is not true)
         or ($5 and (c.last_on is null or c.last_on + $6::int <= $3::date) and (
           (i.due_on >= $3::date and r.before_due is not true and $4::int > 0)
           or (i.due_on < $3::date and $3::date - i.due_on >= ($7::int[])[coalesce(r.level, 0) + 1]))
           and not exists (select from promised p where p.tenant = i.tenant and p.customer = i.customer and p.item_id = i.item_id)
           and i.open_minor > (select coalesce(sum(d.minor), 0) from disputed d where d.tenant = i.tenant and d.customer = i.customer and d.item_id = i.item_id)))
       union
       select c.customer from dunning_case c where c.tenant = $1 and c.customer > $2 and c.open
         and not exists (select from open_item i where i.tenant = c.tenant and i.customer = c.customer and i.due_on < $3::date)
     ) concerned order by customer limit $8`,
    [tenant, after, today, dunning.beforeDueDays, speaks, dunning.minDaysBetween, dunning.levels, limit]);
  return rows.map((r) => r.customer);
}
