// What a reader of the event log finds in proto/events beside its README: the catalogue, one JSON Schema per event, the AsyncAPI document. `npm run generate` writes them;
// they are committed, and a test compares them with what they are made from.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApi } from './events-asyncapi.js';
import { catalogue } from './events-catalogue.js';
import { describeEvents, root } from './events-described.js';
import { schemaOf } from './events-schema.js';

export const folder = join(root, 'proto/events');
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Path within the folder → content. */
export function eventPages(): ReadonlyMap<string, string> {
  const { events, wordsOf } = describeEvents();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return new Map([
    ['catalogue.md', catalogue(events, wordsOf)], ['asyncapi.json', json(asyncApi(events, version))],
    ...events.map((event) => [`schemas/${event.type}.schema.json`, json(schemaOf(event, wordsOf))] as const),
  ]);
}

/** What of the folder is made. */
export const made = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/')).filter((path) => path !== 'README.md' && path !== 'schemas').sort();

/** Writes the pages, and removes those of events that are no more. */
export function writeEventPages(): number {
  const pages = eventPages();
  mkdirSync(join(folder, 'schemas'), { recursive: true });
  for (const path of made()) if (!pages.has(path)) rmSync(join(folder, path));
  for (const [path, content] of pages) writeFileSync(join(folder, path), content);
  return pages.size;
}
