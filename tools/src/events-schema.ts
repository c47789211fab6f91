// The value of an event as JSON Schema (2020-12): snake_case names, money and days as text, enums by name. What is absent has its default, and what is not named here is allowed:
// a later release may add fields, and a schema of today still holds for them.
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { Described, WordsOf } from './events-described.js';

type Schema = Readonly<Record<string, unknown>>;

/** Days are text in the protos; these names say so. A test compares them with every sample. */
export const isDate = (field: DescField): boolean => field.scalar === ScalarType.STRING && /(^|_)(date|on|day|until)$|^(valid_from|period_from|period_to|judged_after|free_days)$/.test(field.name);

const DATE: Schema = { type: 'string', format: 'date', pattern: String.raw`^\d{4}-\d{2}-\d{2}$` };
const INSTANT: Schema = { type: 'string', format: 'date-time' };

/** Said of two fields by more than their type. */
const EXACTLY: Readonly<Record<string, Schema>> = {
  'ar.type.v1.Amount.currency_code': { type: 'string', pattern: '^[A-Z]{3}$' },
  'ar.type.v1.Amount.value': { type: 'string', pattern: String.raw`^-?\d+(\.\d+)?$`, maxLength: 20 },
};

function scalar(type: ScalarType): Schema {
  switch (type) {
    case ScalarType.STRING: return { type: 'string', default: '' };
    case ScalarType.BOOL: return { type: 'boolean', default: false };
    case ScalarType.INT32: return { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1, default: 0 };
    case ScalarType.INT64: return { type: 'string', pattern: String.raw`^-?\d+$`, default: '0' };
    case ScalarType.BYTES: return { type: 'string', contentEncoding: 'base64', default: '' };
    case ScalarType.DOUBLE: case ScalarType.FLOAT: case ScalarType.UINT32: case ScalarType.UINT64: case ScalarType.SINT32: case ScalarType.SINT64:
    case ScalarType.FIXED32: case ScalarType.FIXED64: case ScalarType.SFIXED32: case ScalarType.SFIXED64:
      throw new Error(`no event has a ${ScalarType[type]}: say here what it is in JSON before one does`);
  }
}

/** One event; the messages within it are its `$defs`, so that each schema stands alone. */
export function schemaOf({ type, message, words, example }: Described, wordsOf: WordsOf): Schema {
  const within = new Map<string, Schema>();
  const refer = (to: DescMessage): Schema => {
    if (to.typeName === 'google.protobuf.Timestamp') return INSTANT;
    if (!within.has(to.typeName)) {
      within.set(to.typeName, {}); // known before its fields are: a message may hold itself
      within.set(to.typeName, objectOf(to));
    }
    return { $ref: `#/$defs/${to.typeName}` };
  };
  const withoutDefault = ({ default: _, ...schema }: Schema): Schema => schema;
  const valueOf = (field: DescField): Schema => {
    switch (field.fieldKind) {
      case 'scalar': return EXACTLY[`${field.parent.typeName}.${field.name}`] ?? (isDate(field) ? DATE : field.proto.proto3Optional ? withoutDefault(scalar(field.scalar)) : scalar(field.scalar));
      case 'enum': return { enum: field.enum.values.map((value) => value.name), default: field.enum.values[0]!.name };
      case 'message': return refer(field.message);
      case 'list': return { type: 'array', items: itemOf(field), default: [] };
      case 'map': return { type: 'object', additionalProperties: field.mapKind === 'scalar' ? withoutDefault(scalar(field.scalar)) : field.mapKind === 'message' ? refer(field.message) : {}, default: {} };
    }
  };
  const itemOf = (field: DescField & { fieldKind: 'list' }): Schema => {
    switch (field.listKind) {
      case 'scalar': return isDate(field) ? DATE : withoutDefault(scalar(field.scalar));
      case 'enum': return { enum: field.enum.values.map((value) => value.name) };
      case 'message': return refer(field.message);
    }
  };
  const objectOf = (of: DescMessage): Schema => ({
    description: wordsOf(of), type: 'object', properties: Object.fromEntries(of.fields.map((field) => [field.name, { description: wordsOf(field), ...valueOf(field) }])), additionalProperties: true,
  });
  const own = objectOf(message);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `urn:ar:event:${type}`, title: message.name, ...own, description: words,
    ...(within.size > 0 ? { $defs: Object.fromEntries([...within].sort(([a], [b]) => (a < b ? -1 : 1))) } : {}), ...(example === undefined ? {} : { examples: [example] }),
  };
}
