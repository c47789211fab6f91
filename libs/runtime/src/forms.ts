// The forms that a service is made of: aggregate, command, publisher, resource, projection, reaction, daily work, effect. There is no other.
// Partition, sequence, mark and Kafka do not occur in any of them: the runtime has those.
import type { Contract, EventType } from '@ar/contracts/registry.js';
import type { Day } from '@ar/domain/day.js';
import type { Refusal } from '@ar/domain/decider.js';
import type { Aggregate, Typed } from '@ar/domain/aggregate.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';

export type { Aggregate, Typed };
export interface Tx { query<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]> }

/** An event of the log as a reader gets it: `data` is the decoded contract message. */
export type Consumed<T extends EventType = EventType> = { readonly [K in T]: Recorded & { readonly type: K; readonly data: Contract[K] } }[T];

/** What the runtime knows about an event beside its content. */
export interface Recorded {
  readonly id: string;
  readonly tenant: string;
  /** Empty for a tenant event. */
  readonly customer: string;
  /** Stream id without the tenant: `invoice/inv_…`, and the event's number in it. */
  readonly subject: string;
  readonly version: number;
  readonly effectiveOn: Day;
  /** The day that it was decided for, where that was in a closed period; absent: the effective one. */
  readonly originalOn?: Day | undefined;
  readonly recordedOn: Day;
  /** RFC 3339 UTC. */
  readonly recordedAt: string;
  /** Where it stands in the store that recorded it; as-of rows of a service's own events carry it. */
  readonly recorded: number;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  /** W3C: the trace it belongs to, as it was recorded. */
  readonly traceparent?: string | undefined;
  /** What is done because of it continues this: the span it is read in, where there is one. Not for projections: it is another one at each reading. */
  readonly within?: string | undefined;
}

/** One stream. */
export interface Stream<S, C, E extends Typed, Code extends string> { readonly aggregate: Aggregate<S, C, E, Code>; readonly id: string }
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a stream of any aggregate
export type AnyStream = Stream<any, any, any, any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any aggregate
export type AnyAggregate = Aggregate<any, any, any, any>;

/** One request as it is asked: on which day, under which policies. */
export interface Asked<Request> {
  readonly tenant: string;
  /** The open business date of the customer concerned. */
  readonly today: Day;
  readonly policies: PoliciesInForce;
  readonly request: Request;
}

/** What a command decides with: everything it sees is locked or read under that lock. */
export interface Decision<Known = undefined> {
  readonly tenant: string;
  readonly today: Day;
  /** The first day of the books that is open, '' while no period is closed: whatever is decided for an earlier one is recorded as counting from it, by `run` and `ask`. */
  readonly openFrom: Day;
  readonly policies: PoliciesInForce;
  readonly known: Known;
  /** A gapless number series as it stands: the last number given and the last date, null when there is none yet. */
  series(name: string): { readonly last: number; readonly lastDate: Day | null };
  /** Takes the next number of a series, for a document of that date. It exists if and only if the command is recorded. */
  take(series: string, date: Day): number;
  state<S, C, E extends Typed, Code extends string>(stream: Stream<S, C, E, Code>): S;
  /** Locks these together. Each stream that is reached for by itself makes the transaction start again, and it does so a bounded number of times: what is looked through in a loop is reached for before. */
  reach(streams: readonly AnyStream[]): void;
  /** Decides on what the runs before left. A refusal ends the command and nothing of it is recorded. Answers the events with the days that they were decided for; what counts on a day of a closed period is recorded with the first open one. */
  run<S, C, E extends Typed, Code extends string>(stream: Stream<S, C, E, Code>, command: C): readonly E[];
  /** As run, but a refusal is an answer: nothing of this run is recorded, and the command goes on. For who records that it could not be done. */
  ask<S, C, E extends Typed, Code extends string>(stream: Stream<S, C, E, Code>, command: C): readonly E[] | Refusal<Code>;
}

