// A stored event as others read it: CloudEvents 1.0, Kafka binding, binary mode (or structured), and back.
import type { StoredEvent } from '@ar/event-store/store.js';
import { decode, registry, typeName, type EventType } from '@ar/contracts/registry.js';
import { formatMoney } from '@ar/domain/money.js';
import type { Consumed, Publisher } from './forms.js';

export type Envelope = 'binary' | 'structured';
export interface Wire { readonly headers: Readonly<Record<string, string>>; readonly value: string }

const digits = (sequence: number) => String(sequence).padStart(20, '0');

/** `{minor, currency}` anywhere inside becomes `{currencyCode, value}`; everything else stays as it is: what holds none is not even copied. */
function amounts(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) {
    let changed: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const inner = amounts(value[i]);
      if (inner !== value[i]) (changed ??= [...value as readonly unknown[]])[i] = inner;
    }
    return changed ?? value;
  }
  const whole = value as Readonly<Record<string, unknown>>;
  const { minor, currency } = whole;
  if (typeof minor === 'number' && typeof currency === 'string' && Object.keys(whole).length === 2) return { currencyCode: currency, value: formatMoney({ minor, currency }) };
  let changed: Record<string, unknown> | undefined;
  for (const key in whole) {
    const own = whole[key];
    if (own === null || typeof own !== 'object') continue; // most are texts and numbers
    const inner = amounts(own);
    if (inner !== own) (changed ??= { ...whole })[key] = inner;
  }
  return changed ?? whole;
}

/** What a stored event says to others: its contract message, through the publisher's line for it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the publisher of any service
export function publish(source: string, publisher: Publisher<any>, event: Pick<StoredEvent, 'type' | 'data'>): { readonly type: EventType; readonly data: unknown } {
  const line = publisher[event.type];
  if (!line) throw new Error(`${source} stores ${event.type} but has no publisher line for it`);
  const type = typeName(source, event.type);
  return { type, data: registry[type].message.fromPartial(amounts(line({ ...event.data, type: event.type })) as never) };
}

/** The record of a stored event for one partition; `prev` is the last sequence this source sent there. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the publisher of any service
export function encode(source: string, publisher: Publisher<any>, event: StoredEvent, prev: number, envelope: Envelope): Wire {
  const { type, data } = publish(source, publisher, event);
  const [tenant, customer] = splitKey(event.partitionKey);
  const attributes: Record<string, string | undefined> = {
    specversion: '1.0', id: event.eventId, source: `/ar/${source}`, type, subject: event.streamId,
    time: event.meta.occurred ?? event.recordedAt, recordedtime: event.recordedAt, effectivedate: event.data.effectiveOn ?? event.businessDate, originaldate: event.data.originalOn, businessdate: event.businessDate,
    tenant, customer: customer || undefined, streamversion: String(event.version), sequence: digits(event.sequence), prevsequence: digits(prev),
    correlationid: event.meta.correlation, causationid: event.meta.causation || undefined, authtype: event.meta.actor.startsWith('system') ? 'system' : 'user', authid: event.meta.actor || undefined,
    dataschema: `ar.${source}.v1.${event.type}`, traceparent: event.meta.traceparent,
  };
  const given = Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const message = (registry[type].message.toJSON as (message: unknown) => unknown)(data);
  if (envelope === 'structured') return { headers: { 'content-type': 'application/cloudevents+json', ...(event.meta.traceparent ? { traceparent: event.meta.traceparent } : {}) }, value: JSON.stringify({ ...Object.fromEntries(given), datacontenttype: 'application/json', data: message }) };
  return {
    headers: Object.fromEntries([['content-type', 'application/json'], ...given.map(([name, value]) => [name === 'traceparent' ? name : `ce_${name}`, value])]),
    value: JSON.stringify(message),
  };
}

/** Set on a record while it is read within a span, never sent: what is recorded because of it continues that span. */
export const WITHIN = 'ar_within';

/** What the runtime reads off a record before anything else. */
export interface Arrived {
  readonly source: string;
  readonly sequence: number;
  readonly prevSequence: number;
  readonly tenant: string;
  readonly customer: string;
  readonly type: string;
  readonly id: string;
  readonly traceparent: string | undefined;
  /** RFC 3339 UTC. */
  readonly recordedAt: string;
  /** Decodes the content; undefined for a type this build does not know. Throws when it is not what its type says. */
  consumed(): Consumed | undefined;
}

/** Reads a record; throws when it carries no event of ours. */
export function arrive({ headers, value }: Wire): Arrived {
  const structured = headers['content-type']?.startsWith('application/cloudevents+json') ? JSON.parse(value) as Record<string, unknown> : undefined;
  const attribute = (name: string): string => String(structured ? structured[name] ?? '' : headers[`ce_${name}`] ?? '');
  const sequence = Number(attribute('sequence'));
  const source = /^\/ar\/([a-z]+)$/.exec(attribute('source'))?.[1];
  if (!source || !Number.isSafeInteger(sequence) || sequence < 1 || !attribute('id') || !attribute('type')) throw new Error(`a record without the attributes of an event: ${JSON.stringify(headers).slice(0, 300)}`);
  const type = attribute('type');
  const arrived = {
    source, sequence, type, prevSequence: Number(attribute('prevsequence')), tenant: attribute('tenant'), customer: attribute('customer'), id: attribute('id'),
    traceparent: headers['traceparent'] ?? structured?.['traceparent'] as string | undefined, recordedAt: attribute('recordedtime'),
  };
  return {
    ...arrived,
    consumed() {
      if (!(type in registry)) return undefined;
      return {
        type: type as EventType, data: decode(type as EventType, structured ? structured['data'] : JSON.parse(value)),
        id: arrived.id, tenant: arrived.tenant, customer: arrived.customer, subject: attribute('subject').slice(arrived.tenant.length + 1), version: Number(attribute('streamversion')),
        effectiveOn: attribute('effectivedate'), originalOn: attribute('originaldate') || undefined, recordedOn: attribute('businessdate'), recordedAt: attribute('recordedtime'), recorded: sequence,
        correlationId: attribute('correlationid'), causationId: attribute('causationid'), actor: attribute('authid'), traceparent: arrived.traceparent, within: headers[WITHIN] ?? arrived.traceparent,
      } as Consumed;
    },
  };
}

/** A stored event as its own service's resources see it, without the detour through the log. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the publisher of any service
export const asConsumed = (source: string, publisher: Publisher<any>, event: StoredEvent): Consumed => consumedAs(publish(source, publisher, event), event);

/** The same with what it says to others. */
export function consumedAs(said: ReturnType<typeof publish>, event: StoredEvent): Consumed {
  const [tenant, customer] = splitKey(event.partitionKey);
  return {
    type: said.type, data: said.data, id: event.eventId, tenant, customer, subject: event.streamId.slice(tenant.length + 1), version: event.version,
    effectiveOn: event.data.effectiveOn ?? event.businessDate, originalOn: event.data.originalOn, recordedOn: event.businessDate, recordedAt: event.recordedAt, recorded: event.sequence,
    correlationId: event.meta.correlation, causationId: event.meta.causation, actor: event.meta.actor, traceparent: event.meta.traceparent,
  } as Consumed;
}

/** `<tenant>/<customer>`; a tenant id holds no slash. */
export function splitKey(key: string): readonly [tenant: string, customer: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
