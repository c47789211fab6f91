// A service at work: its store, its log, and what runs in between. The platform starts and stops it with the process.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Consumption, EventLog } from '@ar/event-log/event-log.js';
import { openPool } from '@ar/event-store/store.js';
import type { Envelope } from './cloud-event.js';
import { runClock } from './clock.js';
import { Commands } from './commands.js';
import { Consumer, PartitionStopped, type Moved } from './consumer.js';
import { deciding, type Deciding } from './decide.js';
import { Effects } from './effects.js';
import type { Service } from './forms.js';
import { Lag } from './lag.js';
import { leading } from './leader.js';
import { Live } from './live.js';
import { Positions } from './positions.js';
import { ensureProjections, rebuild } from './rebuild.js';
import { Relay } from './relay.js';
import { progressOf, type Progress } from './progress.js';
import { tracedLog, tracedReading, type Tracer } from './tracing.js';

const LOG_ANSWERS_WITHIN_MS = 200;

export type Role = 'api' | 'worker' | 'all';

export interface RuntimeOptions {
  readonly service: Service;
  readonly url: string;
  readonly log: EventLog;
  readonly role: Role;
  readonly envelope?: Envelope;
  /** Without: days are opened by command, the simulated clock; effects are then due at once. */
  readonly clock?: 'system' | 'simulated';
  readonly connections?: number;
  readonly tracer?: Tracer | undefined;
  onError(error: Error, what: string): void;
  readonly onMoved?: (moved: Moved) => void;
  readonly onPublished?: (events: number) => void;
}

export class ServiceRuntime {
  readonly pool: pg.Pool;
  readonly live: Live;
  readonly on: Deciding;
  readonly commands: Commands;
  readonly positions: Positions;
  readonly relay: Relay;
  readonly consumer: Consumer;
  readonly effects: Effects;
  readonly #stop = new AbortController();
  readonly #background: Promise<unknown>[] = [];
  readonly #lag: Lag;
  #consumption: Consumption | undefined;
  #rebuilding: Promise<unknown> | undefined;
  #looking: Promise<void> | undefined;
  #ends: { readonly at: number; readonly of: ReadonlyMap<number, bigint> } = { at: 0, of: new Map() };

  constructor(readonly options: RuntimeOptions) {
    const { service, url, log, envelope = 'binary' } = options;
    this.pool = openPool(url, options.connections ?? 20, `ar-${service.name}`);
    this.live = new Live(this.pool);
    this.on = deciding(service, log);
    this.commands = new Commands(this.live, this.on);
    this.positions = new Positions(this.live, service.name, log.partitions, options.role === 'api' ? 'onlooker' : 'reader');
    this.#lag = new Lag(log, (error) => options.onError(error, 'progress'));
    const onError = (what: string) => (error: Error) => options.onError(error, what);
    this.relay = new Relay({ service, pool: this.pool, url, log: tracedLog(log, options.tracer), envelope, onError: onError('relay'), idleMs: options.role === 'worker' ? 20 : 250, ...(options.onPublished ? { onPublished: options.onPublished } : {}) });
    this.effects = new Effects({ service, url, live: this.live, commands: this.commands, now: () => (options.clock === 'simulated' ? '9999-12-31T00:00:00Z' : new Date().toISOString()), onError: onError('effects'), tracer: options.tracer });
    this.consumer = new Consumer({
      live: this.live, log, on: this.on, onError: onError('consumer'),
      onMoved: (moved) => {
        this.positions.poke();
        if (moved.own) this.effects.poke(); // what there is to do follows from own events
        if (moved.appended) this.relay.poke();
        options.onMoved?.(moved);
      },
    });
    this.commands.onRecorded = () => this.relay.poke();
    this.commands.onSnapshotFailed = onError('snapshot');
  }

  /** Makes the projections where there are none; a worker whose version is not the live one rebuilds before it reads. */
  async start(): Promise<void> {
    const { service, log, role, url, clock } = this.options;
    const current = await ensureProjections(this.pool, service, log.partitions);
    if (role === 'api') return;
    this.relay.start();
    if (!current) await this.rebuild();
    this.#consumption = await log.consume(`ar-${service.name}`, {
      startAt: (partition) => this.consumer.startAt(partition),
      onBatch: (batch) => tracedReading(this.options.tracer, service, batch.records, (records) => this.consumer.consume(batch.partition, records, () => batch.heartbeat())),
    }, { onError: (error) => { if (!(error instanceof PartitionStopped)) this.options.onError(error, 'consumer'); } });
    this.effects.start();
    if (service.clock && clock !== 'simulated')
      this.#background.push(runClock({ clock: service.clock, url, live: this.live, commands: this.commands, now: () => new Date(), onError: (e) => this.options.onError(e, 'clock') }, this.#stop.signal));
  }

  /** Builds the projections anew beside the live ones; asked again meanwhile, it is the same rebuild. */
  rebuild(): Promise<unknown> {
    const { service, log, url } = this.options;
    this.#rebuilding ??= new Promise<void>((resolve, reject) => {
      const done = new AbortController();
      void leading(url, 'rebuild', AbortSignal.any([this.#stop.signal, done.signal]), async ({ signal }) => {
        try {
          await rebuild({ pool: this.pool, live: this.live, log, service, signal });
          resolve();
        } catch (error) { reject(error as Error); } finally { done.abort(); }
      }, (error) => { done.abort(); reject(error); });
    }).finally(() => { this.#rebuilding = undefined; });
    return this.#rebuilding;
  }

  get rebuilding(): boolean { return this.#rebuilding !== undefined; }
  /** The end of the log is looked at once a second and hardly waited for: it is for the lag alone, and the rest can be told while the log is away. */
  async progress(): Promise<Progress> {
    if (Date.now() - this.#ends.at > 1_000) {
      this.#looking ??= this.options.log.ends()
        .then((of) => { this.#ends = { at: Date.now(), of }; }, (error: unknown) => this.options.onError(error as Error, 'the end of the log'))
        .finally(() => { this.#looking = undefined; });
      await Promise.race([this.#looking, pause(LOG_ANSWERS_WITHIN_MS)]);
    }
    return progressOf({ live: this.live, ends: this.#ends.of, lag: this.#lag, service: this.options.service, now: Date.now() });
  }

  /** Partitions that stand still here, and why. One that another process has taken over is that one's to tell of. */
  get stopped(): ReadonlyMap<number, string> {
    const mine = this.#consumption?.assigned() ?? [];
    return new Map([...this.consumer.stopped].filter(([partition]) => mine.includes(partition)));
  }

  /** Why this process is not doing its work, if it is not. */
  trouble(): readonly string[] {
    const trouble: string[] = [];
    if (this.relay.alarm) trouble.push(`relay: ${this.relay.alarm.message}`);
    const { stopped } = this;
    for (const [partition, reason] of stopped) trouble.push(`partition ${partition}: ${reason}`);
    const failure = this.#consumption?.failure();
    if (failure && stopped.size === 0) trouble.push(`consumer: ${failure.message}`);
    return trouble;
  }

  /** Stops intake from the log, finishes what is under way, publishes what was recorded. */
  async stopWork(): Promise<void> {
    this.#stop.abort();
    await this.#consumption?.stop();
    await this.effects.stop();
    await Promise.all(this.#background);
    await this.relay.stop();
  }

  /** After the last call was answered. The log is the caller's. */
  async close(): Promise<void> {
    await this.#lag.settled();
    await this.pool.end();
  }

  async stop(): Promise<void> { await this.stopWork(); await this.close(); }
}
