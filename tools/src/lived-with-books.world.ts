// The books beside all the rest: the days before yesterday are closed; money with an earlier value date comes late, and counts in the open days; a period that was closed in error is open again. An item of another system is taken on, and credit of it, which was a mistake. The journal is cut.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { recordReceipt } from '../../services/payments/src/payments.commands.js';
import { cutLedgerBatch } from '../../services/payments/src/ledger-export.commands.js';
import { closePeriod, reopenPeriod } from '../../services/payments/src/periods.commands.js';
import type { TakenOnDocument } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';
import { cancelTakeOn, takeOnCredit, takeOnOpenItem } from '../../services/payments/src/take-on.commands.js';
import type { FiveServices } from './five-services.world.js';

/** All of it on one day, with everything read before. */
export async function closeBooks({ ask, readOn }: FiveServices, customer: string, day: Day): Promise<void> {
  await ask('payments', closePeriod, { lastOn: daysAfter(day, -2), by: 'anna' });
  await ask('payments', recordReceipt, {
    receiptId: 'rcp_too-late', customer, currency: 'EUR', receivedMinor: 3_00, valueOn: daysAfter(day, -3), method: 'PAYMENT_METHOD_BANK_TRANSFER', bankReference: '', named: [], onAccount: true, remitter: { name: '', iban: '', remittance: '' },
  });
  await ask('payments', closePeriod, { lastOn: daysAfter(day, -1), by: 'anna' });
  await ask('payments', reopenPeriod, { lastOn: daysAfter(day, -1), by: 'otto', reason: 'yesterday is not complete' });
  await readOn();
  await ask('payments', takeOnOpenItem, {
    customer, currency: 'EUR', source: 'SAP', number: '900001', kind: 'invoice', originalMinor: 9_00, openMinor: 1_00, issuedOn: daysAfter(day, -60), dueOn: daysAfter(day, -30), dunningLevel: 3, orderNumber: '', externalNumber: '', paymentReference: '',
  });
  const { resource } = await ask('payments', takeOnCredit, { customer, currency: 'EUR', source: 'SAP', number: 'ZE-1', kind: 'receipt', originalMinor: 5_00, unappliedMinor: 2_00, issuedOn: daysAfter(day, -60), onAccount: true });
  await ask('payments', cancelTakeOn, { documentId: (resource as TakenOnDocument).documentId, by: 'anna', reason: 'it was applied there' });
  await readOn();
  await ask('payments', cutLedgerBatch, { by: 'books' });
}
