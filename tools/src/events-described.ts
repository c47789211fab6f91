// What there is to know about every event of the log, in one place: type, owner and classification from the registry, words and fields from the protos and their comments,
// the example from the frozen samples of the service that publishes it, the readers from what the services name. The pages in proto/events are written from it.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileRegistry, fromBinary, type DescEnum, type DescEnumValue, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { isEventType, registry, schemaName, typeName, type EventType, type Owner } from '@ar/contracts/registry.js';
import { SERVICES } from './installation.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Described {
  readonly type: EventType;
  readonly owner: Owner;
  readonly since: string;
  readonly personal: boolean;
  /** `<tenant>/<customer>`, or `<tenant>/` of an event that goes to every partition. */
  readonly key: string;
  readonly message: DescMessage;
  /** When it is published. */
  readonly words: string;
  /** A value as it is on the wire: what the first frozen sample is published as. None while there is no sample. */
  readonly example: unknown;
  /** Services whose projections or reactions read it. */
  readonly readers: readonly string[];
}

/** Words of the protos: the comment above a message, a field, an enum or a value of it. */
export type WordsOf = (of: DescMessage | DescField | DescEnum | DescEnumValue) => string;

/** Every sample that the services keep of their stored events, with what each is published as; in the order of the files. */
export function samples(): { readonly owner: Owner; readonly stored: string; readonly published: unknown }[] {
  return SERVICES.flatMap((owner) => {
    const domain = join(root, 'services', owner, 'src/domain');
    return readdirSync(domain).filter((file) => file.endsWith('.history.json')).sort().flatMap((file) => {
      const kept = JSON.parse(readFileSync(join(domain, file), 'utf8')) as readonly { readonly stored: { readonly type: string }; readonly published: unknown }[];
      return kept.map(({ stored, published }) => ({ owner: owner as Owner, stored: stored.type, published }));
    });
  });
}

/**
 * The types that a service names in what it projects and reacts to, and those of days and policies, which the runtime of every service keeps.
 * Read as text, because tools see no service from inside; a test compares it with the services themselves.
 */
function readBy(service: string): ReadonlySet<string> {
  const source = join(root, 'services', service, 'src');
  const own = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /^projections\/.*\.ts$|\.reactions\.ts$/.test(file) && !/\.(spec|world)\.ts$/.test(file)).map((file) => join(source, file));
  return new Set([...own, join(root, 'libs/runtime/src/days.ts')].flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'(ar\.[a-z]+\.[a-z_]+\.v\d+)'/g)].map((match) => match[1]!)).filter(isEventType));
}

/** The protos with their comments, as buf reads them. */
function protos() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'build', 'proto', '-o', '-'], { cwd: root, maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`buf build failed\n${stderr.toString()}`);
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, stdout));
}

/** Where something stands in its file, as descriptor.proto counts: 4 messages, 3 nested ones, 2 fields and values, 5 enums. */
function pathOf(of: DescMessage | DescField | DescEnum | DescEnumValue): readonly number[] {
  switch (of.kind) {
    case 'message': return of.parent ? [...pathOf(of.parent), 3, of.parent.proto.nestedType.indexOf(of.proto)] : [4, of.file.proto.messageType.indexOf(of.proto)];
    case 'enum': return of.parent ? [...pathOf(of.parent), 4, of.parent.proto.enumType.indexOf(of.proto)] : [5, of.file.proto.enumType.indexOf(of.proto)];
    case 'field': return [...pathOf(of.parent), 2, of.parent.proto.field.indexOf(of.proto)];
    case 'enum_value': return [...pathOf(of.parent), 2, of.parent.proto.value.indexOf(of.proto)];
  }
}

const wordsOf: WordsOf = (of) => {
  const file = of.kind === 'field' || of.kind === 'enum_value' ? of.parent.file : of.file;
  const path = pathOf(of).join('.');
  const comment = file.proto.sourceCodeInfo?.location.find((location) => location.path.join('.') === path)?.leadingComments ?? '';
  return comment.trim().replaceAll(/\s*\n\s*/g, ' ');
};

export function describeEvents(): { readonly events: readonly Described[]; readonly wordsOf: WordsOf } {
  const descriptors = protos();
  const published = samples();
  const reads = SERVICES.map((service) => ({ service, types: readBy(service) }));
  const events = (Object.keys(registry) as EventType[]).map((type): Described => {
    const { owner, since, classification, concerns } = registry[type];
    const message = descriptors.getMessage(schemaName(type));
    if (!message) throw new Error(`${type} is registered, but no proto has ${schemaName(type)}`);
    return {
      type, owner, since, message, personal: classification === 'personal', key: concerns === 'tenant' ? '<tenant>/' : '<tenant>/<customer>', words: wordsOf(message),
      example: published.find((sample) => sample.owner === owner && typeName(owner, sample.stored) === type)?.published,
      readers: reads.filter(({ types }) => types.has(type)).map(({ service }) => service),
    };
  });
  return { events, wordsOf };
}
