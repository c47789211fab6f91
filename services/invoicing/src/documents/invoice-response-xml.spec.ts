import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { invoiceResponseIn } from './invoice-response-xml.js';
import { bytes, hostile, responseXml, status } from './invoice-response.world.js';
import { XmlFault } from './untrusted-xml.js';

const fault = (file: Uint8Array): XmlFault => {
  try { invoiceResponseIn(file); } catch (error) { if (error instanceof XmlFault) return error; throw error; }
  throw new Error('it was read');
};

describe('a Peppol Invoice Response', () => {
  it('is read as what it says', () => expect(invoiceResponseIn(bytes(responseXml({ note: 'Grüße &#8364; <![CDATA[5 < 6 & 7]]>' })))).toEqual({
    responseId: 'imr-1', sender: '0088:7300010000001', receiver: '9930:DE123456789', invoiceReference: 'INV-2026-000001', code: 'RE', effectiveDate: '2026-03-04', note: 'Grüße €5 < 6 & 7',
    clarifications: [{ kind: 'reason', code: 'PRI', text: 'agreed was 9.50 & no more', conditions: [{ attribute: 'BT-48', value: 'DE123456789' }] }, { kind: 'action', code: 'NIN', text: '', conditions: [] }],
  }));
  it('may begin with a byte order mark, have no declaration, and be of the process with invoices', () => {
    for (const text of [`\ufeff${responseXml()}`, responseXml({ declaration: '' }), responseXml({ declaration: `<?xml version='1.0' encoding='utf-8'?>` }), responseXml().replace('urn:fdc:peppol.eu:poacc:bis:invoice_response:3', 'urn:peppol:bis:billing_with_response')])
      expect(invoiceResponseIn(bytes(text)).responseId).toBe('imr-1');
  });
  it('is told by its namespaces, not by its prefixes', () => {
    const other = responseXml().replaceAll('cac:', 'a:').replaceAll('cbc:', 'b:').replaceAll('xmlns:cac', 'xmlns:a').replaceAll('xmlns:cbc', 'xmlns:b');
    expect(invoiceResponseIn(bytes(other))).toEqual(invoiceResponseIn(bytes(responseXml())));
  });
  it('counts from the day it was written where it does not say since when', () => expect(invoiceResponseIn(bytes(responseXml({ effective: '' }))).effectiveDate).toBe('2026-03-05'));
  it('may be paid in part, in words', () => expect(invoiceResponseIn(bytes(responseXml({ code: 'PD', statuses: status('OPStatusReason', 'PPD', '50.00 EUR') }))).clarifications).toEqual([{ kind: 'reason', code: 'PPD', text: '50.00 EUR', conditions: [] }]));
  it('may hold > in an attribute, comments, and what Peppol does not use', () => {
    const odd = responseXml().replace('<cbc:IssueDate>', '<!-- <a> --><cbc:UBLVersionID note="a > b">2.1</cbc:UBLVersionID><cbc:IssueDate>');
    expect(invoiceResponseIn(bytes(odd)).responseId).toBe('imr-1');
  });
});

describe('a file that is none', () => {
  it.each(hostile)('%s', (_what, file, at, problem) => {
    const found = fault(file);
    if (problem !== '') expect([found.at, found.problem]).toEqual([at, problem]);
  });
  it('is refused for its limits before anything is built: in less than a second, however it is made', () => {
    const started = process.hrtime.bigint();
    for (const text of ['<a '.repeat(80_000), `<a ${'b="'.repeat(60_000)}`, '<!--'.repeat(60_000), '<![CDATA['.repeat(25_000), '&'.repeat(250_000), '<a>'.repeat(80_000), '</a>'.repeat(60_000), '<'.repeat(262_000), `<a>${'&a'.repeat(100_000)}</a>`, `<a>${' '.repeat(262_000)}`]) fault(bytes(text));
    expect(Number((process.hrtime.bigint() - started) / 1_000_000n)).toBeLessThan(1_000);
  });
  it('is never anything but refused, whatever is cut out of a good one or put into it (property)', () => {
    const good = responseXml();
    fc.assert(fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (at, length, put) => {
      try { expect(invoiceResponseIn(bytes(good.slice(0, at) + put + good.slice(at + length))).responseId.length).toBeGreaterThan(0); } catch (error) { expect(error).toBeInstanceOf(XmlFault); }
    }), { numRuns: 500 });
  });
});
