// The service of payments as callers have it: two processes of it on one store, each behind gRPC, one of them with the relay, the consumer and a provider at work.
// Whatever is asked is answered, or refused with a reason that the contract names at that call; anything else is an error of the test.
import 'reflect-metadata';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, type ClientWritableStream, credentials, makeClientConstructor, type Server, type ServiceDefinition, type ServiceError } from '@grpc/grpc-js';
import type { INestMicroservice } from '@nestjs/common';
import { Status } from '@ar/contracts/gen/google/rpc/status.js';
import { ErrorInfo } from '@ar/contracts/gen/google/rpc/error_details.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { Api, fromPosition, furthest } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { createLogger } from '@ar/platform/logger.js';
import { Metrics } from '@ar/platform/metrics.js';
import { answering } from '@ar/platform/server.js';
import { migrateService } from '@ar/runtime/migrations.js';
import { type Role, ServiceRuntime } from '@ar/runtime/service-runtime.js';
import type { Postgres } from '@ar/testing/postgres.js';
import { Elsewhere } from './elsewhere.world.js';
import type { PaymentProvider } from './payment-provider.js';
import { PaymentsModule, process as paymentsProcess } from './payments.module.js';
import { paymentsWith } from './payments.service.js';

const contract = new URL('../../../proto/ar/payments/v1/', import.meta.url);
/** Reasons that the contract names at each call, by its name in code. */
const named: ReadonlyMap<string, ReadonlySet<string>> = new Map(readdirSync(contract).filter((file) => file.endsWith('_service.proto')).flatMap((file) =>
  [...readFileSync(new URL(file, contract), 'utf8').matchAll(/((?:^ *\/\/[^\n]*\n)+) *rpc (\w+)\(/gm)].map((m) => [m[2]![0]!.toLowerCase() + m[2]!.slice(1), new Set(m[1]!.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g))] as const)));
/** Reasons of every call that this caller means to meet: fields are as they must be here, and nothing is too busy. */
const ANYWHERE: ReadonlySet<string> = new Set(['VERSION_MISMATCH', 'REQUEST_ID_REUSED']);

/** What came of a call: its answer, or why it was refused. */
export type Came<Answer = unknown> = { readonly answer: Answer } | { readonly refused: string; readonly words: string };

export const NOTICES = 'a secret of the provider';
const SECRETS = { links: 'a key that links are signed with', notices: NOTICES };
const definitions = paymentsProcess.grpc as readonly ServiceDefinition[];
type Unary = (request: unknown, done: (error: ServiceError | null, answer: unknown) => void) => void;
type Upload = (done: (error: ServiceError | null, answer: unknown) => void) => ClientWritableStream<unknown>;