/** A wish of a caller, of an event or of a new day: always one append, to one or several streams. The first stream is the one it answers with. */
export interface Command<Request, Known = undefined> {
  readonly name: string;
  streams(request: Request): readonly AnyStream[];
  /** Whose command it is, where the request tells and the streams are still empty. */
  customer?(request: Request): string;
  /** Set on the one command that makes a tenant: it is decided before any day is open. */
  readonly opensTenant?: true;
  /** Set on what closes or opens periods: no other command of the tenant is under way while it is decided. */
  readonly alone?: true;
  /** Number series that may be taken from: `<document type>/<year>` and the like, within the tenant. */
  series?(request: Request, today: Day): readonly string[];
  /** What projections know, for all requests of a batch in one query, one answer each. Absent: it needs to know nothing. */
  known?(asked: readonly Asked<Request>[], tx: Tx): Promise<readonly Known[]>;
  /** Pure and synchronous. */
  decide(request: Request, on: Decision<Known>): void;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it has to know
export type AnyCommand<Request = any> = Command<Request, any>;

/** Stored event → contract event, one line each: the only door out. Money is `{minor, currency}`, names are camelCase; the runtime converts both. */
export type Publisher<E extends Typed> = { readonly [T in E['type']]: (event: Extract<E, { type: T }>) => object };

/** What a command answers with and a projection keeps: one pure fold over the contract events of a stream. */
export interface Resource<R> { readonly aggregate: string; readonly on: readonly EventType[]; evolve(resource: R | undefined, event: Consumed): R }
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it answers with
export type AnyResource = Resource<any>;

/** Tables kept from events, in order, and nothing else. `ddl` creates them, unqualified: each version has a schema of its own. */
export interface Projection<T extends EventType = EventType> {
  readonly name: string;
  readonly ddl: string;
  readonly on: readonly T[];
  /** Raised when the same tables are to be filled otherwise: a worker of the new build then rebuilds first. */
  readonly revision?: number;
  project(events: readonly Consumed<T>[], tx: Tx): Promise<void>;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it reads
export type AnyProjection = Projection<any>;

/** A command that an event causes, on streams of that event's customer. Refusals not named here are poison. */
export interface Reaction<T extends EventType, Request> {
  readonly name: string;
  readonly on: T;
  readonly command: AnyCommand<Request>;
  requests(event: Consumed<T>): readonly Request[];
  readonly expected: readonly string[];
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it reads and asks
export type AnyReaction = Reaction<any, any>;

/** A command for everyone it concerns on a new day, in slices: `due` lists requests in the order of their keys, those after `after`. */
export interface Daily<Request> {
  readonly name: string;
  readonly command: AnyCommand<Request>;
  due(tx: Tx, tenant: string, today: Day, policies: PoliciesInForce, after: string, limit: number): Promise<readonly { readonly key: string; readonly customer: string; readonly request: Request }[]>;
  readonly expected: readonly string[];
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it asks
export type AnyDaily = Daily<any>;

/** Something to be done outside, once: `key` is unique for ever, `stream` holds its state (libs/domain/effect). */
export interface Todo { readonly tenant: string; readonly customer: string; readonly key: string; readonly attempt: number; readonly state: 'requested' | 'attempted' | 'unknown'; /** W3C: of what it was requested by. */ readonly traceparent?: string | undefined }

/** How the outside is reached. The claim is decided again on what is known now; only what it recorded is performed. */
export interface Effect<Content> {
  readonly name: string;
  /** What is requested or was attempted without an outcome, due at `now` (RFC 3339), and what is unknown where it can be asked about; from a projection. */
  todo(tx: Tx, now: string, limit: number): Promise<readonly Todo[]>;
  /** How many have an outcome that nobody knows, for people to look at; from a projection. */
  unknown(tx: Tx): Promise<number>;
  readonly claim: AnyCommand<Todo>;
  /** The content that the claim fixed, from its recorded events and what they name that never changes; undefined when there is nothing to perform. Throwing is the outcome `failed`. */
  content(todo: Todo, recorded: readonly Typed[], tx: Tx): Promise<Content | undefined>;
  /** The call outside, with the key as idempotency key. Throwing is the outcome `failed`; with `outcomeUnknown` it is unknown, with `outcomeFinal` it is not attempted again. */
  perform(content: Content, key: string): Promise<string>;
  /** What became of an attempt, where the outside can be asked. It is asked about what was attempted by a process that is gone, and again and again, ever more rarely, about what is unknown. Throwing is the answer `unknown`. */
  ask?(todo: Todo): Promise<Found>;
  /** Records sent, failed or unknown. */
  readonly outcome: AnyCommand<Outcome>;
}
/** `final`: it would fail again. */
export interface Found { readonly outcome: 'sent' | 'failed' | 'unknown'; readonly detail: string; readonly final?: true }
export interface Outcome extends Found { readonly todo: Todo }
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it sends
export type AnyEffect = Effect<any>;

/** How days are opened where time is real: the next day of each tenant whose open date is behind the day it is in its time zone. */
export interface Clock { readonly open: AnyCommand; behind(tx: Tx, today: (timeZone: string) => Day): Promise<readonly { readonly tenant: string; readonly date: Day; readonly request: unknown }[]> }

/** Everything a service can do, once. */
export interface Service {
  readonly name: string;
  readonly aggregates: readonly AnyAggregate[];
  readonly commands: readonly AnyCommand[];
  readonly resources: readonly AnyResource[];
  readonly reactions: readonly AnyReaction[];
  readonly daily: readonly AnyDaily[];
  readonly projections: readonly AnyProjection[];
  readonly effects: readonly AnyEffect[];
  readonly clock?: Clock;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the union of all its stored events
  readonly publisher: Publisher<any>;
}
