// Two small services in the forms of the real ones, with contract events of the real ones: what the runtime promises is tried on them.
import { startPostgres, type Postgres, type StoreUrls } from '@ar/testing/postgres.js';
import type { Aggregate } from '@ar/domain/aggregate.js';
import { isRefusal, refuse } from '@ar/domain/decider.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import type { EventLog } from '@ar/event-log/event-log.js';
import { openPostgresLog } from '@ar/event-log/postgres-log.js';
import { createHash } from 'node:crypto';
import type { Call } from './decide.js';
import type { AnyCommand, Command, Daily, Projection, Reaction, Resource, Service } from './forms.js';
import { migrateService } from './migrations.js';
import { wirePolicies } from './policy-contract.js';
import { ServiceRuntime, type RuntimeOptions } from './service-runtime.js';

const eur = (minor: number) => ({ minor, currency: 'EUR' });

// — the first: a tenant with its days, and notes of customers
type DayEvent = { type: 'TenantRegistered'; tenantId: string; firstBusinessDay: string } | { type: 'BusinessDayOpened'; tenantId: string; date: string } | { type: 'PolicyPublished'; netDays: number; version: number; validFrom: string };
const tenant: Aggregate<{ on: boolean; version: number }, DayEvent, DayEvent, 'tenant-exists'> = {
  type: 'tenant', initial: { on: false, version: 1 }, customer: () => '',
  decide: (command, { on }) => (command.type !== 'TenantRegistered' ? [command] : on ? refuse('tenant-exists') : [command, { type: 'BusinessDayOpened', tenantId: command.tenantId, date: command.firstBusinessDay }]),
  evolve: ({ version }, e) => ({ on: true, version: e.type === 'PolicyPublished' ? e.version : version }),
};

type NoteEvent = { type: 'InvoiceIssued'; customerId: string; number: string; minor: number; orderNumber: string; dueDate: string } | { type: 'InvoiceVoided'; customerId: string; number: string };
type NoteState = { readonly status: 'none' } | { readonly status: 'there' | 'void'; readonly customerId: string; readonly number: string };
type NoteCommand = { type: 'Write'; customerId: string; number: string; minor: number; orderNumber: string; dueDate: string } | { type: 'Void' } | { type: 'Look' };
const note: Aggregate<NoteState, NoteCommand, NoteEvent, 'invoice-exists' | 'invoice-not-found' | 'total-not-positive'> = {
  type: 'invoice', initial: { status: 'none' }, customer: (_id, s) => (s.status === 'none' ? '' : s.customerId),
  decide(command, state) {
    if (command.type === 'Write') {
      if (state.status !== 'none') return refuse('invoice-exists');
      if (command.orderNumber === 'throws') throw new Error('a mistake of the programmer');
      return command.minor <= 0 ? refuse('total-not-positive', { minor: command.minor }) : [{ ...command, type: 'InvoiceIssued' }];
    }
    if (state.status === 'none') return refuse('invoice-not-found');
    return command.type === 'Look' || state.status === 'void' ? [] : [{ type: 'InvoiceVoided', customerId: state.customerId, number: state.number }];
  },
  evolve: (state, e) => (e.type === 'InvoiceIssued' ? { status: 'there', customerId: e.customerId, number: e.number } : state.status === 'none' ? state : { ...state, status: 'void' }),
};

