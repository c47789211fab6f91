// Invariant 5: projections that are built anew from the beginning of the log are those that grew with it, row by row.
import { isDeepStrictEqual } from 'node:util';
import { quoted } from '@ar/runtime/live.js';
import type { LedgerService } from './ledger-service.world.js';

/** Every table of a schema, its rows in an order of their own. */
async function tablesOf(service: LedgerService, schema: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { pool } = service.worker;
  const { rows: tables } = await pool.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE' order by 1`, [schema]);
  return new Map(await Promise.all(tables.map(async ({ name }) => [name, (await pool.query<{ row: string }>(`select to_jsonb(t)::text row from ${quoted(schema)}.${quoted(name)} t order by 1`)).rows.map((r) => r.row)] as const)));
}

/** While nothing is recorded: where the provider answers late meanwhile, it is done again. */
export async function rebuiltIsLive(service: LedgerService): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const head = await service.quiet();
    const differs = await rebuilding(service);
    if (await service.quiet() !== head) continue;
    if (differs !== undefined) throw new Error(differs);
    return;
  }
  throw new Error('something is recorded again and again');
}

/** What differs, where something does. */
async function rebuilding(service: LedgerService): Promise<string | undefined> {
  const before = await service.worker.live.schema();
  const grown = await tablesOf(service, before);
  await service.worker.rebuild();
  const after = await service.worker.live.schema();
  if (after === before) throw new Error(`nothing was rebuilt: ${after} is live as before`);
  const rebuilt = await tablesOf(service, after);
  for (const [name, rows] of grown) {
    const others = rebuilt.get(name) ?? [];
    if (isDeepStrictEqual(rows, others)) continue;
    const [gone, come] = [rows.filter((r) => !others.includes(r)), others.filter((r) => !rows.includes(r))];
    return `${name} has ${rows.length} rows and, rebuilt, ${others.length}; only before: ${gone.slice(0, 3).join(' ')}; only rebuilt: ${come.slice(0, 3).join(' ')}`;
  }
  return undefined;
}
