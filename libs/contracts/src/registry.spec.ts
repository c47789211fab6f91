import { describe, expect, it } from '@jest/globals';
import { PolicyKind } from './gen/ar/invoicing/v1/policies.js';
import { decode, encode, isEventType, schemaName, typeName } from './registry.js';

describe('an event of the log', () => {
  const json = {
    invoice_id: 'inv_1', number: 'R2026-00001', customer_id: 'c1', currency_code: 'EUR', issue_date: '2026-03-02',
    lines: [{ description: 'Steel', quantity: '2', unit_price: '50', tax_rate: '19', tax_category: 'S', net: { currency_code: 'EUR', value: '100.00' } }],
    total: { currency_code: 'EUR', value: '119.00' }, instalments: [{ seq: 1, due_date: '2026-04-01', amount: { currency_code: 'EUR', value: '119.00' } }],
    labels: { costCenter: '4711' },
  };

  it('is read with camelCase names, and its labels as they are', () =>
    expect(decode('ar.invoicing.invoice_issued.v1', json)).toMatchObject({ invoiceId: 'inv_1', total: { currencyCode: 'EUR', value: '119.00' }, instalments: [{ seq: 1, dueDate: '2026-04-01' }], labels: { costCenter: '4711' } }));

  it('is written as it was read', () => expect(encode('ar.invoicing.invoice_issued.v1', decode('ar.invoicing.invoice_issued.v1', json))).toEqual(json));

  it('may have fields that this reader does not know', () => expect(decode('ar.invoicing.business_day_opened.v1', { tenant_id: 't1', date: '2026-03-02', moon: 'full' })).toEqual({ tenantId: 't1', date: '2026-03-02' }));

  it('has enums by their full name and policies by their kind', () => {
    const published = { tenant_id: 't1', kind: 'POLICY_KIND_APPLICATION', version: 2, valid_from: '2026-04-01', policy: { application: { rules: ['APPLICATION_RULE_EXACT'], partial_on_oldest: true } } };
    const read = decode('ar.invoicing.policy_published.v1', published);
    expect(read.kind).toBe(PolicyKind.APPLICATION);
    expect(read.policy?.application?.rules).toEqual(['APPLICATION_RULE_EXACT']);
    expect(encode('ar.invoicing.policy_published.v1', read)).toEqual(published);
  });
});

describe('a stored event', () => {
  it('has the type of its message', () => {
    expect(typeName('invoicing', 'InvoiceIssued')).toBe('ar.invoicing.invoice_issued.v1');
    expect(schemaName('ar.payments.open_items_settled.v1')).toBe('ar.payments.v1.OpenItemsSettled');
  });

  it('is not published without a contract', () => expect(() => typeName('invoicing', 'InvoiceForgotten')).toThrow('ar.invoicing.invoice_forgotten.v1 is not registered'));

  it('is known by its type only', () => expect(['ar.credit.credit_reserved.v1', 'toString'].map(isEventType)).toEqual([true, false]));
});
