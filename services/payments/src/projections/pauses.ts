// Who is not asked for money at the moment: pauses of dunning, by day.
import type { Day } from '@ar/domain/day.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';

export const pauses: Projection<'ar.reminders.dunning_paused.v1' | 'ar.reminders.dunning_resumed.v1'> = {
  name: 'pauses',
  ddl: 'create table pause (tenant text, customer text, pause_id text, from_on date not null, to_on date not null, primary key (tenant, customer, pause_id))',
  on: ['ar.reminders.dunning_paused.v1', 'ar.reminders.dunning_resumed.v1'],
  async project(events, tx) {
    for (const { type, tenant, customer, data } of events) {
      if (type === 'ar.reminders.dunning_paused.v1') await tx.query('insert into pause values ($1, $2, $3, $4, $5) on conflict do nothing', [tenant, customer, data.pauseId, data.fromDate, data.toDate]);
      else await tx.query('delete from pause where tenant = $1 and customer = $2 and pause_id = $3', [tenant, customer, data.pauseId]);
    }
  },
};

/** Whether each is paused on a day. */
export async function pausedOn(tx: Tx, asked: readonly { readonly tenant: string; readonly customer: string; readonly on: Day }[]): Promise<readonly boolean[]> {
  const rows = await tx.query<{ n: number }>(
    'select a.n from jsonb_to_recordset($1) a(n int, tenant text, customer text, "on" date) where exists (select from pause p where p.tenant = a.tenant and p.customer = a.customer and a."on" between p.from_on and p.to_on)',
    [JSON.stringify(asked.map((a, n) => ({ n, ...a })))]);
  const paused = new Set(rows.map((r) => r.n));
  return asked.map((_, n) => paused.has(n));
}
