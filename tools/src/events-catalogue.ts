// The catalogue page: every event with its owner, key, readers, fields and an example, and below the shapes that events share. Markdown for people.
import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type { Described, WordsOf } from './events-described.js';
import { isDate } from './events-schema.js';

const anchor = (heading: string) => heading.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
const linked = (to: DescMessage | DescEnum) => (to.typeName === 'google.protobuf.Timestamp' ? 'instant' : `[${to.name}](#${anchor(to.typeName)})`);
const cell = (text: string) => text.replaceAll('|', String.raw`\|`);
const table = (head: string, rows: readonly string[]) => [head, head.replaceAll(/[^|]+/g, '---'), ...rows].join('\n');

function simple(field: DescField): string {
  if (field.enum) return linked(field.enum);
  if (field.message) return linked(field.message);
  if (isDate(field)) return 'date';
  return { [ScalarType.STRING]: 'text', [ScalarType.BOOL]: 'boolean', [ScalarType.INT32]: 'integer' }[field.scalar as number] ?? 'text';
}
function kindOf(field: DescField): string {
  switch (field.fieldKind) {
    case 'scalar': case 'enum': case 'message': return field.proto.proto3Optional ? `${simple(field)}, may be absent` : simple(field);
    case 'list': return `list of ${simple(field)}`;
    case 'map': return `map of text to ${simple(field)}`;
  }
}

/** The messages and enums that fields lead to, in the order of their names. */
function shapes(events: readonly Described[]): readonly (DescMessage | DescEnum)[] {
  const found = new Map<string, DescMessage | DescEnum>();
  const follow = (message: DescMessage): void => {
    for (const { enum: values, message: to } of message.fields) {
      if (values) found.set(values.typeName, values);
      if (!to || to.typeName.startsWith('google.') || found.has(to.typeName)) continue;
      found.set(to.typeName, to);
      follow(to);
    }
  };
  for (const { message } of events) follow(message);
  return [...found.values()].sort((a, b) => (a.typeName < b.typeName ? -1 : 1));
}

export function catalogue(events: readonly Described[], wordsOf: WordsOf): string {
  const fields = (message: DescMessage) => (message.fields.length === 0 ? 'No fields.' : table('| field | type | holds |', message.fields.map((field) => `| \`${field.name}\` | ${kindOf(field)} | ${cell(wordsOf(field))} |`)));
  const owners = [...new Set(events.map(({ owner }) => owner))];
  const about = ({ owner, since, key, personal, readers, type }: Described) => [
    `published by ${owner} since ${since}`, `key \`${key}\``, personal ? '**personal data in `pii`**' : 'no personal data', readers.length > 0 ? `read by ${readers.join(', ')}` : 'read by nobody inside', `[schema](schemas/${type}.schema.json)`,
  ].join(' · ');
  const page = (event: Described) => [
    `### ${event.type}`, event.words, about(event), fields(event.message),
    event.example === undefined ? '*No example yet: the service keeps no sample of it.*' : `<details><summary>Example</summary>\n\n\`\`\`json\n${JSON.stringify(event.example, null, 2)}\n\`\`\`\n\n</details>`,
  ].join('\n\n');
  const shape = (of: DescMessage | DescEnum) => [
    `### ${of.typeName}`, wordsOf(of), of.kind === 'message' ? fields(of) : table('| value | means |', of.values.map((value) => `| \`${value.name}\` | ${cell(wordsOf(value))} |`)),
  ].join('\n\n');
  return `${[
    '# Every event', 'Made by `npm run generate` from the registry, the protos and the frozen samples of the services; do not edit. How to read the topic: [README.md](README.md).',
    table('| event | when | key | personal | read by |', events.map((e) => `| [\`${e.type}\`](#${anchor(e.type)}) | ${cell(e.words)} | \`${e.key}\` | ${e.personal ? 'yes' : ''} | ${e.readers.join(', ')} |`)),
    'Types in the tables: *text*; *date* is text `YYYY-MM-DD`; *instant* is RFC 3339 UTC text; an enum is the name of its value as text. What has its default (empty text, 0, false, no entries, `…_UNSPECIFIED`) is left out.',
    ...owners.flatMap((owner) => [`## ${owner}`, ...events.filter((e) => e.owner === owner).map(page)]), '## Shapes', ...shapes(events).map(shape),
  ].join('\n\n')}\n`;
}
