import { readFileSync } from 'node:fs';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrate } from '@ar/event-store/store.js';

const sql = (file: string) => readFileSync(new URL(`../sql/${file}`, import.meta.url), 'utf8');

class CreateRuntime1763769700000 implements MigrationInterface {
  readonly name = 'CreateRuntime1763769700000';
  async up(runner: QueryRunner): Promise<void> { await runner.query(sql('runtime.sql')); }
  async down(): Promise<void> { throw new Error('business dates are never taken back'); }
}

/** Accounting periods. The function that it replaces stays for replicas of the build before. */
class AddPeriods1795305600000 implements MigrationInterface {
  readonly name = 'AddPeriods1795305600000';
  async up(runner: QueryRunner): Promise<void> { await runner.query(sql('periods.sql')); }
  async down(): Promise<void> { throw new Error('a closed period is never taken back by a deployment'); }
}

/** What every version of the projections starts with. */
export const projectionBase = (): string => sql('projection.sql');

/** Brings the database of a service to the present shape, as its owner, for the role the service runs with. */
export const migrateService = (ownerUrl: string, role: string): Promise<void> =>
  migrate(ownerUrl, role, [CreateRuntime1763769700000, AddPeriods1795305600000], (name) => `
    grant usage on schema rt to ${name}; grant select, insert, update on all tables in schema rt to ${name}; grant execute on all functions in schema rt to ${name};`);
