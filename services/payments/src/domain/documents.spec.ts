import { describe, expect, it } from '@jest/globals';
import { itemsOf, referencesOf } from './documents.js';

const invoice = {
  invoiceId: 'inv_7', number: 'R 7', externalNumber: '', paymentReference: 'RF18539007547034', issuedOn: '2026-03-02', taxMinor: 20,
  instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 50 }, { seq: 2, dueOn: '2026-05-01', minor: 51 }],
};

describe('an invoice', () => {
  it('leaves an open item per instalment, the tax parted without loss', () => expect(itemsOf(invoice).map((i) => [i.itemId, i.instalment, i.instalments, i.originalMinor, i.taxMinor, i.dueOn])).toEqual([['oit_7_1', 1, 2, 50, 10, '2026-04-01'], ['oit_7_2', 2, 2, 51, 10, '2026-05-01']]));
  it('has items of its own, whoever gave it its id', () => expect(['inv_7', '7', 'inv_-7', 'inv_7_1'].map((invoiceId) => itemsOf({ ...invoice, invoiceId })[0]!.itemId)).toEqual(['oit_7_1', 'oit-7_1', 'oit_-7_1', 'oit_7_1_1']));
  it('over nothing leaves nothing', () => expect(itemsOf({ ...invoice, taxMinor: 0, instalments: [{ seq: 1, dueOn: '2026-04-01', minor: 0 }] })).toEqual([]));
  it('is known by its number, its id and its payment reference', () => expect(referencesOf(invoice)).toEqual(['R7', 'INV_7', 'RF18539007547034', '539007547034']));
});