export interface Write { readonly id: string; readonly customer: string; readonly minor: number; readonly order?: string }
const noteOf = (id: string) => ({ aggregate: note, id });
export const take: Command<{ tenant: string; date: string }> = { name: 'take', opensTenant: true, streams: (r) => [{ aggregate: tenant, id: r.tenant }], decide: (r, on) => void on.run({ aggregate: tenant, id: r.tenant }, { type: 'TenantRegistered', tenantId: r.tenant, firstBusinessDay: r.date }) };
export const openDay: Command<{ tenant: string; date: string }> = { name: 'open-day', streams: (r) => [{ aggregate: tenant, id: r.tenant }], decide: (r, on) => void on.run({ aggregate: tenant, id: r.tenant }, { type: 'BusinessDayOpened', tenantId: r.tenant, date: r.date }) };
export const publishTerms: Command<{ tenant: string; netDays: number; validFrom: string }> = {
  name: 'publish-terms', streams: (r) => [{ aggregate: tenant, id: r.tenant }],
  decide: ({ tenant: id, ...r }, on) => void on.run({ aggregate: tenant, id }, { type: 'PolicyPublished', ...r, version: on.state({ aggregate: tenant, id }).version + 1 }),
};
export const write: Command<Write> = {
  name: 'write', customer: (r) => r.customer, streams: (r) => [noteOf(r.id)], series: (_r, today) => [`note/${today.slice(0, 4)}`],
  decide({ id, customer, minor, order = '' }, on) {
    const series = `note/${on.today.slice(0, 4)}`;
    on.run(noteOf(id), { type: 'Write', customerId: customer, number: `N${on.series(series).last + 1}`, minor, orderNumber: order, dueDate: `${on.today}+${on.policies.terms.netDays}` });
    on.take(series, on.today);
  },
};
export const voidNote: Command<{ id: string }> = { name: 'void', streams: (r) => [noteOf(r.id)], decide: (r, on) => void on.run(noteOf(r.id), { type: 'Void' }) };
export const look: Command<{ id: string }> = { name: 'look', streams: (r) => [noteOf(r.id)], decide: (r, on) => void on.run(noteOf(r.id), { type: 'Look' }) };
/** Names only its first stream, and reaches for another. */
export const voidBoth: Command<{ id: string; other: string }> = { name: 'void-both', streams: (r) => [noteOf(r.id)], decide(r, on) { on.run(noteOf(r.id), { type: 'Void' }); on.run(noteOf(r.other), { type: 'Void' }); } };

/** Voids its first stream where the other could not be. */
export const voidOther: Command<{ id: string; other: string }> = { name: 'void-other', streams: (r) => [noteOf(r.id), noteOf(r.other)], decide(r, on) { if (isRefusal(on.ask(noteOf(r.other), { type: 'Void' }))) on.run(noteOf(r.id), { type: 'Void' }); } };

interface NoteResource { readonly number: string; readonly status: string; readonly due: string }
const noteResource: Resource<NoteResource> = {
  aggregate: 'invoice', on: ['ar.invoicing.invoice_issued.v1', 'ar.invoicing.invoice_voided.v1'],
  evolve: (r, e) => (e.type === 'ar.invoicing.invoice_issued.v1' ? { number: e.data.number, status: 'there', due: e.data.instalments[0]?.dueDate ?? '' } : { ...r!, status: 'void' }),
};

const notes: Projection<'ar.invoicing.invoice_issued.v1' | 'ar.invoicing.invoice_voided.v1'> = {
  name: 'notes', ddl: 'create table note (tenant text, number text, customer text, status text, recorded bigint, primary key (tenant, number))', on: ['ar.invoicing.invoice_issued.v1', 'ar.invoicing.invoice_voided.v1'],
  async project(events, tx) {
    for (const e of events) await tx.query(`insert into note values ($1, $2, $3, $4, $5) on conflict (tenant, number) do update set status = excluded.status`, [e.tenant, e.data.number, e.customer, e.type.includes('issued') ? 'there' : 'void', e.recorded]);
  },
};

const cannotSay = (): never => { throw new Error('cannot be told to others'); };
/** What is broken on purpose, and mended during a test. */
export const trouble = { poison: false, poisonOwn: false, failDaily: 0, noTickFor: '' };

