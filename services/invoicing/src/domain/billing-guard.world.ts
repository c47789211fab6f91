// The plainest contract price, invoice and guard, for tests to differ from.
import type { Guarding, GuardKnown } from './billing-guard.js';
import type { ContractPrice } from './contract-price.js';
import type { CountedInvoice } from './counted-invoices.js';

export const priceOf = (more: Partial<ContractPrice> = {}): ContractPrice => ({
  contractPriceId: 'cpr_1', customerId: 'c1', articleId: 'A', currencyCode: 'EUR', unitPrice: '10.00', unitCode: 'C62', tolerancePercent: '0', validFrom: '2026-01-01', validUntil: '', inArrears: false, ...more,
});
export const countedOf = (more: Partial<CountedInvoice> = {}): CountedInvoice => ({
  invoiceId: 'inv_0', issueDate: '2026-03-02', total: { minor: 100_00, currency: 'EUR' }, orderNumber: '', externalNumber: '', periodFrom: '', periodTo: '', articles: [], ...more,
});
export const guardOf = (known: Partial<GuardKnown>, more: Partial<Guarding> = {}): Guarding => ({
  policy: { prices: 'warn', fulfilments: 'warn', duplicates: 'warn', duplicateDays: 30 }, known: { prices: [], delivered: [], invoices: [], ...known }, recent: [], invoiceId: 'inv_1', replaces: '', repeats: false, read: true, ...more,
});
