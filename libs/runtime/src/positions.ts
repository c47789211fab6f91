// Read your writes, across services: where a caller has come to, and waiting for a reader to be there too.
import { DAY } from './consumer.js';
import { NoProjections, quoted, type Live } from './live.js';

/** `<source>/<partition>` → sequence. */
export type PositionMap = Readonly<Record<string, number>>;

interface Marks { readonly partition: number; readonly marks: Readonly<Record<string, number>>; readonly reacted: Readonly<Record<string, number>> }


/** The position was not reached in time; `behind` names what is missing. */
export class ReadModelBehind extends Error { constructor(readonly behind: Readonly<Record<string, number>>) { super('the read model has not come to that position in time'); } }
/** The event waited for is parked: it is not coming until someone mends and retries it. */
export class KeyParked extends Error { constructor(readonly customer: string, readonly entry: string) { super(`the events of customer ${customer} are parked`); } }
export class PositionInvalid extends Error { constructor(readonly entry: string) { super(`not a position: ${entry}`); } }

/** Where no consumer of this process says so, looking often is the only way to see a mark move. */
const LOOK_AGAIN_MS = { reader: 25, onlooker: 5 };

interface Waiter { readonly wanted: PositionMap; readonly until: number; resolve(): void; reject(error: Error): void }

export class Positions {
  readonly #waiters = new Set<Waiter>();
  #looking = false;
  #poked: (() => void) | undefined;
  constructor(private readonly live: Live, private readonly source: string, private readonly partitions: number, private readonly as: keyof typeof LOOK_AGAIN_MS) {}

  /** Waits until everything up to `position` was read here, and what this service did in reaction too. */
  async wait(position: PositionMap, deadline: number): Promise<void> {
    for (const [entry, sequence] of Object.entries(position)) {
      const [, partition] = /^[a-z]+\/(\d+)$/.exec(entry) ?? [];
      if (partition === undefined || Number(partition) >= this.partitions || !Number.isSafeInteger(sequence) || sequence < 0) throw new PositionInvalid(entry);
    }
    if (Object.keys(position).length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.#waiters.add({ wanted: position, until: deadline, resolve, reject });
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
    const { rows: [look] } = await this.live.pool.query<{ live: string; marks: readonly Marks[]; parked: readonly { readonly customer: string; readonly source: string; readonly partition: number; readonly sequence: number }[] | null }>({
      name: `look.${schema}`,
      text: `select (select schema from rt.live) live, (select jsonb_agg(jsonb_build_object('partition', partition, 'marks', marks, 'reacted', reacted)) from ${quoted(schema)}.checkpoint) marks,
        (select jsonb_agg(p) from (select customer, source, partition, sequence from ${quoted(schema)}.parked where type <> '${DAY}' limit 10000) p) parked`,
    }).catch((error: unknown) => { this.live.forget(); throw error; });
    if (look!.live !== schema) { this.live.forget(); return; }
    for (const waiter of this.#waiters) {
      const behind = Object.fromEntries(Object.entries(waiter.wanted).filter(([entry, sequence]) => !reached(look!.marks, this.source, entry, sequence)));
      const stopped = look!.parked?.find((p) => waiter.wanted[`${p.source}/${p.partition}`] === p.sequence);
      if (stopped) this.#end(waiter, () => waiter.reject(new KeyParked(stopped.customer, `${stopped.source}/${stopped.partition}`)));
      else if (Object.keys(behind).length === 0) this.#end(waiter, waiter.resolve);
      else if (Date.now() >= waiter.until) this.#end(waiter, () => waiter.reject(new ReadModelBehind(behind)));
    }
  }

  #end(waiter: Waiter, tell: () => void): void { this.#waiters.delete(waiter); tell(); }
}

/** mark(source, partition) ≥ sequence, and then own mark ≥ what reactions to it appended there. */
function reached(rows: readonly Marks[], own: string, entry: string, sequence: number): boolean {
  const slash = entry.indexOf('/');
  const source = entry.slice(0, slash);
  const row = rows.find((r) => r.partition === Number(entry.slice(slash + 1)));
  if (sequence === 0) return true;
  if (!row || (row.marks[source] ?? 0) < sequence) return false;
  return (row.marks[own] ?? 0) >= (row.reacted[source] ?? 0);
}