export const first: Service = {
  name: 'invoicing', aggregates: [tenant, note], commands: [take, openDay, publishTerms, write, voidNote, look, voidBoth, voidOther], resources: [noteResource], reactions: [], daily: [], projections: [notes], effects: [],
  publisher: {
    TenantRegistered: (e: Extract<DayEvent, { type: 'TenantRegistered' }>) => ({ tenantId: e.tenantId, baseCurrency: 'EUR', timeZone: 'UTC', policies: wirePolicies(defaultPolicies), firstBusinessDay: e.firstBusinessDay }),
    BusinessDayOpened: (e: Extract<DayEvent, { type: 'BusinessDayOpened' }>) => ({ tenantId: e.tenantId, date: e.date }),
    PolicyPublished: (e: Extract<DayEvent, { type: 'PolicyPublished' }>) => ({ tenantId: '', kind: 'POLICY_KIND_TERMS', version: e.version, validFrom: e.validFrom, policy: { terms: { netDays: e.netDays, graceDays: 0 } } }),
    InvoiceIssued: (e: Extract<NoteEvent, { type: 'InvoiceIssued' }>) => (e.orderNumber === 'unspeakable' ? cannotSay() : { invoiceId: e.number, number: e.number, customerId: e.customerId, total: eur(e.minor), orderNumber: e.orderNumber, instalments: [{ seq: 1, dueDate: e.dueDate, amount: eur(e.minor) }] }),
    InvoiceVoided: (e: Extract<NoteEvent, { type: 'InvoiceVoided' }>) => ({ invoiceId: e.number, number: e.number, customerId: e.customerId }),
  },
};

// — the second: what each customer owes, made by reactions; a tick for every customer on every day
type OweEvent = { type: 'OpenItemPosted'; customerId: string; itemId: string; before: number; effectiveOn: string } | { type: 'UnappliedCashPlaced'; customerId: string; receiptId: string; n: number };
type OweCommand = { type: 'Post'; customerId: string; itemId: string; before: number; today: string } | { type: 'Tick'; customerId: string; today: string };
const owing: Aggregate<{ n: number }, OweCommand, OweEvent, never> = {
  type: 'account', initial: { n: 0 }, customer: (id) => id, snapshot: 1,
  decide: (c, { n }) => (c.type === 'Post' ? [{ type: 'OpenItemPosted', customerId: c.customerId, itemId: c.itemId, before: c.before, effectiveOn: c.today }] : [{ type: 'UnappliedCashPlaced', customerId: c.customerId, receiptId: c.today, n: n + 1 }]),
  evolve: ({ n }) => ({ n: n + 1 }),
};


const post: Command<{ customer: string; number: string; order: string }, number> = {
  name: 'post', streams: (r) => [{ aggregate: owing, id: r.customer }],
  known: async (asked, tx) => Promise.all(asked.map(async (a) => (await tx.query<{ n: number }>('select count(*) n from item where tenant = $1 and customer = $2', [a.tenant, a.request.customer]))[0]!.n)),
  decide(r, on) {
    if (r.order === 'poison' && trouble.poison) throw new Error('cannot be read');
    on.run({ aggregate: owing, id: r.customer }, { type: 'Post', customerId: r.customer, itemId: r.number, before: on.known, today: on.today });
  },
};
const tick: Command<{ customer: string }> = {
  name: 'tick', streams: (r) => [{ aggregate: owing, id: r.customer }],
  decide(r, on) {
    if (r.customer === trouble.noTickFor) throw new Error('this customer cannot be ticked');
    on.run({ aggregate: owing, id: r.customer }, { type: 'Tick', customerId: r.customer, today: on.today });
  },
};
const itemOfNote: Reaction<'ar.invoicing.invoice_issued.v1', { customer: string; number: string; order: string }> = { name: 'item-of-note', on: 'ar.invoicing.invoice_issued.v1', command: post as AnyCommand, requests: (e) => [{ customer: e.customer, number: e.data.number, order: e.data.orderNumber }], expected: [] };
const ticks: Daily<{ customer: string }> = {
  name: 'ticks', command: tick, expected: [],
  async due(tx, id, today, _policies, after, limit) {
    if (trouble.failDaily > 0 && after !== '' && trouble.failDaily-- > 0) throw Object.assign(new Error('the database went away'), { code: '08006' });
    const rows = await tx.query<{ customer: string }>('select distinct customer from item where tenant = $1 and customer > $2 order by customer limit $3', [id, after, limit]);
    return rows.map(({ customer }) => ({ key: customer, customer, request: { customer, today } }));
  },
};
const items: Projection<'ar.invoicing.invoice_issued.v1'> = {
  name: 'items', ddl: 'create table item (tenant text, customer text, number text, primary key (tenant, number)); create index on item (tenant, customer)', on: ['ar.invoicing.invoice_issued.v1'],
  async project(events, tx) { for (const e of events) await tx.query('insert into item values ($1, $2, $3)', [e.tenant, e.customer, e.data.number]); },
};
/** What this service itself has posted, read back from the log. */
const posted: Projection<'ar.payments.open_item_posted.v1'> = {
  name: 'posted', ddl: 'create table posted (tenant text, number text, primary key (tenant, number))', on: ['ar.payments.open_item_posted.v1'],
  async project(events, tx) {
    if (trouble.poisonOwn) throw new Error('what was posted cannot be read');
    for (const e of events) await tx.query('insert into posted values ($1, $2)', [e.tenant, e.data.item?.itemId]);
  },
};

