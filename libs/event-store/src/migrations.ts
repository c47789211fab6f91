import { readFileSync } from 'node:fs';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const sql = (file: string) => readFileSync(new URL(`../sql/${file}`, import.meta.url), 'utf8');

/** The store itself. Never edited once released: a change is a class of its own below it. */
export class CreateStore1763769600000 implements MigrationInterface {
  readonly name = 'CreateStore1763769600000';
  async up(runner: QueryRunner): Promise<void> { await runner.query(sql('store.sql')); }
  async down(): Promise<void> { throw new Error('history is never taken back'); }
}

export const storeMigrations = [CreateStore1763769600000];
