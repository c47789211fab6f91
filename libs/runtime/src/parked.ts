// Events that cannot be read wait, with all later ones of their customer, until someone mends and retries. Nothing is discarded.
import type pg from 'pg';
import type { LogRecord } from '@ar/event-log/event-log.js';
import type { Arrived } from './cloud-event.js';
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

/** Puts an event aside; `error` is why, on the first of its key. */
export async function park(client: pg.PoolClient, partition: number, arrived: Arrived, { headers, value, key, offset }: LogRecord, error?: Error): Promise<void> {
  await client.query('insert into parked (tenant, customer, partition, source, sequence, type, record, error) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [arrived.tenant, arrived.customer, partition, arrived.source, arrived.sequence, arrived.type, JSON.stringify({ headers, value, key, offset: String(offset) }), error?.message ?? null]);
}

/** An error of the machinery, not of an event: the same work may succeed later. By SQLSTATE class: connection, login, a database that is being restored (absent, or closed to connections), rollback (deadlock), resources, operator, system; otherwise what a socket says. */
export function isTransient(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (error instanceof NoProjections || error instanceof StoreAlarm) return true;
  if (typeof code !== 'string') return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed/.test(String((error as Error)?.message));
  return /^(08|28|3D|40|53|57|58|55000|55P03)/.test(code) || /^E[A-Z]+$/.test(code);
}
