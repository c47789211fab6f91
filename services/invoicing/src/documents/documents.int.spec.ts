// Documents of every kind by the published rules of EN 16931 and Peppol BIS Billing 3, run as their authors run them.
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { einvoiceRulesMissing, judge, type Verdict } from '@ar/testing/einvoice-validator.js';
import type { BillingDocument } from './document.js';
import { made } from './documents.world.js';
import { samples } from './documents.samples.world.js';
import { ublOf } from './ubl.js';

const missing = await einvoiceRulesMissing();
if (missing && process.env['CI'] === 'true') throw new Error(`with CI=true documents must be judged by ${missing}`);
jest.setTimeout(300_000); // the first run fetches the rules

const xml = (document: BillingDocument): Uint8Array => {
  const bytes = ublOf(document);
  if (!(bytes instanceof Uint8Array)) throw new Error(`refused: ${JSON.stringify(bytes)}`);
  return bytes;
};
const altered = (document: BillingDocument, from: string, to: string): Uint8Array => {
  const text = new TextDecoder().decode(xml(document));
  if (!text.includes(from)) throw new Error(`${from} is not in the document`);
  return new TextEncoder().encode(text.replace(from, to));
};
const names = Object.keys(samples);
const file = (name: string) => name.replaceAll(/[^a-z]+/g, '-');

if (missing) describe.skip(`documents by the official rules (skipped: ${missing})`, () => it('runs where they are', () => undefined)); // eslint-disable-line no-restricted-syntax -- named in the last lines of npm test
else describe('by the official rules', () => {
  let verdicts: readonly Verdict[];
  const of = (name: string) => verdicts.filter((v) => v.file === `${file(name)}.xml`);
  beforeAll(async () => {
    verdicts = await judge(new Map([
      ...names.map((name) => [file(name), xml(samples[name]!)] as const),
      ['wrong-sum', altered(made({ lines: [{}] }), '<cbc:PayableAmount currencyID="EUR">119.00', '<cbc:PayableAmount currencyID="EUR">118.00')],
      ['wrong-order', altered(made({ lines: [{}] }), '<cbc:BuyerReference>KST-4711</cbc:BuyerReference>', '')],
      ['wrong-element', altered(made({ lines: [{}] }), '<cbc:IssueDate>2026-03-05</cbc:IssueDate>', '<cbc:IssuedOn>2026-03-05</cbc:IssuedOn>')],
    ]));
  });

  it('judges more than forty documents, each by two sets of rules', () => {
    expect(new Set(names.map(file)).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(40);
    expect(verdicts.length).toBe((names.length + 3) * 2);
  });
  it.each(names)('finds nothing wrong: %s', (name) => {
    const kind = samples[name]!.kind === 'credit-note' ? ['eu.cen.en16931:ubl-creditnote:1.3.16', 'eu.peppol.bis3:creditnote:2026.5'] : ['eu.cen.en16931:ubl:1.3.16', 'eu.peppol.bis3:invoice:2026.5'];
    expect(of(name).map((v) => v.rules)).toEqual(kind);
    expect(of(name).map((v) => v.checks)).toEqual([2, 3]); // the schema; the rules of EN 16931; those of Peppol
    expect(of(name).flatMap((v) => v.findings)).toEqual([]);
  });
  it('finds a sum that does not tie', () => expect(of('wrong-sum').flatMap((v) => v.findings.map((f) => f.id))).toContain('BR-CO-16'));
  it('finds what Peppol asks for', () => expect(of('wrong-order').flatMap((v) => v.findings.map((f) => f.id))).toEqual(['PEPPOL-EN16931-R003']));
  it('finds an element that UBL does not have', () => expect(of('wrong-element').flatMap((v) => v.findings.map((f) => f.level))).toContain('error'));
});
