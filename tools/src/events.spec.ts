// Registry, protos, services and the pages about events say the same; and what is on the wire is what the pages say.
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encode, isEventType, registry, typeName, type Contract, type EventType } from '@ar/contracts/registry.js';
import { isDay } from '@ar/domain/day.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { encode as record } from '@ar/runtime/cloud-event.js';
import { collections } from '../../services/collections/src/collections.service.js';
import { credit } from '../../services/credit/src/credit.service.js';
import { invoicing } from '../../services/invoicing/src/invoicing.service.js';
import { payments } from '../../services/payments/src/payments.service.js';
import { reminders } from '../../services/reminders/src/reminders.service.js';
import { asyncApi, HEADERS } from './events-asyncapi.js';
import { events, faults, faultsOfRecord, wordsOf } from './events-checked.world.js';
import { root, samples } from './events-described.js';
import { eventPages, folder, made } from './events-pages.js';

const services = [invoicing('smtp://localhost'), payments, credit, reminders('smtp://localhost'), collections];
const described = events.map((event) => [event.type, event] as const);
const again = <T extends EventType>(type: T, json: unknown) => encode(type, decode(type, json) as Contract[T]);

describe('every event of the registry', () => {
  it.each(described)('%s has an example that is read and written as itself', (type, { example }) => expect(again(type, example)).toEqual(example));
  it.each(described)('%s is told in words, field by field', (_type, { words, message }) => expect([words, ...message.fields.map(wordsOf)]).not.toContain(''));
  it('is published by its owner, and by nobody else', () =>
    expect(services.flatMap(({ name, publisher }) => Object.keys(publisher).map((stored) => [typeName(name, stored), name])).sort()).toEqual(Object.entries(registry).map(([type, { owner }]) => [type, owner]).sort()));
  it('is registered when a service reads it, and the catalogue names its readers', () => {
    const everywhere = ['ar.invoicing.tenant_registered.v1', 'ar.invoicing.policy_published.v1', 'ar.invoicing.business_day_opened.v1'];
    const reads = services.map(({ name, projections, reactions, resources }) => ({ name, types: new Set<string>([...everywhere, ...[...projections, ...resources].flatMap(({ on }) => on as readonly string[]), ...reactions.map(({ on }) => on as string)]) }));
    expect(reads.flatMap(({ types }) => [...types]).filter((type) => !isEventType(type))).toEqual([]);
    for (const { type, readers } of events) expect([type, [...readers].sort()]).toEqual([type, reads.filter(({ types }) => types.has(type)).map(({ name }) => name).sort()]);
  });
});

describe('the schema of an event', () => {
  const ofSamples = samples().map(({ owner, stored, published }, n) => [`${owner} ${n} ${stored}`, typeName(owner, stored), published] as const);
  it.each(ofSamples)('holds for every sample: %s', (_name, type, published) => expect(faults(type, published)).toEqual([]));

  it('knows all days as days', () => {
    for (const [name, type, published] of ofSamples) {
      const notADay = JSON.parse(JSON.stringify(published), (_key, value: unknown) => (typeof value === 'string' && isDay(value) ? `${value}!` : value)) as unknown;
      const days = (JSON.stringify(published).match(/"\d{4}-\d{2}-\d{2}"/g) ?? []).length;
      expect([name, faults(type, notADay).filter((fault) => fault.endsWith('match format "date"')).length]).toEqual([name, days]);
    }
  });

  const issued = events.find(({ type }) => type === 'ar.invoicing.invoice_issued.v1')!.example as Readonly<Record<string, unknown>>;
  it('leaves room for fields of a later release, and for what has its default', () => {
    expect(faults('ar.invoicing.invoice_issued.v1', { ...issued, moon: 'full' })).toEqual([]);
    expect(faults('ar.invoicing.invoice_issued.v1', {})).toEqual([]);
  });
  it.each([
    ['an amount that is a number', { total: 285.6 }], ['an amount with a value that is a number', { total: { currency_code: 'EUR', value: 285.6 } }], ['a day that does not exist', { issue_date: '2026-02-30' }],
    ['a list that is none', { lines: {} }], ['a number as text', { terms_policy_version: '1' }], ['labels that are not text', { labels: { a: 1 } }],
  ])('finds %s', (_what, wrong) => expect(faults('ar.invoicing.invoice_issued.v1', { ...issued, ...wrong })).not.toEqual([]));
  it('finds an enum by number', () => expect(faults('ar.payments.receipt_reversed.v1', { kind: 1 })).not.toEqual([]));
});

