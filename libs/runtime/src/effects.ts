// What is done outside, by one leader per service: claim, perform, record.
//
// - The claim is a command whose request key is the effect's key and attempt: it is decided on what is known now and accepted once for ever.
// - Only a claim accepted in this very run is performed. One that was attempted before, by a process that is gone, has an unknown outcome, unless the outside can be asked for it:
//   it is recorded as such and never repeated by itself.
// - What is unknown is asked about again where it can be: at once, after a second, and then twice as long after each time, up to five minutes.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { signal as newSignal, type Signal } from '@ar/event-log/signal.js';
import { NotRecorded, type Commands } from './commands.js';
import { txOf, type Call } from './decide.js';
import type { AnyCommand, AnyEffect, Found, Outcome, Service, Todo, Typed } from './forms.js';
import { leading } from './leader.js';
import { NoProjections, type Live } from './live.js';
import type { Tracer } from './tracing.js';

export interface EffectsOptions {
  readonly service: Service;
  readonly url: string;
  readonly live: Live;
  readonly commands: Commands;
  /** The instant that decides what is due, RFC 3339. */
  now(): string;
  readonly tracer?: Tracer | undefined;
  onError(error: Error): void;
}

const MOST_AT_ONCE = 20;
const LOOK_AGAIN_MS = 50;
/** Nothing was due: a projection that moves pokes; a time that comes is noticed within this. */
const IDLE_MS = 1_000;
const ASK_AGAIN_MS = { first: 1_000, longest: 300_000 };
const MOST_REMEMBERED = 10_000;

export class Effects {
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  readonly #news: Signal = newSignal();
  constructor(private readonly options: EffectsOptions) {}

  start(): void {
    if (this.options.service.effects.length === 0) return;
    this.#running = leading(this.options.url, 'effects', this.#stop.signal, ({ signal }) => this.#lead(signal), (error) => this.options.onError(error));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.poke();
    await this.#running;
  }

  /** A projection has moved: something may be due. */
  poke(): void { this.#news.wake(); }

  async #lead(signal: AbortSignal): Promise<void> {
    const mine = new LRUCache<string, true>({ max: MOST_REMEMBERED }); // attempts of this lead: their outcome is on its way
    const asked = new LRUCache<string, { readonly waitsMs: number; readonly until: number }>({ max: MOST_REMEMBERED });
    const isTurn = (t: Todo): boolean => (t.state === 'unknown' ? (asked.get(attemptOf(t))?.until ?? 0) <= performance.now() : !mine.has(attemptOf(t)));
    while (!signal.aborted) {
      let begun = 0;
      for (const effect of this.options.service.effects) {
        try {
          const todos = (await this.options.live.transaction((client) => effect.todo(txOf(client), this.options.now(), MOST_AT_ONCE + mine.size + asked.size))).filter(isTurn).slice(0, MOST_AT_ONCE);
          begun += todos.length;
          await Promise.all(todos.map(async (todo) => {
            if (todo.state === 'unknown') {
              const waitsMs = Math.min(ASK_AGAIN_MS.longest, 2 * (asked.get(attemptOf(todo))?.waitsMs ?? ASK_AGAIN_MS.first / 2));
              asked.set(attemptOf(todo), { waitsMs, until: performance.now() + waitsMs });
              try { await this.#traced(effect, todo, signal); } catch (error) { this.options.onError(error as Error); }
              return;
            }
            mine.set(attemptOf(todo), true);
            try { if (!await this.#traced(effect, todo, signal)) mine.delete(attemptOf(todo)); } catch (error) { mine.delete(attemptOf(todo)); begun--; this.options.onError(error as Error); }
          }));
        } catch (error) {
          if (!(error instanceof NoProjections)) this.options.onError(error as Error);
        }
      }
      if (begun <= 0) await this.#news.wait(IDLE_MS);
    }
  }

  /** What is done outside belongs to the trace of what requested it. */
  #traced(effect: AnyEffect, todo: Todo, signal: AbortSignal): Promise<boolean> {
    const { tracer } = this.options;
    if (!tracer || !todo.traceparent) return this.#do(effect, todo, signal);
    return tracer.during([{ name: `perform ${effect.name}`, kind: 'client', parent: todo.traceparent, attributes: { 'ar.effect_key': todo.key, 'ar.attempt': todo.attempt } }],
      ([traceparent]) => this.#do(effect, { ...todo, traceparent }, signal));
  }

  /** False when the attempt turned out to be someone else's: it will be seen again, as attempted. */
  async #do(effect: AnyEffect, todo: Todo, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (todo.state !== 'requested') {
      const found = await this.#find(effect, todo);
      return todo.state === 'unknown' && found.outcome === 'unknown' ? true : this.#record(effect, { ...found, todo }, signal); // still unknown: there is nothing new to record
    }
    const claim = await this.options.commands.execute(callOf(effect.claim, todo, `~effect/${todo.key}/${todo.attempt}/claim`, todo, effect.name));
    if (claim.repeated) { await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined); return false; }
    let outcome: Outcome;
    try {
      const content = await this.options.live.read((client) => effect.content(todo, claim.events.map(({ type, data }): Typed => ({ ...data, type })), txOf(client)));
      if (content === undefined) return true; // suppressed
      outcome = { todo, outcome: 'sent', detail: await effect.perform(content, todo.key) };
    } catch (error) {
      const { outcomeUnknown, outcomeFinal } = error as { outcomeUnknown?: boolean; outcomeFinal?: boolean };
      outcome = { todo, outcome: outcomeUnknown === true ? 'unknown' : 'failed', detail: (error as Error).message.slice(0, 500), ...(outcomeFinal === true ? { final: true } : {}) };
    }
    return this.#record(effect, outcome, signal);
  }

  /** What became of an attempt, as the outside knows it. */
  async #find(effect: AnyEffect, todo: Todo): Promise<Found> {
    if (!effect.ask) return { outcome: 'unknown', detail: 'the process that attempted it ended before its outcome was recorded' };
    try { return await effect.ask(todo); } catch (error) {
      this.options.onError(error as Error);
      return { outcome: 'unknown', detail: (error as Error).message.slice(0, 500) };
    }
  }

  /** What happened outside has happened: it is recorded as soon as the store takes it. */
  async #record(effect: AnyEffect, outcome: Outcome, signal: AbortSignal): Promise<boolean> {
    const { todo } = outcome;
    for (let attempt = 0; ; attempt++) {
      try {
        await this.options.commands.execute(callOf(effect.outcome, outcome, `~effect/${todo.key}/${todo.attempt}/${outcome.outcome}`, todo, effect.name));
        return true;
      } catch (error) {
        if (!(error instanceof NotRecorded) || signal.aborted) throw error;
        this.options.onError(error);
        await pause(Math.min(5_000, 100 * 2 ** attempt), undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

const attemptOf = ({ tenant, key, attempt }: Todo) => `${tenant}/${key}/${attempt}`;

const callOf = (command: AnyCommand, request: unknown, key: string, { tenant, customer, traceparent }: Todo, name: string): Call => ({
  tenant, customer, command, request, key: `${tenant}/${key}`, hash: createHash('sha256').update(key).digest(), meta: { correlation: key.slice(0, 128), causation: '', actor: `system:${name}`, ...(traceparent ? { traceparent } : {}) },
});
