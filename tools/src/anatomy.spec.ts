import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registry, schemaName, typeName, type EventType } from '@ar/contracts/registry.js';
import type { Service } from '@ar/runtime/forms.js';
import { collections } from '../../services/collections/src/collections.service.js';
import { credit } from '../../services/credit/src/credit.service.js';
import { invoicing } from '../../services/invoicing/src/invoicing.service.js';
import { payments } from '../../services/payments/src/payments.service.js';
import { reminders } from '../../services/reminders/src/reminders.service.js';
import { SERVICES, type ServiceName } from './installation.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
/** What a service says of itself: its README, and the page of its commands where that is one of its own. */
const pagesOf = (service: string) => readdirSync(join(root, 'services', service)).filter((f) => f.endsWith('.md')).map((f) => text('services', service, f)).join('\n');
const files = (...path: string[]) => readdirSync(join(root, ...path), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
const isTest = (file: string) => /\.(spec|world)\.ts$/.test(file);

const services: Readonly<Record<ServiceName, Service>> = { invoicing: invoicing('smtp://localhost'), payments, credit, reminders: reminders('smtp://localhost'), collections };

describe.each(SERVICES)('%s', (name) => {
  const sources = files('services', name, 'src').filter((f) => !isTest(f));

  it('has the same places as the others', () => {
    for (const place of ['main.ts', `${name}.module.ts`, `${name}.service.ts`, `${name}.commands.ts`, `${name}.publisher.ts`, 'api', 'domain', 'projections']) expect([place, existsSync(join(root, 'services', name, 'src', place))]).toEqual([place, true]);
  });

  it('has its rules on pages, with their cases beside them', () => {
    const domain = readdirSync(join(root, 'services', name, 'src/domain'));
    const deciders = domain.filter((f) => f.endsWith('.ts') && !isTest(f) && /: (Aggregate|Decider)</.test(text('services', name, 'src/domain', f)));
    expect(deciders.length).toBeGreaterThan(0);
    for (const decider of deciders) expect([decider, domain.includes(decider.replace('.ts', '.spec.ts'))]).toEqual([decider, true]);
    expect(domain.some((f) => f.endsWith('.history.json'))).toBe(true);
  });

  it('lists in one place every command, reaction, daily work and projection that it has', () => {
    const listed = text('services', name, 'src', `${name}.service.ts`);
    const exported = (pattern: RegExp, of: readonly string[]) => of.flatMap((f) => [...text('services', name, 'src', f).matchAll(pattern)].map((m) => m[1]!));
    const commands = /^ {2}commands: \[([^\]]*)\]/m.exec(listed)![1]!.split(/,\s*/);
    expect(commands.toSorted()).toEqual(exported(/^export const (\w+): Command</gm, sources.filter((f) => f.endsWith('.commands.ts'))).toSorted());
    for (const projection of exported(/^export const (\w+): Projection</gm, sources.filter((f) => f.startsWith('projections')))) expect([projection, new RegExp(`\\b${projection}\\b`).test(listed)]).toEqual([projection, true]);
  });

  it('answers a command with all that its events tell', () => {
    const histories = readdirSync(join(root, 'services', name, 'src/domain')).filter((f) => f.endsWith('.history.json'));
    const types = histories.map((f) => (JSON.parse(text('services', name, 'src/domain', f)) as { stored: { type: string } }[]).map((sample) => typeName(name, sample.stored.type)));
    for (const { aggregate, on } of services[name].resources) {
      const own = types.filter((of) => of.some((type) => on.includes(type)));
      expect([aggregate, own.length, own.flat().filter((type) => !on.includes(type))]).toEqual([aggregate, 1, []]);
    }
  });

  it('says in its pages what can be called', () => {
    const readme = pagesOf(name);
    const calls = readdirSync(join(root, 'proto/ar', name, 'v1')).flatMap((f) => [...text('proto/ar', name, 'v1', f).matchAll(/^ {2}rpc (\w+)\(/gm)].map((m) => m[1]!));
    const inWords = (call: string) => call.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    expect(calls.filter((call) => !new RegExp(`\\b(${call}|${inWords(call)})\\b`).test(readme))).toEqual([]);
  });

  it('says in its pages what it publishes', () => {
    const readme = pagesOf(name);
    for (const [type, { owner }] of Object.entries(registry)) if (owner === name) expect([type, readme.includes(type.split('.')[2]!) || readme.includes(schemaName(type as EventType).split('.').at(-1)!)]).toEqual([type, true]);
  });
});

describe('pages', () => {
  it.each([...SERVICES.map((s) => `services/${s}`), ...readdirSync(join(root, 'libs')).map((l) => `libs/${l}`)])('%s has a README of at most 60 lines', (folder) => expect(text(folder, 'README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(60));

  it('are short enough to find a rule on', () => {
    const long = ['libs', 'services'].flatMap((top) => readdirSync(join(root, top)).flatMap((name) => files(top, name, 'src').filter((f) => !isTest(f) && !f.includes('gen/')).map((f) => [`${top}/${name}/${f}`, text(top, name, 'src', f).split('\n').length] as const))).filter(([, lines]) => lines > 450);
    expect(long).toEqual([]);
  });
});

describe.each([...['libs', 'services'].flatMap((top) => readdirSync(join(root, top)).map((name) => `${top}/${name}`)), 'tools'])('%s', (part) => {
  it('names the parts that it is built on, so that they are built before it', () => {
    const imported = files(part, 'src').filter((f) => !isTest(f)).flatMap((f) => [...text(part, 'src', f).matchAll(/from '(?:@ar\/([\w-]+)\/|[./]*\/services\/([\w-]+)\/)/g)].map(([, named, reached]) => (named ?? reached)!));
    const own = JSON.parse(text(part, 'package.json')) as { dependencies?: Record<string, string> };
    const { references = [] } = JSON.parse(text(part, 'tsconfig.json')) as { references?: readonly { path: string }[] };
    const built = { named: Object.keys(own.dependencies ?? {}), referenced: references.map((r) => r.path.split('/').at(-1)!) };
    expect([...new Set(imported)].filter((name) => !built.named.includes(`@ar/${name}`) || !built.referenced.includes(name))).toEqual([]);
  });
});
