// Business terms from their publication to what may be charged by them: the version in force at issue is on the invoice, acknowledged or not.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChargeGround, GetEnforceableChargesRequest, ListAcknowledgementsRequest, ListBusinessTermsRequest } from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { apiError } from '@ar/platform/errors.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { BusinessTermsGrpc } from '../../services/invoicing/src/api/business-terms.grpc.js';
import { publishBusinessTerms, recordAcknowledgement } from '../../services/invoicing/src/business-terms.commands.js';
import { contentOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { createInvoiceDraft, issueInvoice, openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { startFive, type FiveServices } from './five-services.world.js';

const first = '2026-03-02';
const address = (countryCode: string) => ({ lines: ['Street 1'], postalCode: '1', city: 'Town', region: '', countryCode });
const profile = { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} };
let postgres: Postgres;
let five: FiveServices;
const grounds = async (invoiceId: string) => {
  const { charges } = await new BusinessTermsGrpc(new Api(five.runtimes.invoicing, new Pages('a key of sixteen or more'), false)).getEnforceableCharges(GetEnforceableChargesRequest.fromPartial({ tenantId: 't', invoiceId }));
  return charges.map((c) => c.ground);
};
const { ACKNOWLEDGED, NOT_ACKNOWLEDGED, NOT_ALLOWED, STATUTE } = ChargeGround;

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  const { ask, readOn } = five;
  await ask('invoicing', registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf({ address: address('DE') }), firstBusinessDay: first, policies: defaultPolicies });
  await readOn();
  await ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: address('CH'), invoiceEmail: '', reminderEmail: '', taxId: 'CHE1' }, profile });
  await ask('credit', registerCustomer, { customerId: 'c2', personal: { name: 'Two', address: address('FR'), invoiceEmail: '', reminderEmail: '', taxId: 'FR1' }, profile });
  await ask('invoicing', publishBusinessTerms, { businessTerms: { businessTermsId: 'general', validFrom: daysAfter(first, 1), text: 'Pay in time.', reference: '', sha256: 'ab', charges: [{ kind: 'late-charge', words: '9 points' }, { kind: 'dunning-fee', words: '5.00' }] } });
  await readOn();
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_before', ...contentOf() });
  await ask('invoicing', openBusinessDay, { tenantId: 't', date: daysAfter(first, 1) });
  await readOn();
  await ask('invoicing', createInvoiceDraft, { invoiceId: 'inv_draft', draft: contentOf() });
  await ask('invoicing', publishBusinessTerms, { businessTerms: { businessTermsId: 'general', validFrom: daysAfter(first, 9), text: 'Pay sooner.', reference: '', sha256: 'cd', charges: [] } });
  await ask('invoicing', publishBusinessTerms, { businessTerms: { businessTermsId: 'frame', validFrom: daysAfter(first, 9), text: '', reference: 'archive 4', sha256: 'ef', charges: [] } });
  for (const customerId of ['c1', 'c2']) await ask('invoicing', issueInvoice, { invoiceId: `inv_unaware_${customerId}`, ...contentOf({ customerId }) });
  await ask('invoicing', recordAcknowledgement, { customerId: 'c1', acknowledgement: { businessTermsId: 'general', version: 1, acknowledgedOn: '', evidence: { way: 'signed', reference: 'contract 17', personId: '' } } });
  await readOn();
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_aware', ...contentOf() });
  await readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

const grpc = () => new BusinessTermsGrpc(new Api(five.runtimes.invoicing, new Pages('a key of sixteen or more'), false));
const reason = (call: Promise<unknown>) => call.then(() => 'answered', (e: unknown) => apiError(e, '').reason);

describe('business terms and who acknowledged them', () => {
  const terms = (more: object = {}) => grpc().listBusinessTerms(ListBusinessTermsRequest.fromPartial({ tenantId: 't', ...more }));
  const acknowledged = (more: object = {}) => grpc().listAcknowledgements(ListAcknowledgementsRequest.fromPartial({ tenantId: 't', ...more }));
  it('are listed, whole, each version once', async () => {
    const { businessTerms } = await terms();
    expect(businessTerms.map((b) => [b.businessTermsId, b.version, b.validFrom, b.text, b.charges.length])).toEqual([['general', 1, daysAfter(first, 1), 'Pay in time.', 2], ['frame', 1, daysAfter(first, 9), '', 0], ['general', 2, daysAfter(first, 9), 'Pay sooner.', 0]]);
  });
  it('are found by document, version and day, in pages and in either order', async () => {
    expect((await terms({ filter: `business_terms_id = general AND valid_from > ${daysAfter(first, 1)}` })).businessTerms.map((b) => b.version)).toEqual([2]);
    expect((await terms({ filter: 'version = 1', orderBy: 'business_terms_id' })).businessTerms.map((b) => b.businessTermsId)).toEqual(['frame', 'general']);
    const one = await terms({ pageSize: 2, orderBy: 'valid_from desc' });
    const two = await terms({ pageSize: 2, orderBy: 'valid_from desc', pageToken: one.nextPageToken });
    expect([...one.businessTerms, ...two.businessTerms].map((b) => `${b.businessTermsId}/${b.version}`)).toEqual(['general/2', 'frame/1', 'general/1']);
    expect(two.nextPageToken).toBe('');
    expect([await reason(terms({ filter: 'text = x' })), await reason(terms({ pageToken: one.nextPageToken })), await reason(acknowledged({ orderBy: 'way' }))]).toEqual(['FILTER_INVALID', 'PAGE_TOKEN_INVALID', 'FIELD_INVALID']);
  });
  it('are told by customer, with the evidence', async () => {
    expect((await acknowledged({ filter: 'customer_id = c1' })).acknowledgements).toEqual([{ customerId: 'c1', acknowledgement: { businessTermsId: 'general', version: 1, acknowledgedOn: daysAfter(first, 1), evidence: { way: 'ACKNOWLEDGEMENT_WAY_SIGNED', reference: 'contract 17', personId: '' } } }]);
    expect((await acknowledged({ filter: 'customer_id = c2' })).acknowledgements).toEqual([]);
    expect((await acknowledged({ filter: 'way = signed AND version = 1' })).acknowledgements).toHaveLength(1);
    expect((await acknowledged({ filter: 'way = clicked' })).acknowledgements).toEqual([]);
  });
});

describe('what may be charged beside an invoice', () => {
  it('is asked of an invoice that was issued', async () => {
    expect(await reason(grounds('inv_9'))).toBe('INVOICE_NOT_FOUND');
    expect(await reason(grounds('inv_draft'))).toBe('INVOICE_NOT_ISSUED');
  });
  it('is nothing before the terms hold', async () => expect(await grounds('inv_before')).toEqual([NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED]));
  it('is nothing while they are not acknowledged, but what a statute grants', async () => {
    expect(await grounds('inv_unaware_c1')).toEqual([NOT_ACKNOWLEDGED, NOT_ACKNOWLEDGED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED]);
    expect(await grounds('inv_unaware_c2')).toEqual([STATUTE, NOT_ACKNOWLEDGED, STATUTE, NOT_ALLOWED, STATUTE]);
  });
  it('is what they allow once they are', async () => expect(await grounds('inv_aware')).toEqual([ACKNOWLEDGED, ACKNOWLEDGED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED]));
  it('leaves nothing to complain of', () => expect(five.errors).toEqual([]));
});
