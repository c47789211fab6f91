// What a stranger reads in the proto files is what a service says: the comment of an RPC names the reasons that it can be refused with, and no others.
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SERVICES } from './installation.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const REASON = /\b[A-Z]+(?:_[A-Z]+)+\b/g;
const reasonsIn = (of: string): readonly string[] => of.match(REASON) ?? [];

/** Reasons that every service may answer with, in one place: `libs/platform`. */
const everywhere = new Set(reasonsIn(text('libs/platform/README.md').split('\n\n').find((p) => p.startsWith('Reasons that every service'))!));

/** Each RPC with its comment. */
function rpcs(proto: string): readonly { readonly name: string; readonly comment: string }[] {
  return [...proto.matchAll(/((?:^ *\/\/[^\n]*\n)+) *rpc (\w+)\(/gm)].map((m) => ({ name: m[2]!, comment: m[1]!.replace(/^ *\/\/ ?/gm, '') }));
}

/** The words of the deciders are the reasons on the wire. */
const refusalsIn = (words: string): readonly string[] => (words.match(/\b[a-z]+(?:-[a-z]+)+\b/g) ?? []).map((r) => r.toUpperCase().replaceAll('-', '_'));

/** The reasons of a README's tables and lists of queries, less those that happen inside only. */
function catalogue(name: string, calls: ReadonlySet<string>): readonly string[] {
  const pages = readdirSync(`${root}/services/${name}`).filter((f) => f === 'README.md' || f === 'COMMANDS.md');
  const all = pages.flatMap((page) => text(`services/${name}/${page}`).split('\n'));
  const inside = new Set(all.flatMap((l) => (l.includes('Inside only') ? refusalsIn(l) : [])));
  const lines = all.filter((l) => (l.startsWith('|') || l.startsWith('Queries') || l.startsWith('A query')) && !l.includes('inside only'));
  const ofCalls = lines.filter((l) => (l.split('|')[1] ?? '').split(',').some((command) => calls.has(command.trim())));
  return [...new Set([...lines.flatMap(reasonsIn), ...ofCalls.flatMap((l) => refusalsIn(l.split('|').at(-2) ?? ''))])].filter((r) => !everywhere.has(r) && !inside.has(r)).sort();
}

const missing = (named: readonly string[], known: readonly string[]): readonly string[] => known.filter((reason) => !named.includes(reason));

describe.each(SERVICES)('the contract of %s', (name) => {
  const folder = `proto/ar/${name}/v1`;
  const all = readdirSync(`${root}/${folder}`).filter((f) => f.endsWith('_service.proto')).flatMap((f) => rpcs(text(`${folder}/${f}`)));
  const calls = new Set(all.map((r) => r.name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()));
  const named = [...new Set(all.flatMap((r) => reasonsIn(r.comment)))];

  it('has RPCs, each with a comment', () => expect(all.length).toBe(readdirSync(`${root}/${folder}`).flatMap((f) => text(`${folder}/${f}`).match(/^ *rpc /gm) ?? []).length));
  it('names every reason of its catalogue at an RPC', () => expect(missing(named, catalogue(name, calls))).toEqual([]));
  it('names none that its catalogue does not have', () => expect(missing([...catalogue(name, calls), ...everywhere], named)).toEqual([]));
});

describe('the check', () => {
  it('finds a reason that no comment names, and reads comments of several lines', () => {
    const [rpc] = rpcs('service A {\n  // Does it. NOT_THIS, or\n  // NOT_THAT.\n  rpc Do(R) returns (S) {}\n}');
    expect(rpc).toEqual({ name: 'Do', comment: 'Does it. NOT_THIS, or\nNOT_THAT.\n' });
    expect(missing(reasonsIn(rpc!.comment), ['NOT_THAT', 'NOT_THIS', 'FORGOTTEN_ONE'])).toEqual(['FORGOTTEN_ONE']);
  });
});
