// What refusals say besides their reason is in the words of the contract, and in whole amounts: over every refusal that the code of any service can make.
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { isMinor, wordFor } from '@ar/platform/refusal-words.js';
import { SERVICES } from './installation.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = (folder: string, ending: string) => readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith(ending)).map((f) => `${folder}/${f}`);
const code = [...SERVICES.map((s) => `services/${s}/src`), 'libs/domain/src', 'libs/runtime/src', 'libs/platform/src'].flatMap((f) => files(f, '.ts')).filter((f) => !/\.(spec|world|d)\.ts$/.test(f));
const text = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

/** The fields of the contract, and the words that only refusals have. */
const fields = new Set(files('proto/ar', '.proto').flatMap((f) => [...text(f).matchAll(/^ +(?:optional |repeated )?[\w.]+(?:<.*>)? (\w+) = \d+/gm)].map((m) => m[1]!)));
const ofRefusals = new Set([
  'asked', 'asked_currency_code', 'expected_currency_code', 'earliest', 'latest', 'most', 'original', 'received', 'refundable', 'recovered', 'credited', 'creditable', 'events', 'last_closed', 'last_issue_date', 'invoiced_date',
  'lacks', 'contents', 'problem', 'batch_number', 'field', 'party', 'net_price', 'categories', 'from', 'key', 'help',
]);

interface Said { readonly where: string; readonly reason: string; readonly names: readonly string[] }
/** The names in each `refuse('…', { … })` and `refused({ refused: '…', detail: { … } })`. */
function saidIn(path: string): readonly Said[] {
  const source = text(path);
  if (!source.includes('refuse')) return [];
  const said: Said[] = [];
  const namesOf = (detail: ts.Node | undefined): readonly string[] => (detail && ts.isObjectLiteralExpression(detail) ? detail.properties.flatMap((p) => (p.name && (ts.isIdentifier(p.name) || ts.isStringLiteral(p.name)) ? [p.name.text] : [])) : []);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first, second] = node.arguments;
      if (node.expression.text === 'refuse' && first) said.push({ where: path, reason: first.getText(tree), names: namesOf(second) });
      if (node.expression.text === 'refused' && first && ts.isObjectLiteralExpression(first)) {
        const detail = first.properties.find((p): p is ts.PropertyAssignment => ts.isPropertyAssignment(p) && p.name.getText(tree) === 'detail');
        said.push({ where: path, reason: first.getText(tree).slice(0, 60), names: namesOf(detail?.initializer) });
      }
    }
    ts.forEachChild(node, visit);
  };
  const tree = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  visit(tree);
  return said;
}
const all = code.flatMap(saidIn);

describe('what refusals say', () => {
  it('is found', () => { expect(all.length).toBeGreaterThan(300); expect(all.filter((s) => s.names.length > 0).length).toBeGreaterThan(200); });
  it('has the names of the contract', () => expect(all.flatMap(({ where, reason, names }) => names.map(wordFor).filter((word) => !fields.has(word) && !ofRefusals.has(word)).map((word) => `${where}: ${reason} says ${word}`))).toEqual([]));
  it('has a currency with each amount', () => expect(all.filter(({ names }) => names.some(isMinor) && !names.includes('currency') && !names.includes('currencyCode')).map(({ where, reason }) => `${where}: ${reason}`)).toEqual([]));
  it('has no word that nobody says', () => { const words = new Set(all.flatMap((s) => s.names.map(wordFor))); expect([...ofRefusals].filter((word) => !words.has(word))).toEqual([]); });
});
