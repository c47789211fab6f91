// Records of the log, held to what proto/events says of them: the schema of their type, the headers, the key.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { EventType } from '@ar/contracts/registry.js';
import { isDay } from '@ar/domain/day.js';
import { HEADERS } from './events-asyncapi.js';
import { describeEvents } from './events-described.js';
import { schemaOf } from './events-schema.js';

export const { events, wordsOf } = describeEvents();

const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addFormat('date', isDay);
ajv.addFormat('date-time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const schemas = new Map(events.map((event) => [event.type, ajv.compile(schemaOf(event, wordsOf))]));
const headers = ajv.compile({ type: 'object', required: HEADERS.filter(({ always }) => always).map(({ name }) => name), properties: Object.fromEntries(HEADERS.map(({ name, schema }) => [name, schema])), additionalProperties: false });
const told = (holds: ValidateFunction, value: unknown): readonly string[] => (holds(value) ? [] : holds.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`));

/** What of a value its schema does not allow. */
export const faults = (type: EventType, value: unknown): readonly string[] => told(schemas.get(type)!, value);

/** What of a record is not as promised. */
export function faultsOfRecord(record: { readonly key: string; readonly headers: Readonly<Record<string, string>>; readonly value: string }): readonly string[] {
  const { ce_type: type, ce_source: source, ce_dataschema: message, ce_tenant: tenant, ce_customer: customer } = record.headers;
  const event = events.find((known) => known.type === type);
  if (!event) return [`${type} is not in the catalogue`];
  const forEveryone = event.key === '<tenant>/';
  return [
    ...told(headers, record.headers), ...faults(event.type, JSON.parse(record.value)),
    ...(source === `/ar/${event.owner}` && message === event.message.typeName ? [] : [`${type} comes from ${source} as ${message}`]),
    ...(record.key === `${tenant}/${customer ?? ''}` && (customer === undefined) === forEveryone ? [] : [`${type} has the key ${record.key}`]),
  ];
}
