import { describe, expect, it } from '@jest/globals';
import { deciding } from '@ar/runtime/deciding.js';
import { contentOf } from './domain/invoice.world.js';
import { issueInvoice } from './invoicing.commands.js';

const version = (n: number, validFrom: string, acknowledgedOn: string | null, businessTermsId = 'general') => ({ businessTermsId, version: n, validFrom, acknowledgedOn });
const issue = (terms: readonly ReturnType<typeof version>[], issueDate = '') =>
  deciding(issueInvoice, {}, { today: '2026-03-10', known: { seller: { series: [], baseCurrency: 'EUR', version: 1 }, customer: { netDays: null, version: 1 }, terms }, series: {} })({ invoiceId: 'inv_1', ...contentOf({ issueDate }) });
const named = (...of: readonly [string, number, boolean][]) => ({ 'invoice/inv_1': [{ businessTerms: of.map(([businessTermsId, n, acknowledged]) => ({ businessTermsId, version: n, acknowledged })) }] });

describe('an invoice names the business terms in force when it is issued', () => {
  it('the last version that holds, of each document', () => expect(issue([version(1, '2026-01-01', '2026-01-05'), version(2, '2026-03-10', null), version(3, '2026-03-11', null), version(1, '2026-02-01', null, 'frame')])).toMatchObject(named(['general', 2, false], ['frame', 1, false])));
  it('as they were on its own date', () => expect(issue([version(1, '2026-01-01', '2026-01-05'), version(2, '2026-03-10', '2026-03-10')], '2026-03-09')).toMatchObject(named(['general', 1, true])));
  it('acknowledged by its date, not after', () => {
    expect(issue([version(1, '2026-01-01', '2026-03-10')])).toMatchObject(named(['general', 1, true]));
    expect(issue([version(1, '2026-01-01', '2026-03-10')], '2026-03-09')).toMatchObject(named(['general', 1, false]));
  });
  it('or none', () => expect(JSON.stringify(issue([]))).not.toContain('businessTerms'));
});