describe('the record of an event', () => {
  const stored = (type: string, data: object, customer: string): StoredEvent => ({
    sequence: 7, streamId: 'acme/thing/th_1', version: 1, partitionKey: `acme/${customer}`, eventId: '0190e1f2-0000-7000-8000-000000000001', type, schemaV: 1, data, businessDate: '2026-03-02', recordedAt: '2026-03-02T09:00:00.000001Z',
    meta: { correlation: 'r-1', causation: '', actor: 'clerk' },
  }) as StoredEvent;
  const sampleOf = (owner: string, file: string) => (JSON.parse(readFileSync(join(root, 'services', owner, 'src/domain', `${file}.history.json`), 'utf8')) as { stored: { type: string; data: object } }[]).map((s) => s.stored).find(({ type }) => type === 'InvoiceIssued' || type === 'TenantRegistered')!;

  const recordOf = (file: string, customer: string) => {
    const { type, data } = sampleOf('invoicing', file);
    return { key: `acme/${customer}`, ...record('invoicing', services[0]!.publisher, stored(type, data, customer), 0, 'binary') };
  };

  it('of a customer, or of a tenant, has the headers that are promised, and no other', () => {
    expect(faultsOfRecord(recordOf('invoice', 'c1'))).toEqual([]);
    expect(faultsOfRecord(recordOf('tenant', ''))).toEqual([]);
  });
  it('is not as promised with another key, a header too many or too few, or as an event of another service', () => {
    const good = recordOf('invoice', 'c1');
    const { ce_id: _, ...without } = good.headers;
    expect(faultsOfRecord({ ...good, key: 'acme/c2' })).toEqual(['ar.invoicing.invoice_issued.v1 has the key acme/c2']);
    expect(faultsOfRecord(recordOf('tenant', 'c1'))).toEqual(['ar.invoicing.tenant_registered.v1 has the key acme/c1']);
    expect(faultsOfRecord({ ...good, headers: { ...good.headers, ce_moon: 'full' } })).toEqual([' must NOT have additional properties']);
    expect(faultsOfRecord({ ...good, headers: without })).toEqual([" must have required property 'ce_id'"]);
    expect(faultsOfRecord({ ...good, headers: { ...good.headers, ce_source: '/ar/credit' } })).toEqual(['ar.invoicing.invoice_issued.v1 comes from /ar/credit as ar.invoicing.v1.InvoiceIssued']);
    expect(faultsOfRecord({ ...good, value: '{"invoice_id":1}' })).toEqual(['/invoice_id must be string']);
  });
  it('with a cause, a trace, an actor and a day in a closed period has those too', () => {
    const { type, data } = sampleOf('invoicing', 'invoice');
    const full = { ...stored(type, { ...data, originalOn: '2026-03-01' }, 'c1'), meta: { correlation: 'r-1', causation: 'e-1', actor: 'system', traceparent: '00-1-2-01' } } as StoredEvent;
    expect(Object.keys(record('invoicing', services[0]!.publisher, full, 0, 'binary').headers).sort()).toEqual(HEADERS.map(({ name }) => name).sort());
  });
});

describe('proto/events', () => {
  const pages = eventPages();
  const read = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : '');

  it('has the page of every event, and of no other', () => expect(made()).toEqual([...pages.keys()].sort()));
  it('is what the registry, the protos and the samples give; `npm run generate` renews it', () => expect([...pages].filter(([path, content]) => read(path) !== content).map(([path]) => path)).toEqual([]));

  it('has an AsyncAPI 3.1 document, as AsyncAPI itself defines it', () => {
    const asyncApi31 = JSON.parse(readFileSync(join(root, 'node_modules/@asyncapi/specs/schemas/3.1.0-without-$id.json'), 'utf8')) as object;
    const valid = new Ajv({ strict: false, validateFormats: false, allErrors: false }).compile(asyncApi31);
    const document = JSON.parse(read('asyncapi.json')) as Record<string, unknown>;
    expect(valid(document) ? [] : valid.errors).toEqual([]);
    expect(valid({ ...document, channels: { events: { adress: 'ar.events.v1' } } })).toBe(false);
  });
  it('refers to nothing that is not there', () => {
    const document = asyncApi(events, '1');
    const found = (path: string) => path.slice(2).split('/').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) expect([ref, ref!.startsWith('#/') ? found(ref!) !== undefined : existsSync(join(folder, ref!))]).toEqual([ref, true]);
  });
  it('has links that lead somewhere', () => {
    const page = read('catalogue.md');
    const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '')));
    expect([...page.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]!).filter((to) => !headings.has(to))).toEqual([]);
    expect([...page.matchAll(/\]\((schemas\/[^)]+)\)/g)].map((match) => match[1]!).filter((to) => !pages.has(to))).toEqual([]);
  });
  it('has a data contract on one page, with every header', () => {
    const page = read('README.md');
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    expect(page.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => [...line.split('|')[1]!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!)).sort()).toEqual(HEADERS.map(({ name }) => name).sort());
  });
});