export const second: Service = {
  name: 'payments', aggregates: [owing], commands: [post, tick], resources: [], reactions: [itemOfNote], daily: [ticks], projections: [items, posted], effects: [],
  publisher: {
    OpenItemPosted: (e: Extract<OweEvent, { type: 'OpenItemPosted' }>) => ({ customerId: e.customerId, item: { itemId: e.itemId, instalment: e.before, original: eur(1) } }),
    UnappliedCashPlaced: (e: Extract<OweEvent, { type: 'UnappliedCashPlaced' }>) => ({ customerId: e.customerId, receiptId: e.receiptId, amount: eur(e.n) }),
  },
};

let keys = 0;
/** A call as the API makes it. */
export const call = <R>(command: Command<R, never> | Command<R>, request: R, key = `k${++keys}`, more: Partial<Call> = {}): Call => ({
  tenant: 't', command: command as AnyCommand, request, key: `${more.tenant ?? 't'}/${key}`, hash: createHash('sha256').update(JSON.stringify([command.name, request])).digest(), meta: { correlation: key, causation: '', actor: 'test' }, ...more,
});

export interface World {
  readonly postgres: Postgres;
  readonly errors: Error[];
  /** A runtime on the store of its service; several may share it. */
  start(service: Service, options?: Partial<RuntimeOptions>): Promise<ServiceRuntime>;
  urls(service: Service): Promise<StoreUrls>;
  log(): Promise<EventLog>;
  stop(): Promise<void>;
}

export async function world({ partitions = 1 }: { partitions?: number } = {}): Promise<World> {
  const postgres = await startPostgres();
  const logUrl = await postgres.database();
  const stores = new Map<string, Promise<StoreUrls>>();
  const logs: EventLog[] = [];
  const runtimes = new Set<ServiceRuntime>();
  const errors: Error[] = [];
  const urls = (service: Service) => {
    if (!stores.has(service.name)) stores.set(service.name, postgres.store().then(async (u) => { await migrateService(u.ownerUrl, 'ar_service'); return u; }));
    return stores.get(service.name)!;
  };
  const log = async () => { const opened = await openPostgresLog({ url: logUrl, partitions }); logs.push(opened); return opened; };
  return {
    postgres, errors, urls, log,
    async start(service, options = {}) {
      const runtime = new ServiceRuntime({ service, url: (await urls(service)).url, log: options.log ?? await log(), role: 'all', clock: 'simulated', onError: (error) => errors.push(error), ...options });
      const stop = runtime.stop.bind(runtime);
      runtime.stop = async () => { if (runtimes.delete(runtime)) await stop(); };
      runtimes.add(runtime);
      await runtime.start();
      return runtime;
    },
    async stop() {
      for (const runtime of [...runtimes]) await runtime.stop();
      for (const opened of logs) await opened.close();
      await postgres.stop();
    },
  };
}

/** Waits until a condition holds, at most ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; ;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((again) => { setTimeout(again, 10); });
  }
}

/** The events of a store as text, in the order of their streams. */
export const recorded = async (runtime: ServiceRuntime): Promise<readonly string[]> =>
  (await runtime.pool.query<{ line: string }>(`select stream_id || ' ' || version || ' ' || type || ' ' || business_date || ' ' || (data::text) line from es.event order by stream_id, version`)).rows.map((r) => r.line);
