// What invoicing does by itself: issued documents are delivered to who wants them; a payment that went back is charged; schedules issue what is due, when the day opens, and at once when a schedule that has something due was kept, mended or resumed.
import { derivedId } from '@ar/domain/id.js';
import type { AnyReaction, Consumed, Daily, Reaction } from '@ar/runtime/forms.js';
import { requestDelivery, requestNoteDelivery, type RequestDelivery, type RequestNoteDelivery } from './delivery.commands.js';
import { dueSchedules, periodsOf } from './projections/schedules.js';
import { chargeReturnedPayment, type ChargeReturnedPayment } from './notes.commands.js';
import { issueScheduled, type IssueScheduled } from './recurring.commands.js';

type ScheduleChanged = 'ar.invoicing.invoice_schedule_created.v1' | 'ar.invoicing.invoice_schedule_updated.v1' | 'ar.invoicing.invoice_schedule_resumed.v1';

/** Which periods are due only the schedule knows: a day may have begun since the event. The next one is named where it certainly is. */
const dueNow = ({ customer, recordedOn, data: { scheduleId, nextDate } }: Consumed<ScheduleChanged>): readonly IssueScheduled[] => [{ scheduleId, customerId: customer, periods: nextDate !== '' && nextDate <= recordedOn ? [nextDate] : [] }];

const created: Reaction<'ar.invoicing.invoice_schedule_created.v1', IssueScheduled> = { name: 'issue-when-scheduled', on: 'ar.invoicing.invoice_schedule_created.v1', command: issueScheduled, requests: dueNow, expected: [] };
const updated: Reaction<'ar.invoicing.invoice_schedule_updated.v1', IssueScheduled> = { name: 'issue-when-changed', on: 'ar.invoicing.invoice_schedule_updated.v1', command: issueScheduled, requests: dueNow, expected: [] };
const resumed: Reaction<'ar.invoicing.invoice_schedule_resumed.v1', IssueScheduled> = { name: 'issue-when-resumed', on: 'ar.invoicing.invoice_schedule_resumed.v1', command: issueScheduled, requests: dueNow, expected: [] };
/** A document that its customer wants is on its way as soon as it is issued. */
const deliver: Reaction<'ar.invoicing.invoice_issued.v1', RequestDelivery> = {
  name: 'deliver-when-issued',
  on: 'ar.invoicing.invoice_issued.v1',
  command: requestDelivery,
  requests: ({ tenant, customer, data: { invoiceId, number, delivery } }) => (delivery ? [{
    deliveryId: derivedId('dlv', tenant, invoiceId), customerId: customer, documentType: 'invoice', documentId: invoiceId, documentNumber: number, attachXml: delivery.attachXml, requestedBy: 'issue', pii: { keyId: '', data: { to: [] } },
  }] : []),
  expected: [],
};
const deliverCreditNote: Reaction<'ar.invoicing.credit_note_issued.v1', RequestNoteDelivery> = {
  name: 'deliver-credit-note',
  on: 'ar.invoicing.credit_note_issued.v1',
  command: requestNoteDelivery,
  requests: ({ tenant, customer, data: { creditNoteId, number } }) => [{ deliveryId: derivedId('dlv', tenant, creditNoteId), customerId: customer, documentType: 'credit-note', documentId: creditNoteId, documentNumber: number }],
  expected: [],
};
const deliverDebitNote: Reaction<'ar.invoicing.debit_note_issued.v1', RequestNoteDelivery> = {
  name: 'deliver-debit-note',
  on: 'ar.invoicing.debit_note_issued.v1',
  command: requestNoteDelivery,
  requests: ({ tenant, customer, data: { debitNoteId, number } }) => [{ deliveryId: derivedId('dlv', tenant, debitNoteId), customerId: customer, documentType: 'debit-note', documentId: debitNoteId, documentNumber: number }],
  expected: [],
};
const chargeReturned: Reaction<'ar.payments.receipt_reversed.v1', ChargeReturnedPayment> = {
  name: 'charge-returned-payment',
  on: 'ar.payments.receipt_reversed.v1',
  command: chargeReturnedPayment,
  requests: ({ customer, data: { receiptId, code, fee } }) => (fee ? [{ customerId: customer, receiptId, currencyCode: fee.currencyCode, fee: fee.value, code }] : []),
  expected: [],
};
export const reactions: readonly AnyReaction[] = [created, updated, resumed, deliver, deliverCreditNote, deliverDebitNote, chargeReturned];

/** Once per schedule and day. */
export const issueSchedules: Daily<IssueScheduled> = {
  name: 'issue-schedules',
  command: issueScheduled,
  due: async (tx, tenant, today, _policies, after, limit) => (await dueSchedules(tx, tenant, today, after, limit)).map((schedule) => ({
    key: schedule.scheduleId, customer: schedule.customerId, request: { scheduleId: schedule.scheduleId, customerId: schedule.customerId, periods: periodsOf(schedule, today) },
  })),
  expected: [],
};
