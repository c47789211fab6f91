// The topic as an AsyncAPI 3.1 document: one channel, what each service sends there, and the CloudEvents headers (Kafka binding, binary mode) of every record.
import type { Described } from './events-described.js';

/** The headers of a record: what each holds, whether it is always there, and what it looks like. */
export const HEADERS = [
  { name: 'content-type', always: true, holds: 'How the value is written.', schema: { const: 'application/json' } },
  { name: 'ce_specversion', always: true, holds: 'CloudEvents 1.0.', schema: { const: '1.0' } },
  { name: 'ce_id', always: true, holds: 'The event; the same on every re-publish and in every copy of a tenant event.', schema: { type: 'string', format: 'uuid' } },
  { name: 'ce_source', always: true, holds: 'The service that recorded it.', schema: { type: 'string', pattern: '^/ar/[a-z]+$' } },
  { name: 'ce_type', always: true, holds: 'Which event; a changed meaning is a new version of the type.', schema: { type: 'string', pattern: String.raw`^ar\.[a-z]+\.[a-z_]+\.v\d+$` } },
  { name: 'ce_subject', always: true, holds: 'The stream it belongs to: <tenant>/<kind>/<id>.', schema: { type: 'string' } },
  { name: 'ce_time', always: true, holds: 'When it happened.', schema: { type: 'string', format: 'date-time' } },
  { name: 'ce_recordedtime', always: true, holds: 'When it was committed; never decreases with ce_sequence.', schema: { type: 'string', format: 'date-time' } },
  { name: 'ce_effectivedate', always: true, holds: 'The day on which it counts.', schema: { type: 'string', format: 'date' } },
  { name: 'ce_originaldate', always: false, holds: 'The day that it was decided for, in a period that was closed by then. Not there where it counts on that day.', schema: { type: 'string', format: 'date' } },
  { name: 'ce_businessdate', always: true, holds: 'The business day on which it was recorded.', schema: { type: 'string', format: 'date' } },
  { name: 'ce_tenant', always: true, holds: 'The selling entity: first part of the key.', schema: { type: 'string' } },
  { name: 'ce_customer', always: false, holds: 'The customer: second part of the key. Not there on tenant events.', schema: { type: 'string' } },
  { name: 'ce_streamversion', always: true, holds: 'The event\'s number in its subject: 1, 2, 3 … without gaps.', schema: { type: 'string', pattern: String.raw`^[1-9]\d*$` } },
  { name: 'ce_sequence', always: true, holds: 'The event\'s number in the store of its source, 20 digits.', schema: { type: 'string', pattern: String.raw`^\d{20}$` } },
  { name: 'ce_prevsequence', always: true, holds: 'The number of the record that this source sent to this partition before; zeros: none.', schema: { type: 'string', pattern: String.raw`^\d{20}$` } },
  { name: 'ce_correlationid', always: true, holds: 'The request id of the command that began it.', schema: { type: 'string' } },
  { name: 'ce_causationid', always: false, holds: 'The event that caused it.', schema: { type: 'string' } },
  { name: 'ce_authtype', always: true, holds: 'Whether the platform acted by itself.', schema: { enum: ['user', 'system'] } },
  { name: 'ce_authid', always: false, holds: 'Who acted; an account or a program, never a person\'s name.', schema: { type: 'string' } },
  { name: 'ce_dataschema', always: true, holds: 'The message of the value.', schema: { type: 'string', pattern: String.raw`^ar\.[a-z]+\.v\d+\.[A-Za-z]+$` } },
  { name: 'traceparent', always: false, holds: 'W3C trace context.', schema: { type: 'string' } },
] as const;

const channel = { $ref: '#/channels/events' };
const inChannel = (type: string) => ({ $ref: `#/channels/events/messages/${type}` });

export function asyncApi(events: readonly Described[], version: string): Readonly<Record<string, unknown>> {
  const owners = [...new Set(events.map(({ owner }) => owner))];
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'AR event log', version, description: 'Everything that happens to receivables, in one topic: one customer\'s history is one sequence. README.md beside this file is the data contract.',
      tags: owners.map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    channels: {
      events: {
        address: 'ar.events.v1',
        description: 'At least once: dedupe by (ce_source, ce_id). Order per key. Kept for ever. Tenant events are in every partition. Unknown fields and types are to be ignored.',
        messages: Object.fromEntries(events.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
        bindings: { kafka: { topic: 'ar.events.v1', partitions: 12, topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1, 'retention.bytes': -1 }, bindingVersion: '0.5.0' } },
      },
    },
    operations: Object.fromEntries(owners.map((owner) => [owner, { action: 'send', channel, summary: `What ${owner} publishes.`, messages: events.filter((e) => e.owner === owner).map(({ type }) => inChannel(type)) }])),
    components: {
      messages: Object.fromEntries(events.map(({ type, owner, message, words, key, personal, since }) => [type, {
        name: type, title: message.name, summary: words, tags: [{ name: owner }, ...(personal ? [{ name: 'personal data' }] : [])],
        traits: [{ $ref: '#/components/messageTraits/event' }],
        headers: { allOf: [{ $ref: '#/components/schemas/headers' }, { type: 'object', properties: { ce_source: { const: `/ar/${owner}` }, ce_type: { const: type }, ce_dataschema: { const: message.typeName } } }] },
        payload: { $ref: `./schemas/${type}.schema.json` },
        bindings: { kafka: { key: { type: 'string', description: key, pattern: key.endsWith('/') ? '^[^/]+/$' : '^[^/]+/.+$' }, bindingVersion: '0.5.0' } },
        'x-since': since,
      }])),
      messageTraits: { event: { contentType: 'application/json', correlationId: { description: 'The request id of the command that began it.', location: '$message.header#/ce_correlationid' } } },
      schemas: {
        headers: {
          type: 'object', required: HEADERS.filter(({ always }) => always).map(({ name }) => name),
          properties: Object.fromEntries(HEADERS.map(({ name, holds, schema }) => [name, { description: holds, ...schema }])),
        },
      },
    },
  };
}
