// What the runtime tells a tracer, where there is one. Nothing here knows which; without one, nothing is told and nothing is loaded for it.
//
// - An event carries the W3C traceparent of the call that caused it. What is done because of it continues that trace: reactions, daily work, effects.
// - A service that reads an event it has a use for says so with a span of its own; the events it records because of it are below that span.
import type { EventLog, LogRecord } from '@ar/event-log/event-log.js';
import { arrive, WITHIN } from './cloud-event.js';
import type { Service } from './forms.js';

/** What is under way; `parent` is the traceparent it continues, without one it begins a trace. */
export interface Doing {
  readonly name: string;
  readonly kind: 'producer' | 'consumer' | 'client';
  readonly parent: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface Tracer {
  /** The span under way here: ids in hex, and what continues it elsewhere. */
  current(): { readonly trace: string; readonly span: string; readonly traceparent: string } | undefined;
  /** Runs `work` within spans, one per thing it does at once; it is told what continues each. What it does in between is shown below the first. */
  during<T>(doing: readonly Doing[], work: (traceparents: readonly string[]) => Promise<T>): Promise<T>;
}

/** The log, with a span for each event that is published because of a traced call. What a record says of its trace stays as the event has it, however often it is published. */
export function tracedLog(log: EventLog, tracer: Tracer | undefined): EventLog {
  if (!tracer) return log;
  return {
    ...log,
    publish(records) {
      const events = new Map(records.flatMap((r) => (r.headers['traceparent'] ? [[r.headers['ce_id'] ?? r.key, r] as const] : []))); // a copy in every partition is one event
      if (events.size === 0) return log.publish(records);
      return tracer.during([...events.values()].map(({ headers, partition }) => ({
        name: `send ${headers['ce_type'] ?? 'event'}`, kind: 'producer', parent: headers['traceparent'], attributes: { 'messaging.operation.type': 'send', 'messaging.destination.partition.id': partition, ...(headers['ce_id'] ? { 'messaging.message.id': headers['ce_id'] } : {}) },
      })), () => log.publish(records));
    },
  };
}

/** Reads records with a span for each that this service has a use for and that belongs to a trace. What reactions to it record continues that span. */
export async function tracedReading(tracer: Tracer | undefined, service: Service, records: readonly LogRecord[], read: (records: readonly LogRecord[]) => Promise<void>): Promise<void> {
  if (!tracer) return read(records);
  const used = useful(service);
  const traced = records.map((record, at) => ({ at, record, arrived: arrive(record) })).filter(({ arrived }) => arrived.traceparent !== undefined && used.has(arrived.type));
  if (traced.length === 0) return read(records);
  await tracer.during(traced.map(({ arrived, record }) => ({
    name: `process ${arrived.type}`, kind: 'consumer', parent: arrived.traceparent,
    attributes: { 'messaging.operation.type': 'process', 'messaging.destination.partition.id': record.partition, 'messaging.message.id': arrived.id, 'ar.source': arrived.source, 'ar.sequence': arrived.sequence },
  })), (traceparents) => {
    const below = new Map(traced.map(({ at }, n) => [at, traceparents[n]!]));
    return read(records.map((record, at) => (below.has(at) ? { ...record, headers: { ...record.headers, [WITHIN]: below.get(at)! } } : record)));
  });
}

const uses = new WeakMap<Service, ReadonlySet<string>>();

/** What a service projects or reacts to, and the day, which begins its daily work. */
function useful(service: Service): ReadonlySet<string> {
  const known = uses.get(service) ?? new Set<string>([
    ...service.projections.flatMap((p) => p.on as readonly string[]), ...service.reactions.map((r) => r.on), ...(service.daily.length > 0 ? ['ar.invoicing.business_day_opened.v1'] : []),
  ]);
  uses.set(service, known);
  return known;
}
