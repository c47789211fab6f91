// Read your writes, across services: where a caller has come to, and waiting for a reader to be there too.
//
// - First the event itself has to be read, then what was appended because of it, then what was appended because of that: a void that met cash is finished
//   one step after it was met.
// - What is appended because of an event is not known one by one, only the last of all that was appended because of its source. Each step therefore waits for
//   what had been appended when the step before was done, and for nothing that comes later: a busy partition keeps nobody waiting.
import { registry } from '@ar/contracts/registry.js';
import { NoProjections, quoted, type Live } from './live.js';

/** `<source>/<partition>` → sequence. */
export type PositionMap = Readonly<Record<string, number>>;

/** Of a partition: up to where each source was read, and the last own event that reactions to each source appended. */
export interface Marks { readonly partition: number; readonly marks: Readonly<Record<string, number>>; readonly reacted: Readonly<Record<string, number>> }

/** What is live, how far it has read, and which customers' parked events are waited for, `<source>/<partition>/<sequence>`. */
interface Look { readonly live: string; readonly marks: readonly Marks[]; readonly stopped: readonly { readonly customer: string; readonly waited_as: readonly string[] }[] | null }

/** What has to be read next: the event that is waited for, then own events, so many generations after it. */
export interface Step { readonly source: string; readonly sequence: number; readonly generation: number }
/** Reactions that cause reactions that cause reactions are not followed for ever. */
const GENERATIONS = 4;

/** The position was not reached in time; `behind` names what is missing. */
export class ReadModelBehind extends Error { constructor(readonly behind: Readonly<Record<string, number>>) { super('the read model has not come to that position in time'); } }
/** The event waited for is parked, or one that follows from it: it is not coming until someone mends and retries it. */
export class KeyParked extends Error { constructor(readonly customer: string, readonly entry: string) { super(`the events of customer ${customer} are parked`); } }
export class PositionInvalid extends Error { constructor(readonly entry: string) { super(`not a position: ${entry}`); } }

const SOURCES = new Set(Object.keys(registry).map((type) => type.split('.')[1]!));

/** Where no consumer of this process says so, looking often is the only way to see a mark move. */
const LOOK_AGAIN_MS = { reader: 25, onlooker: 5 };

interface Waiter { readonly wanted: PositionMap; /** By entry of `wanted`, what it waits for now; without those that wait no more. */ readonly steps: Map<string, Step>; readonly until: number; resolve(): void; reject(error: Error): void }

export class Positions {
  readonly #waiters = new Set<Waiter>();
  #looking = false;
  #poked: (() => void) | undefined;
  constructor(private readonly live: Live, private readonly source: string, private readonly partitions: number, private readonly as: keyof typeof LOOK_AGAIN_MS) {}

  /** Waits until everything up to `position` was read here, and what this service did in reaction too. */
  async wait(position: PositionMap, deadline: number): Promise<void> {
    for (const [entry, sequence] of Object.entries(position)) {
      const [, source, partition] = /^([a-z]+)\/(0|[1-9]\d*)$/.exec(entry) ?? [];
      if (!source || !SOURCES.has(source) || Number(partition) >= this.partitions || !Number.isSafeInteger(sequence) || sequence < 0) throw new PositionInvalid(entry);
    }
    if (Object.keys(position).length === 0) return;
    await new Promise<void>((resolve, reject) => {
      const steps = new Map(Object.entries(position).filter(([, sequence]) => sequence > 0).map(([entry, sequence]) => [entry, { source: partsOf(entry).source, sequence, generation: 0 }]));
      this.#waiters.add({ wanted: position, steps, until: deadline, resolve, reject });
      void this.#look();
    });
  }

  /** A consumer of this process has moved a mark. */
  poke(): void { this.#poked?.(); }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#waiters.size > 0) {
        try {
          await this.#settle();
        } catch (error) {
          if (!(error instanceof NoProjections)) { for (const w of this.#waiters) this.#end(w, () => w.reject(error as Error)); return; }
          for (const w of this.#waiters) if (Date.now() >= w.until) this.#end(w, () => w.reject(new ReadModelBehind(w.wanted)));
        }
        if (this.#waiters.size > 0) await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_AGAIN_MS[this.as]);
          this.#poked = () => { clearTimeout(timer); resolve(); };
        });
      }
    } finally { this.#looking = false; }
  }

  /** One look, in one statement, for all who wait. */
  async #settle(): Promise<void> {
    const schema = await this.live.schema();
    if (schema === '') throw new NoProjections();
    let look: Look;
    try { look = await this.#lookAt(schema); } catch (error) {
      if (await this.live.isGone(error, schema)) return;
      this.live.forget();
      throw error;
    }
    if (look.live !== schema) { this.live.forget(); return; }
    for (const waiter of this.#waiters) {
      for (const [entry, step] of waiter.steps) {
        const next = stepAfter(step, look.marks.find((m) => m.partition === partsOf(entry).partition), this.source);
        if (next) waiter.steps.set(entry, next); else waiter.steps.delete(entry);
      }
      const behind = Object.fromEntries([...waiter.steps.keys()].map((entry) => [entry, waiter.wanted[entry]!]));
      const parked = look.stopped?.flatMap(({ customer, waited_as }) => waited_as.map((name) => ({ customer, entry: name.slice(0, name.lastIndexOf('/')), sequence: Number(name.slice(name.lastIndexOf('/') + 1)) }))).find((p) => waiter.wanted[p.entry] === p.sequence);
      if (parked) this.#end(waiter, () => waiter.reject(new KeyParked(parked.customer, parked.entry)));
      else if (Object.keys(behind).length === 0) this.#end(waiter, waiter.resolve);
      else if (Date.now() >= waiter.until) this.#end(waiter, () => waiter.reject(new ReadModelBehind(behind)));
    }
  }

  async #lookAt(schema: string): Promise<Look> {
    const { rows } = await this.live.pool.query<Look>({
      name: `look.${schema}`,
      text: `select (select schema from rt.live) live, (select jsonb_agg(jsonb_build_object('partition', partition, 'marks', marks, 'reacted', reacted)) from ${quoted(schema)}.checkpoint) marks,
        (select jsonb_agg(jsonb_build_object('customer', customer, 'waited_as', waited_as)) from ${quoted(schema)}.parked where waited_as && $1::text[]) stopped`,
      values: [[...new Set([...this.#waiters].flatMap((w) => Object.entries(w.wanted).map(([entry, sequence]) => `${entry}/${sequence}`)))]],
    });
    return rows[0]!;
  }

  #end(waiter: Waiter, tell: () => void): void { this.#waiters.delete(waiter); tell(); }
}

/** Where a step leads as the marks are: itself while it is not done, nothing when all that follows was read. */
export function stepAfter(step: Step, at: Marks | undefined, own: string): Step | undefined {
  for (let now = step; ;) {
    if ((at?.marks[now.source] ?? 0) < now.sequence) return now;
    const appended = at?.reacted[now.source] ?? 0;
    const allRead = now.source === own && appended <= (at?.marks[own] ?? 0); // nothing follows from what was read
    if (allRead || now.generation === GENERATIONS) return undefined;
    now = { source: own, sequence: appended, generation: now.generation + 1 };
  }
}

const partsOf = (entry: string) => ({ source: entry.slice(0, entry.indexOf('/')), partition: Number(entry.slice(entry.indexOf('/') + 1)) });
