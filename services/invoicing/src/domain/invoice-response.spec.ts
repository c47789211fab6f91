import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { isRefusal } from '@ar/domain/decider.js';
import { testing } from '@ar/domain/given.js';
import { faultIn, invoiceResponse, invoiceResponseIdOf, RESPONSE_CODES, type InvoiceResponseCommand, type InvoiceResponseEvent, type Referenced, type SaidResponse } from './invoice-response.js';

const { given } = testing(invoiceResponse);
const said: SaidResponse = {
  responseId: 'imr-1', sender: '0088:7300010000001', receiver: '9930:DE123456789', invoiceReference: 'INV-2026-000001', code: 'RE', effectiveDate: '2026-03-04', note: 'see below',
  clarifications: [
    { kind: 'reason', code: 'PRI', text: 'agreed was 9.50', conditions: [{ attribute: 'BT-146', value: '9.50' }] }, { kind: 'reason', code: 'QTY', text: '', conditions: [] }, { kind: 'action', code: 'NIN', text: '', conditions: [] },
    { kind: 'reason', code: 'PRI', text: 'in line 2 as well', conditions: [] },
  ],
};
const one = { invoiceId: 'inv_1', number: 'INV-2026-000001', customerId: 'c1' };
const known: Referenced = { invoices: [one], customerAddresses: ['0088:7300010000001', '0088:7300010000002'], sellerAddresses: ['9930:de123456789'] };
const record = (more: Partial<SaidResponse> = {}, knowing: Partial<Referenced> = {}): InvoiceResponseCommand => ({ type: 'RecordInvoiceResponse', said: { ...said, ...more }, known: { ...known, ...knowing } });
const received: InvoiceResponseEvent = {
  type: 'InvoiceResponseReceived', invoiceResponseId: invoiceResponseIdOf(said), invoiceId: 'inv_1', invoiceNumber: 'INV-2026-000001', customerId: 'c1', code: 'RE', effectiveDate: '2026-03-04', reasons: ['PRI', 'QTY'], actions: ['NIN'],
  responseId: 'imr-1', sender: '0088:7300010000001', invoiceReference: 'INV-2026-000001', pii: { keyId: '', data: { note: 'see below', clarifications: said.clarifications } },
};

describe('an answer to an invoice', () => {
  it('is kept as it was said, each code once', () => given().when(record()).then(received));
  it.each(RESPONSE_CODES)('may be %s', (code) => given().when(record({ code, clarifications: [] })).then({ ...received, code, reasons: [], actions: [], pii: { keyId: '', data: { note: 'see below', clarifications: [] } } }));
  it('names one issued invoice', () => {
    given().when(record({}, { invoices: [] })).thenRefused('invoice-not-found');
    given().when(record({}, { invoices: [one, { ...one, invoiceId: 'inv_2' }] })).thenRefused('invoice-reference-ambiguous');
  });
  it('comes from the customer and goes to the seller, where their addresses are on file', () => {
    given().when(record({ sender: '0088:7300010000009' })).thenRefused('response-sender-unknown');
    given().when(record({ receiver: '0088:7300010000009' })).thenRefused('response-receiver-unknown');
    for (const nothingOnFile of [record({ sender: '0088:7300010000009' }, { customerAddresses: [] }), record({ receiver: '0088:7300010000009' }, { sellerAddresses: [] }), record({ sender: '', receiver: '' })]) {
      expect(isRefusal(invoiceResponse.decide(nothingOnFile, invoiceResponse.initial))).toBe(false);
    }
  });
});

describe('an answer that was recorded', () => {
  it('is not recorded again, even when its invoice is named by several by now', () => given(received).when(record({}, { invoices: [] })).thenNothing());
  it.each([{ code: 'UQ' }, { effectiveDate: '2026-03-05' }, { note: '' }, { clarifications: said.clarifications.slice(1) }, { invoiceReference: 'INV-2026-000002' }] as const)('is not another one under its id: %j', (more) =>
    given(received).when(record(more)).thenRefused('invoice-response-exists'));
  it('is told apart by sender and id, whatever the case of the address, and within its invoice without a sender', () => {
    const id = (more: Partial<SaidResponse>) => invoiceResponseIdOf({ ...said, ...more });
    expect(id({ sender: '9930:de1' })).toBe(id({ sender: '9930:DE1' }));
    expect(id({ invoiceReference: 'another' })).toBe(id({}));
    expect(new Set([id({}), id({ sender: '9930:DE1' }), id({ responseId: 'imr-2' }), id({ sender: '' }), id({ sender: '', invoiceReference: 'another' })]).size).toBe(5);
  });
  it('stays one however often it is sent, stored or not (property)', () => fc.assert(fc.property(
    fc.record({ responseId: fc.string({ minLength: 1 }), note: fc.string(), code: fc.constantFrom(...RESPONSE_CODES), effectiveDate: fc.constantFrom('2026-03-01', '2026-03-09'), text: fc.string(), attribute: fc.string() }), fc.integer({ min: 2, max: 5 }),
    ({ text, attribute, ...more }, times) => {
      const command = record({ ...more, clarifications: [{ kind: 'reason', code: 'OTH', text, conditions: [{ attribute, value: text }] }] });
      let [state, events] = [invoiceResponse.initial, 0];
      for (let n = 0; n < times; n++) {
        const answer = invoiceResponse.decide(command, state);
        if (isRefusal(answer)) throw new Error(answer.refused);
        events += answer.length;
        state = answer.reduce((s, e) => invoiceResponse.evolve(s, JSON.parse(JSON.stringify(e)) as InvoiceResponseEvent), state);
      }
      expect(events).toBe(1);
    })));
});

describe('what a reader of Peppol finds fault with', () => {
  const fault = (code: SaidResponse['code'], ...clarifications: SaidResponse['clarifications']) => faultIn({ code, clarifications });
  it('is a doubt without a reason or an action', () => {
    for (const code of ['UQ', 'CA', 'RE'] as const) {
      expect(fault(code)).toContain('R001');
      expect(fault(code, { kind: 'action', code: 'PIN', text: '', conditions: [] })).toBe('');
    }
    for (const code of ['AB', 'IP', 'AP', 'PD'] as const) expect(fault(code)).toBe('');
  });
  it('is a part payment of what is not paid, or without words', () => {
    expect(fault('RE', { kind: 'reason', code: 'PPD', text: '50.00', conditions: [] })).toContain('R005');
    expect(fault('PD', { kind: 'reason', code: 'PPD', text: '', conditions: [] })).toContain('R004');
    expect(fault('PD', { kind: 'reason', code: 'PPD', text: '50.00', conditions: [] })).toBe('');
  });
});
