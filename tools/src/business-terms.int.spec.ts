// Business terms from their publication to what may be charged by them: the version in force at issue is on the invoice, acknowledged or not.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChargeGround, GetEnforceableChargesRequest } from '@ar/contracts/gen/ar/invoicing/v1/business_terms_service.js';
import { daysAfter } from '@ar/domain/day.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { BusinessTermsGrpc } from '../../services/invoicing/src/api/business-terms.grpc.js';
import { publishBusinessTerms, recordAcknowledgement } from '../../services/invoicing/src/business-terms.commands.js';
import { contentOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { issueInvoice, openBusinessDay, registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
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
  for (const customerId of ['c1', 'c2']) await ask('invoicing', issueInvoice, { invoiceId: `inv_unaware_${customerId}`, ...contentOf({ customerId }) });
  await ask('invoicing', recordAcknowledgement, { customerId: 'c1', acknowledgement: { businessTermsId: 'general', version: 1, acknowledgedOn: '', evidence: { way: 'signed', reference: 'contract 17', personId: '' } } });
  await readOn();
  await ask('invoicing', issueInvoice, { invoiceId: 'inv_aware', ...contentOf() });
  await readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

describe('what may be charged beside an invoice', () => {
  it('is nothing before the terms hold', async () => expect(await grounds('inv_before')).toEqual([NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED]));
  it('is nothing while they are not acknowledged, but what a statute grants', async () => {
    expect(await grounds('inv_unaware_c1')).toEqual([NOT_ACKNOWLEDGED, NOT_ACKNOWLEDGED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED]);
    expect(await grounds('inv_unaware_c2')).toEqual([STATUTE, NOT_ACKNOWLEDGED, STATUTE, NOT_ALLOWED, STATUTE]);
  });
  it('is what they allow once they are', async () => expect(await grounds('inv_aware')).toEqual([ACKNOWLEDGED, ACKNOWLEDGED, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED]));
  it('leaves nothing to complain of', () => expect(five.errors).toEqual([]));
});
