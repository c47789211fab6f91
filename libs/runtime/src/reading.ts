// What one transaction reads of one partition: projections are kept up as far as a reaction has to know, decisions are made together at the end.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Arrived } from './cloud-event.js';
import { decideAndRecord, StartAgain, txOf, type Call, type Decided, type Deciding, type Outcome } from './decide.js';
import { keepPolicies, policiesOn, type DatesHeld } from './days.js';
import type { AnyDaily, AnyProjection, Consumed } from './forms.js';
import type { ParkedKeys } from './parked.js';

interface Wanted { readonly call: Call; readonly source: string; readonly expected: readonly string[]; readonly because: string }

export class Reading {
  readonly #pending: Consumed[] = [];
  readonly wanted: Wanted[] = [];
  constructor(private readonly client: pg.PoolClient, readonly partition: number, private readonly on: Deciding, private readonly dates: DatesHeld, readonly parked: ParkedKeys) {}

  async read(arrived: Arrived): Promise<void> {
    const event = arrived.consumed();
    if (!event) return; // a type of a later release: only the mark moves
    if (event.customer === '') await keepPolicies(this.client, this.partition, event);
    this.#pending.push(event);
    for (const reaction of this.on.service.reactions) {
      if (reaction.on !== event.type) continue;
      for (const request of reaction.requests(event)) await this.#want({ event, name: reaction.name, command: reaction.command, expected: reaction.expected, customer: event.customer, request });
    }
  }

  /** The day itself: it projects, and policies read before it take hold. */
  async project(event: Consumed): Promise<void> {
    await keepPolicies(this.client, this.partition, event);
    this.#pending.push(event);
    await this.flush();
  }

  daily(event: Consumed<'ar.invoicing.business_day_opened.v1'>, daily: AnyDaily, customer: string, request: unknown): void {
    this.wanted.push({ call: this.#call(event, daily.name, daily.command, customer, request), source: sourceOf(event), expected: daily.expected, because: `${daily.name} on ${event.data.date}` });
  }

  async flush(): Promise<void> {
    const events = this.#pending.splice(0);
    if (events.length > 0) await projectAll(this.client, this.on.service.projections, events);
  }

  async #want({ event, name, command, expected, customer, request }: { event: Consumed; name: string; command: Call['command']; expected: readonly string[]; customer: string; request: unknown }): Promise<void> {
    let call = this.#call(event, name, command, customer, request);
    if (command.known) {
      await this.flush();
      const today = (await this.dates([event.tenant])).of(event.tenant, this.partition);
      const policies = await policiesOn(this.client, this.on.policies, event.tenant, this.partition, today);
      const [value] = await command.known([{ tenant: event.tenant, today, policies, request }], txOf(this.client));
      call = { ...call, known: { value } };
    }
    this.wanted.push({ call, source: sourceOf(event), expected, because: `${name} because of ${event.type} ${event.id}` });
  }

  #call(event: Consumed, name: string, command: Call['command'], customer: string, request: unknown): Call {
    const target = command.streams(request)[0]!;
    return {
      tenant: event.tenant, command, request, customer, key: `${event.tenant}/~${event.id}/${name}/${target.aggregate.type}/${target.id}`,
      hash: createHash('sha256').update(name).digest(), meta: { correlation: event.correlationId, causation: event.id, cause: `${sourceOf(event)}/${event.recorded}`, actor: `system:${name}`, ...(event.within ? { traceparent: event.within } : {}) },
    };
  }
}

/** Streams that decisions of reactions reached for without naming them, by key of the call: locked at the next attempt. */
export type Further = Map<string, NonNullable<Call['further']>>;

/** The last act of a transaction before its marks: everything wanted is decided and recorded at once. The last own sequence that was appended in reaction to each source, per reading. */
export async function finish(client: pg.PoolClient, readings: readonly Reading[], on: Deciding, dates: DatesHeld, further: { readonly known: Further; readonly found: Further }):
Promise<{ readonly decided: Decided | undefined; reactedOf(reading: Reading): Readonly<Record<string, number>> }> {
  for (const reading of readings) await reading.flush();
  const wanted = readings.flatMap((reading) => reading.wanted);
  if (wanted.length === 0) return { decided: undefined, reactedOf: () => ({}) };
  const calls = wanted.map(({ call }) => ({ ...call, further: further.known.get(call.key) ?? [] }));
  try {
    const decided = await decideAndRecord(client, calls, on, dates);
    decided.outcomes.forEach((outcome, i) => check(outcome, wanted[i]!));
    const of = new Map(wanted.map((w, i) => [w, decided.outcomes[i]!]));
    const reactedOf = (reading: Reading) => {
      const last: Record<string, number> = {};
      for (const w of reading.wanted) {
        const outcome = of.get(w)!;
        if (outcome.kind === 'recorded' && outcome.events.length > 0) last[w.source] = Math.max(last[w.source] ?? 0, outcome.events.at(-1)!.sequence);
      }
      return last;
    };
    return { decided, reactedOf };
  } catch (error) {
    if (error instanceof StartAgain) for (const call of calls) if (call.further.length > 0) further.found.set(call.key, call.further);
    throw error;
  }
}

/** An outcome that its reaction did not expect is poison. */
function check(outcome: Outcome, { expected, because }: Wanted): void {
  switch (outcome.kind) {
    case 'recorded':
    case 'repeated':
    case 'validated': return;
    case 'refused': if (expected.includes(outcome.refusal.refused)) return; throw new Error(`${because} was refused: ${outcome.refusal.refused} ${JSON.stringify(outcome.refusal.detail)}`);
    case 'failed': throw new Error(`${because} failed: ${outcome.error.message}`, { cause: outcome.error });
    case 'reused': throw new Error(`${because}: its key was used for something else`);
    case 'moved': throw new Error(`${because}: its stream is at version ${outcome.version}`);
  }
}

/** Each projection gets the events it reads, in order. */
export async function projectAll(client: pg.PoolClient, projections: readonly AnyProjection[], events: readonly Consumed[]): Promise<void> {
  for (const projection of projections) {
    const own = events.filter((e) => projection.on.includes(e.type));
    if (own.length > 0) await projection.project(own, txOf(client));
  }
}

const sourceOf = (event: Consumed): string => event.type.split('.')[1]!;
