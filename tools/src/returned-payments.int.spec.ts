// A payment that went back costs its customer a fee, through all five services: payments tells it, invoicing issues a debit note, payments posts it, once.
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DebitNoteKind } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { ListDebitNotesRequest } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { GetAccountRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecordReceiptRequest, ReverseReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { Api } from '@ar/platform/api.js';
import { Pages } from '@ar/platform/lists.js';
import { startPostgres, type Postgres } from '@ar/testing/postgres.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { DebitNoteGrpc } from '../../services/invoicing/src/api/debit-note.grpc.js';
import { detailsOf } from '../../services/invoicing/src/domain/tenant.world.js';
import { registerTenant } from '../../services/invoicing/src/invoicing.commands.js';
import { AccountGrpc } from '../../services/payments/src/api/account.grpc.js';
import { ReceiptGrpc } from '../../services/payments/src/api/receipt.grpc.js';
import { startFive, type FiveServices, type Name } from './five-services.world.js';

let postgres: Postgres;
let five: FiveServices;
let receipts: ReceiptGrpc; let accounts: AccountGrpc; let charges: DebitNoteGrpc;
const tenantId = 't';
let requests = 0;
const api = (name: Name) => new Api(five.runtimes[name], new Pages('a key of sixteen or more'), true);

beforeAll(async () => {
  postgres = await startPostgres();
  five = await startFive({ postgres, partitions: 2, batch: 500 });
  receipts = new ReceiptGrpc(api('payments')); accounts = new AccountGrpc(api('payments')); charges = new DebitNoteGrpc(api('invoicing'));
  const fees = [{ currencyCode: 'EUR', returned: '7.50', chargedBack: '25', bounced: '' }];
  await five.ask('invoicing', registerTenant, { tenantId, baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), firstBusinessDay: '2026-03-02', policies: { ...defaultPolicies, returnedPayments: { ...defaultPolicies.returnedPayments, fees } } });
  await five.readOn();
  await five.ask('credit', registerCustomer, { customerId: 'c1', personal: { name: 'One', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await five.readOn();
}, 60_000);
afterAll(async () => { await five?.stop(); await postgres?.stop(); });

/** Comes in and goes back; what is charged then, and what the customer owes. */
async function goesBack(receiptId: string, customerId: string, kind: ReversalKind, more: object = {}) {
  const asked = () => ({ tenantId, requestId: `r-${++requests}`, actor: 'anna' });
  await receipts.recordReceipt(RecordReceiptRequest.fromPartial({ ...asked(), receiptId, customerId, amount: { currencyCode: 'EUR', value: '100.00' }, method: PaymentMethod.DIRECT_DEBIT }));
  await receipts.reverseReceipt(ReverseReceiptRequest.fromPartial({ ...asked(), receiptId, kind, code: 'AM04', ...more }));
  await five.readOn();
  const { debitNotes } = await charges.listDebitNotes(ListDebitNotesRequest.fromPartial({ tenantId, pageSize: 50 }));
  const { account } = await accounts.getAccount(GetAccountRequest.fromPartial({ tenantId, customerId: 'c1', currencyCode: 'EUR' }));
  return { notes: debitNotes.map((n) => n.total!.value), last: debitNotes.find((n) => n.labels['receipt_id'] === receiptId), balance: account!.balance!.value };
}

describe('a payment that went back', () => {
  it('is a debit note of its customer, and an open item', async () => {
    const { notes, last, balance } = await goesBack('rcp_1', 'c1', ReversalKind.RETURN);
    expect({ notes, balance }).toEqual({ notes: ['7.50'], balance: '7.50' });
    expect(last).toMatchObject({ customerId: 'c1', kind: DebitNoteKind.FEE, reason: 'payment rcp_1 went back, AM04', tax: { value: '0.00' } });
  });
  it.each([['a bounced cheque, where the policy has no fee for it', 'rcp_2', 'c1', ReversalKind.BOUNCED, {}], ['one whose fee is waived', 'rcp_3', 'c1', ReversalKind.CHARGEBACK, { waiveFee: true }], ['a mistake', 'rcp_4', 'c1', ReversalKind.ERROR, {}], ['of nobody known', 'rcp_5', '', ReversalKind.RETURN, {}]])(
    'costs nothing: %s', async (_what, receiptId, customerId, kind, more) => expect(await goesBack(receiptId, customerId, kind, more)).toMatchObject({ notes: ['7.50'], last: undefined, balance: '7.50' }));
  it('another one is another fee', async () => expect((await goesBack('rcp_6', 'c1', ReversalKind.CHARGEBACK)).balance).toBe('32.50'));
});