/** One process: its own runtime, its own address. */
class Process {
  readonly #clients = new Map<string, { readonly client: Client; readonly call: Unary | Upload }>();
  constructor(readonly runtime: ServiceRuntime, private readonly app: INestMicroservice, private readonly server: Server, address: string) {
    for (const definition of definitions) {
      const client = new (makeClientConstructor(definition, 'payments'))(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
      for (const name of Object.keys(definition)) this.#clients.set(name, { client, call: (client as unknown as Record<string, Unary | Upload>)[name]! });
    }
  }
  call<Answer>(name: string, request: unknown): Promise<Answer> {
    const { client, call } = this.#clients.get(name)!;
    return new Promise((resolve, reject) => { (call as Unary).call(client, request, (error, answer) => { if (error) reject(error); else resolve(answer as Answer); }); });
  }
  upload<Answer>(name: string, messages: readonly unknown[]): Promise<Answer> {
    const { client, call } = this.#clients.get(name)!;
    return new Promise((resolve, reject) => {
      const stream = (call as Upload).call(client, (error, answer) => { if (error) reject(error); else resolve(answer as Answer); });
      for (const message of messages) stream.write(message);
      stream.end();
    });
  }
  async stop(): Promise<void> {
    for (const { client } of this.#clients.values()) client.close();
    this.server.forceShutdown(); // calls that a failed test left are let go
    await this.app.close();
  }
}

export class LedgerService {
  readonly errors: Error[] = [];
  readonly elsewhere: { readonly invoicing: Elsewhere; readonly credit: Elsewhere; readonly collections: Elsewhere; readonly reminders: Elsewhere };
  /** What has to be read to see all that was told and answered so far. */
  reached: Position = { sequences: {} };
  readonly #processes: Process[] = [];

  private constructor(readonly log: EventLog, private readonly url: string, private readonly folder: string) {
    this.elsewhere = { invoicing: new Elsewhere(log, 'invoicing'), credit: new Elsewhere(log, 'credit'), collections: new Elsewhere(log, 'collections'), reminders: new Elsewhere(log, 'reminders') };
  }

  static async start(postgres: Postgres, provider: PaymentProvider): Promise<LedgerService> {
    const { ownerUrl, url } = await postgres.store();
    await migrateService(ownerUrl, 'ar_service');
    const service = new LedgerService(await openPostgresLog({ url: await postgres.database(), partitions: 3 }), url, await mkdtemp(join(tmpdir(), 'ar-ledger-')));
    for (const role of ['all', 'api'] as const) await service.#start(role, provider);
    return service;
  }

  async #start(role: Role, provider: PaymentProvider): Promise<void> {
    const runtime = new ServiceRuntime({ service: paymentsWith(provider), url: this.url, log: this.log, role, clock: 'simulated', connections: 10, onError: (error) => this.errors.push(error) });
    const [address, logger] = [`unix:${join(this.folder, role)}`, createLogger('payments', 'error')];
    const listening: { server?: Server } = {};
    const app = await answering({ api: new Api(runtime, new Pages('a key of sixteen or more'), true, SECRETS), logger, metrics: new Metrics('payments'), module: PaymentsModule, grpc: paymentsProcess.grpc, url: address, draining: () => false, onServer: (server) => { listening.server = server; } });
    await app.listen();
    this.#processes.push(new Process(runtime, app, listening.server!, address));
  }

  async stop(): Promise<void> {
    for (const process of this.#processes) await process.stop();
    await this.log.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The one that works. */
  get worker(): ServiceRuntime { return this.#processes[0]!.runtime; }

  /** A question to either process, after all that was told and answered is read: it has an answer. */
  ask<Answer>(name: string, request: object, at = 1): Promise<Answer> {
    return this.#processes[at % 2]!.call<Answer>(name, { ...request, minPosition: this.reached });
  }

  /** A wish to either process: an answer, or a reason that the contract names. */
  async wish<Answer extends { position?: Position | undefined }>(name: string, request: unknown, at: number): Promise<Came<Answer>> {
    try { return this.#noted(await this.#processes[at % 2]!.call<Answer>(name, request)); } catch (error) { return this.reasonOf(name, error as ServiceError); }
  }

  /** A file in chunks, as a wish. */
  async bring<Answer extends { position?: Position | undefined }>(name: string, messages: readonly unknown[], at: number): Promise<Came<Answer>> {
    try { return this.#noted(await this.#processes[at % 2]!.upload<Answer>(name, messages)); } catch (error) { return this.reasonOf(name, error as ServiceError); }
  }

  #noted<Answer extends { position?: Position | undefined }>(answer: Answer): Came<Answer> {
    this.note(answer.position);
    return { answer };
  }

  /** From now on, questions wait for this as well. */
  note(position: Position | undefined): void { if (position) this.reached = furthest([fromPosition(this.reached), fromPosition(position)]); }

  /** The reason of a status; throws where the contract does not name it at that call. */
  reasonOf(name: string, error: ServiceError): Came<never> {
    const [details] = error.metadata?.get('grpc-status-details-bin') ?? [];
    if (!details) throw new Error(`${name} ended with ${error.message}, without a reason`);
    return this.named(name, Status.decode(details as Buffer));
  }

  named(name: string, { message, details }: Status): Came<never> {
    const { reason } = ErrorInfo.decode(details.find((d) => d.typeUrl.endsWith('google.rpc.ErrorInfo'))!.value);
    if (!named.get(name)!.has(reason) && !ANYWHERE.has(reason)) throw new Error(`${name} was refused with ${reason}, which its contract does not name: ${message}`);
    return { refused: reason, words: message };
  }

  /** Waits until all is published, read and done outside, twice in a row: nothing is under way then. What nobody knows the outcome of stays so until it is asked about. */
  async quiet(): Promise<number> {
    for (let [before, until] = [-1, Date.now() + 20_000]; ;) {
      const { head, published, publishedMarks, consumedMarks, effectsPending, effectsUnknown, keysParked } = await this.worker.progress();
      const mark = (source: string, partition: number) => consumedMarks.find((m) => m.source === source && m.partition === partition)?.sequence ?? 0;
      if (keysParked > 0 || this.worker.trouble().length > 0) throw new Error(`the service stands still: ${await this.#parked()} ${this.worker.trouble().join()}`);
      const waits = Object.entries(fromPosition(this.reached)).filter(([lane, sequence]) => mark(lane.split('/')[0]!, Number(lane.split('/')[1])) < sequence);
      const still = published === head && publishedMarks.every((m) => mark('payments', m.partition) >= m.sequence) && waits.length === 0 && effectsPending === 0;
      if (still && before === head) return head;
      if (Date.now() > until) throw new Error(`never quiet: head ${head}, published ${published}, effects ${effectsPending} and ${effectsUnknown} unknown, waiting for ${JSON.stringify(waits)}: ${this.errors.map((e) => e.stack).join('\n')}`);
      before = still ? head : -1;
      await new Promise((again) => { setTimeout(again, 4); });
    }
  }

  async #parked(): Promise<string> {
    return this.worker.live.read(async (client) => (await client.query<{ customer: string; type: string; error: string | null }>('select customer, type, error from parked order by id')).rows.map((r) => `${r.customer} at ${r.type}: ${r.error ?? 'behind it'}`).join('; '));
  }
}
