// Events that cannot be read wait, with all later ones of their customer, until someone mends and retries. Nothing is discarded.
import type pg from 'pg';
import type { LogRecord } from '@ar/event-log/event-log.js';
import type { Arrived } from './cloud-event.js';
import { DAY } from './days.js';
import { NoProjections, StoreAlarm } from './live.js';

/** Beyond this many the partition stops instead. */
export const PARKED_MOST = 10_000;

/** Of one partition: whose events wait, and how many of them. */
export interface ParkedKeys { has(tenant: string, customer: string): boolean; add(tenant: string, customer: string): void; readonly count: number }

export interface ParkedRow { readonly partition: number; readonly tenant: string; readonly customer: string; readonly n: number }
export const askParked = (partitions: readonly number[]): string => `select partition, tenant, customer, count(*) n from parked where partition in (${partitions.join(', ')}) group by 1, 2, 3`;

export function parkedKeys(rows: readonly ParkedRow[], partition: number): ParkedKeys {
  const own = rows.filter((r) => r.partition === partition);
  const keys = new Set(own.map((r) => `${r.tenant}/${r.customer}`));
  let count = own.reduce((n, r) => n + r.n, 0);
  return { has: (tenant, customer) => keys.has(`${tenant}/${customer}`), add: (tenant, customer) => { keys.add(`${tenant}/${customer}`); count++; }, get count() { return count; } };
}

/** Puts an event aside; `error` is why, on the first of its key. An event of `own` may follow from others, which were read here: who waits for those waits for it too. */
export async function park(client: pg.PoolClient, own: string, partition: number, arrived: Arrived, { headers, value, key, offset }: LogRecord, error?: Error): Promise<void> {
  await client.query(`
    with recursive chain(cause) as (
      select $4::text || '/' || $5::bigint
      union all
      select e.meta->>'cause' from chain c join es.event e on e.sequence = split_part(c.cause, '/', 2)::bigint where split_part(c.cause, '/', 1) = $9 and e.meta->>'cause' is not null)
    insert into parked (tenant, customer, partition, source, sequence, type, record, error, waited_as)
    select $1, $2, $3::int, $4, $5, $6::text, $7, $8, case when $6 = '${DAY}' then '{}' else (select array_agg(replace(cause, '/', '/' || $3 || '/')) from chain) end`,
  [arrived.tenant, arrived.customer, partition, arrived.source, arrived.sequence, arrived.type, JSON.stringify({ headers, value, key, offset: String(offset) }), error?.message ?? null, own]);
}

/** An error of the machinery, not of an event: the same work may succeed later. By SQLSTATE class: connection, login, a database that is being restored (absent, or closed to connections), rollback (deadlock), resources, operator, system; otherwise what a socket says. */
export function isTransient(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (error instanceof NoProjections || error instanceof StoreAlarm) return true;
  if (typeof code !== 'string') return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed/.test(String((error as Error)?.message));
  return /^(08|28|3D|40|53|57|58|55000|55P03)/.test(code) || /^E[A-Z]+$/.test(code);
}
