// Every event of the log: its type on the wire, its message, who publishes it, since when, and whether it holds personal data (then in its `pii`).
// An event of the tenant has no customer and goes to every partition. A type that is not here is not published and not read.
import * as collections from './gen/ar/collections/v1/events.js';
import * as credit from './gen/ar/credit/v1/events.js';
import * as invoicing from './gen/ar/invoicing/v1/events.js';
import * as payments from './gen/ar/payments/v1/events.js';
import * as reminders from './gen/ar/reminders/v1/events.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a part of any message, as ts-proto types it
interface Message<M> { fromJSON(object: unknown): M; toJSON(message: M): unknown; fromPartial(object: any): M }
export interface Registered {
  readonly message: Message<unknown>;
  readonly owner: Owner;
  readonly since: `${number}-${number}`;
  readonly classification: 'internal' | 'personal';
  readonly concerns: 'tenant' | 'customer';
}
export type Owner = 'invoicing' | 'payments' | 'credit' | 'reminders' | 'collections';

const of = <O extends Owner, C extends Registered['concerns'], K extends Registered['classification']>(owner: O, concerns: C, classification: K) =>
  <M>(message: Message<M>) => ({ message, owner, since: '2026-11', classification, concerns }) as const;

const invoicingTenant = of('invoicing', 'tenant', 'internal');
const invoicingCustomer = of('invoicing', 'customer', 'internal');
const invoicingPersonal = of('invoicing', 'customer', 'personal');
const paymentsCustomer = of('payments', 'customer', 'internal');
const paymentsPersonal = of('payments', 'customer', 'personal');
const creditCustomer = of('credit', 'customer', 'internal');
const creditPersonal = of('credit', 'customer', 'personal');
const remindersCustomer = of('reminders', 'customer', 'internal');
const remindersPersonal = of('reminders', 'customer', 'personal');
const collectionsCustomer = of('collections', 'customer', 'internal');
const collectionsPersonal = of('collections', 'customer', 'personal');

export const registry = {
  'ar.invoicing.tenant_registered.v1': invoicingTenant(invoicing.TenantRegistered),
  'ar.invoicing.tenant_updated.v1': invoicingTenant(invoicing.TenantUpdated),
  'ar.invoicing.policy_published.v1': invoicingTenant(invoicing.PolicyPublished),
  'ar.invoicing.business_day_opened.v1': invoicingTenant(invoicing.BusinessDayOpened),
  'ar.invoicing.invoice_drafted.v1': invoicingCustomer(invoicing.InvoiceDrafted),
  'ar.invoicing.invoice_draft_changed.v1': invoicingCustomer(invoicing.InvoiceDraftChanged),
  'ar.invoicing.invoice_draft_discarded.v1': invoicingCustomer(invoicing.InvoiceDraftDiscarded),
  'ar.invoicing.invoice_issued.v1': invoicingCustomer(invoicing.InvoiceIssued),
  'ar.invoicing.invoice_voided.v1': invoicingCustomer(invoicing.InvoiceVoided),
  'ar.invoicing.invoice_credited.v1': invoicingCustomer(invoicing.InvoiceCredited),
  'ar.invoicing.credit_note_issued.v1': invoicingCustomer(invoicing.CreditNoteIssued),
  'ar.invoicing.credit_note_proposed.v1': invoicingCustomer(invoicing.CreditNoteProposed),
  'ar.invoicing.credit_note_approved.v1': invoicingCustomer(invoicing.CreditNoteApproved),
  'ar.invoicing.credit_note_refused.v1': invoicingCustomer(invoicing.CreditNoteRefused),
  'ar.invoicing.credit_note_expired.v1': invoicingCustomer(invoicing.CreditNoteExpired),
  'ar.invoicing.debit_note_issued.v1': invoicingCustomer(invoicing.DebitNoteIssued),
  'ar.invoicing.invoice_draft_consolidated.v1': invoicingCustomer(invoicing.InvoiceDraftConsolidated),
  'ar.invoicing.invoice_schedule_created.v1': invoicingCustomer(invoicing.InvoiceScheduleCreated),
  'ar.invoicing.invoice_schedule_updated.v1': invoicingCustomer(invoicing.InvoiceScheduleUpdated),
  'ar.invoicing.invoice_schedule_paused.v1': invoicingCustomer(invoicing.InvoiceSchedulePaused),
  'ar.invoicing.invoice_schedule_resumed.v1': invoicingCustomer(invoicing.InvoiceScheduleResumed),
  'ar.invoicing.invoice_schedule_ended.v1': invoicingCustomer(invoicing.InvoiceScheduleEnded),
  'ar.invoicing.scheduled_invoice_issued.v1': invoicingCustomer(invoicing.ScheduledInvoiceIssued),
  'ar.invoicing.scheduled_invoice_failed.v1': invoicingCustomer(invoicing.ScheduledInvoiceFailed),
  'ar.invoicing.business_terms_published.v1': invoicingTenant(invoicing.BusinessTermsPublished),
  'ar.invoicing.business_terms_acknowledged.v1': invoicingCustomer(invoicing.BusinessTermsAcknowledged),
  'ar.invoicing.delivery_preferences_set.v1': invoicingPersonal(invoicing.DeliveryPreferencesSet),
  'ar.invoicing.delivery_requested.v1': invoicingPersonal(invoicing.DeliveryRequested),
  'ar.invoicing.delivery_attempted.v1': invoicingPersonal(invoicing.DeliveryAttempted),
  'ar.invoicing.delivery_sent.v1': invoicingCustomer(invoicing.DeliverySent),
  'ar.invoicing.delivery_failed.v1': invoicingCustomer(invoicing.DeliveryFailed),
  'ar.invoicing.delivery_unknown.v1': invoicingCustomer(invoicing.DeliveryUnknown),
  'ar.invoicing.delivery_suppressed.v1': invoicingCustomer(invoicing.DeliverySuppressed),
  'ar.invoicing.delivery_confirmed.v1': invoicingCustomer(invoicing.DeliveryConfirmed),
  'ar.invoicing.delivery_bounced.v1': invoicingCustomer(invoicing.DeliveryBounced),
  'ar.invoicing.file_attached.v1': invoicingPersonal(invoicing.FileAttached),
  'ar.invoicing.attachment_removed.v1': invoicingCustomer(invoicing.AttachmentRemoved),
  'ar.invoicing.due_date_rescheduled.v1': invoicingCustomer(invoicing.DueDateRescheduled),
  'ar.invoicing.due_date_change_proposed.v1': invoicingCustomer(invoicing.DueDateChangeProposed),
  'ar.invoicing.due_date_change_approved.v1': invoicingCustomer(invoicing.DueDateChangeApproved),
  'ar.invoicing.due_date_change_refused.v1': invoicingCustomer(invoicing.DueDateChangeRefused),
  'ar.invoicing.due_date_change_expired.v1': invoicingCustomer(invoicing.DueDateChangeExpired),
  'ar.invoicing.contract_price_set.v1': invoicingCustomer(invoicing.ContractPriceSet),
  'ar.invoicing.contract_price_ended.v1': invoicingCustomer(invoicing.ContractPriceEnded),
  'ar.invoicing.fulfilment_recorded.v1': invoicingCustomer(invoicing.FulfilmentRecorded),
  'ar.invoicing.fulfilment_corrected.v1': invoicingCustomer(invoicing.FulfilmentCorrected),
  'ar.invoicing.invoice_counted.v1': invoicingCustomer(invoicing.InvoiceCounted),
  'ar.invoicing.invoice_issue_proposed.v1': invoicingCustomer(invoicing.InvoiceIssueProposed),
  'ar.invoicing.invoice_issue_approved.v1': invoicingCustomer(invoicing.InvoiceIssueApproved),
  'ar.invoicing.invoice_issue_refused.v1': invoicingCustomer(invoicing.InvoiceIssueRefused),
  'ar.invoicing.invoice_issue_expired.v1': invoicingCustomer(invoicing.InvoiceIssueExpired),
  'ar.invoicing.invoice_response_received.v1': invoicingPersonal(invoicing.InvoiceResponseReceived),

  'ar.payments.receipt_recorded.v1': paymentsPersonal(payments.ReceiptRecorded),
  'ar.payments.receipt_pending.v1': paymentsPersonal(payments.ReceiptPending),
  'ar.payments.receipt_identified.v1': paymentsPersonal(payments.ReceiptIdentified),
  'ar.payments.receipt_reversed.v1': paymentsCustomer(payments.ReceiptReversed),
  'ar.payments.cash_applied.v1': paymentsCustomer(payments.CashApplied),
  'ar.payments.cash_unapplied.v1': paymentsCustomer(payments.CashUnapplied),
  'ar.payments.cash_held.v1': paymentsCustomer(payments.CashHeld),
  'ar.payments.application_recommended.v1': paymentsCustomer(payments.ApplicationRecommended),
  'ar.payments.recommendation_accepted.v1': paymentsCustomer(payments.RecommendationAccepted),
  'ar.payments.recommendation_declined.v1': paymentsCustomer(payments.RecommendationDeclined),
  'ar.payments.deductions_taken.v1': paymentsCustomer(payments.DeductionsTaken),
  'ar.payments.cash_passed_on.v1': paymentsCustomer(payments.CashPassedOn),
  'ar.payments.cash_passed_back.v1': paymentsCustomer(payments.CashPassedBack),
  'ar.payments.payer_linked.v1': paymentsCustomer(payments.PayerLinked),
  'ar.payments.payer_unlinked.v1': paymentsCustomer(payments.PayerUnlinked),
  'ar.payments.remittance_advice_recorded.v1': paymentsPersonal(payments.RemittanceAdviceRecorded),
  'ar.payments.remittance_advice_matched.v1': paymentsCustomer(payments.RemittanceAdviceMatched),
  'ar.payments.remittance_advice_cancelled.v1': paymentsCustomer(payments.RemittanceAdviceCancelled),
  'ar.payments.open_item_posted.v1': paymentsCustomer(payments.OpenItemPosted),
  'ar.payments.open_items_settled.v1': paymentsCustomer(payments.OpenItemsSettled),
  'ar.payments.open_items_reopened.v1': paymentsCustomer(payments.OpenItemsReopened),
  'ar.payments.open_item_closed.v1': paymentsCustomer(payments.OpenItemClosed),
  'ar.payments.unapplied_cash_placed.v1': paymentsCustomer(payments.UnappliedCashPlaced),
  'ar.payments.unapplied_cash_taken.v1': paymentsCustomer(payments.UnappliedCashTaken),
  'ar.payments.unapplied_cash_held.v1': paymentsCustomer(payments.UnappliedCashHeld),
  'ar.payments.document_void_pending.v1': paymentsCustomer(payments.DocumentVoidPending),
  'ar.payments.credit_note_posted.v1': paymentsCustomer(payments.CreditNotePosted),
  'ar.payments.credit_applied.v1': paymentsCustomer(payments.CreditApplied),
  'ar.payments.credit_unapplied.v1': paymentsCustomer(payments.CreditUnapplied),
  'ar.payments.credit_netted_of_discount.v1': paymentsCustomer(payments.CreditNettedOfDiscount),
  'ar.payments.write_off_proposed.v1': paymentsCustomer(payments.WriteOffProposed),
  'ar.payments.write_off_approved.v1': paymentsCustomer(payments.WriteOffApproved),
  'ar.payments.write_off_refused.v1': paymentsCustomer(payments.WriteOffRefused),
  'ar.payments.write_off_expired.v1': paymentsCustomer(payments.WriteOffExpired),
  'ar.payments.write_off_booked.v1': paymentsCustomer(payments.WriteOffBooked),
  'ar.payments.write_off_reversed.v1': paymentsCustomer(payments.WriteOffReversed),
  'ar.payments.write_off_recovered.v1': paymentsCustomer(payments.WriteOffRecovered),
  'ar.payments.write_off_recovery_undone.v1': paymentsCustomer(payments.WriteOffRecoveryUndone),
  'ar.payments.open_items_written_off.v1': paymentsCustomer(payments.OpenItemsWrittenOff),
  'ar.payments.open_items_reinstated.v1': paymentsCustomer(payments.OpenItemsReinstated),
  'ar.payments.recovery_booked.v1': paymentsCustomer(payments.RecoveryBooked),
  'ar.payments.recovery_taken_back.v1': paymentsCustomer(payments.RecoveryTakenBack),
  'ar.payments.cash_reserved_for_refund.v1': paymentsCustomer(payments.CashReservedForRefund),
  'ar.payments.cash_released_from_refund.v1': paymentsCustomer(payments.CashReleasedFromRefund),
  'ar.payments.credit_reserved_for_refund.v1': paymentsCustomer(payments.CreditReservedForRefund),
  'ar.payments.credit_released_from_refund.v1': paymentsCustomer(payments.CreditReleasedFromRefund),
  'ar.payments.refund_proposed.v1': paymentsPersonal(payments.RefundProposed),
  'ar.payments.refund_approved.v1': paymentsCustomer(payments.RefundApproved),
  'ar.payments.refund_refused.v1': paymentsCustomer(payments.RefundRefused),
  'ar.payments.refund_expired.v1': paymentsCustomer(payments.RefundExpired),
  'ar.payments.refund_ordered.v1': paymentsPersonal(payments.RefundOrdered),
  'ar.payments.refund_attempted.v1': paymentsCustomer(payments.RefundAttempted),
  'ar.payments.refund_paid.v1': paymentsCustomer(payments.RefundPaid),
  'ar.payments.refund_failed.v1': paymentsCustomer(payments.RefundFailed),
  'ar.payments.refund_unknown.v1': paymentsCustomer(payments.RefundUnknown),
  'ar.payments.refund_cancelled.v1': paymentsCustomer(payments.RefundCancelled),
  'ar.payments.bank_account_registered.v1': paymentsCustomer(payments.BankAccountRegistered),
  'ar.payments.bank_balance_reported.v1': paymentsCustomer(payments.BankBalanceReported),
  'ar.payments.bank_statement_received.v1': paymentsCustomer(payments.BankStatementReceived),
  'ar.payments.bank_lines_posted.v1': paymentsCustomer(payments.BankLinesPosted),
  'ar.payments.bank_statement_released.v1': paymentsCustomer(payments.BankStatementReleased),
  'ar.payments.bank_statement_discarded.v1': paymentsCustomer(payments.BankStatementDiscarded),
  'ar.payments.bank_entry_recorded.v1': paymentsPersonal(payments.BankEntryRecorded),
  'ar.payments.period_closed.v1': paymentsCustomer(payments.PeriodClosed),
  'ar.payments.period_reopened.v1': paymentsCustomer(payments.PeriodReopened),
  'ar.payments.ledger_batch_cut.v1': paymentsCustomer(payments.LedgerBatchCut),
  'ar.payments.period_revalued.v1': paymentsCustomer(payments.PeriodRevalued),
  'ar.payments.revaluation_reversed.v1': paymentsCustomer(payments.RevaluationReversed),
  'ar.payments.document_taken_on.v1': paymentsCustomer(payments.DocumentTakenOn),
  'ar.payments.credit_taken_on.v1': paymentsCustomer(payments.CreditTakenOn),
  'ar.payments.take_on_cancelled.v1': paymentsCustomer(payments.TakeOnCancelled),
  'ar.payments.credit_note_withdrawn.v1': paymentsCustomer(payments.CreditNoteWithdrawn),
  'ar.payments.bank_entry_enriched.v1': paymentsPersonal(payments.BankEntryEnriched),
  'ar.payments.bank_return_opened.v1': paymentsPersonal(payments.BankReturnOpened),
  'ar.payments.bank_return_matched.v1': paymentsCustomer(payments.BankReturnMatched),
  'ar.payments.bank_return_dismissed.v1': paymentsCustomer(payments.BankReturnDismissed),
  'ar.payments.open_item_due_changed.v1': paymentsCustomer(payments.OpenItemDueChanged),
  'ar.payments.open_item_disputed.v1': paymentsCustomer(payments.OpenItemDisputed),
  'ar.payments.open_item_dispute_ended.v1': paymentsCustomer(payments.OpenItemDisputeEnded),
  'ar.payments.mandate_registered.v1': paymentsPersonal(payments.MandateRegistered),
  'ar.payments.mandate_amended.v1': paymentsPersonal(payments.MandateAmended),
  'ar.payments.mandate_suspended.v1': paymentsCustomer(payments.MandateSuspended),
  'ar.payments.mandate_resumed.v1': paymentsCustomer(payments.MandateResumed),
  'ar.payments.mandate_used.v1': paymentsCustomer(payments.MandateUsed),
  'ar.payments.mandate_use_declined.v1': paymentsCustomer(payments.MandateUseDeclined),
  'ar.payments.mandate_cancelled.v1': paymentsCustomer(payments.MandateCancelled),
  'ar.payments.mandate_lapsed.v1': paymentsCustomer(payments.MandateLapsed),
  'ar.payments.debit_requested.v1': paymentsPersonal(payments.DebitRequested),
  'ar.payments.debit_cancelled.v1': paymentsCustomer(payments.DebitCancelled),
  'ar.payments.debit_suppressed.v1': paymentsCustomer(payments.DebitSuppressed),
  'ar.payments.debit_attempted.v1': paymentsPersonal(payments.DebitAttempted),
  'ar.payments.debit_unknown.v1': paymentsCustomer(payments.DebitUnknown),
  'ar.payments.debit_declined.v1': paymentsCustomer(payments.DebitDeclined),
  'ar.payments.debit_collected.v1': paymentsCustomer(payments.DebitCollected),
  'ar.payments.debit_returned.v1': paymentsCustomer(payments.DebitReturned),
  'ar.payments.debit_abandoned.v1': paymentsCustomer(payments.DebitAbandoned),
  'ar.payments.debit_items_taken.v1': paymentsCustomer(payments.DebitItemsTaken),
  'ar.payments.debit_items_released.v1': paymentsCustomer(payments.DebitItemsReleased),
  'ar.payments.debit_file_cut.v1': paymentsCustomer(payments.DebitFileCut),
  'ar.payments.pay_link_created.v1': paymentsCustomer(payments.PayLinkCreated),
  'ar.payments.pay_link_cancelled.v1': paymentsCustomer(payments.PayLinkCancelled),
  'ar.payments.pay_link_expired.v1': paymentsCustomer(payments.PayLinkExpired),
  'ar.payments.pay_link_paid.v1': paymentsCustomer(payments.PayLinkPaid),

  'ar.credit.customer_registered.v1': creditPersonal(credit.CustomerRegistered),
  'ar.credit.customer_updated.v1': creditPersonal(credit.CustomerUpdated),
  'ar.credit.credit_limit_set.v1': creditCustomer(credit.CreditLimitSet),
  'ar.credit.credit_reserved.v1': creditCustomer(credit.CreditReserved),
  'ar.credit.reservation_cancelled.v1': creditCustomer(credit.ReservationCancelled),
  'ar.credit.reservation_converted.v1': creditCustomer(credit.ReservationConverted),
  'ar.credit.reservation_expired.v1': creditCustomer(credit.ReservationExpired),
  'ar.credit.credit_hold_placed.v1': creditCustomer(credit.CreditHoldPlaced),
  'ar.credit.credit_hold_released.v1': creditCustomer(credit.CreditHoldReleased),

  'ar.reminders.dunning_case_opened.v1': remindersCustomer(reminders.DunningCaseOpened),
  'ar.reminders.dunning_case_closed.v1': remindersCustomer(reminders.DunningCaseClosed),
  'ar.reminders.dunning_level_raised.v1': remindersCustomer(reminders.DunningLevelRaised),
  'ar.reminders.dunning_level_taken_on.v1': remindersCustomer(reminders.DunningLevelTakenOn),
  'ar.reminders.reminder_requested.v1': remindersCustomer(reminders.ReminderRequested),
  'ar.reminders.reminder_attempted.v1': remindersPersonal(reminders.ReminderAttempted),
  'ar.reminders.reminder_sent.v1': remindersCustomer(reminders.ReminderSent),
  'ar.reminders.reminder_failed.v1': remindersCustomer(reminders.ReminderFailed),
  'ar.reminders.reminder_unknown.v1': remindersCustomer(reminders.ReminderUnknown),
  'ar.reminders.reminder_suppressed.v1': remindersCustomer(reminders.ReminderSuppressed),
  'ar.reminders.reminder_repeated.v1': remindersCustomer(reminders.ReminderRepeated),
  'ar.reminders.dunning_paused.v1': remindersCustomer(reminders.DunningPaused),
  'ar.reminders.dunning_resumed.v1': remindersCustomer(reminders.DunningResumed),
  'ar.reminders.debit_notice_requested.v1': remindersCustomer(reminders.DebitNoticeRequested),
  'ar.reminders.debit_notice_attempted.v1': remindersPersonal(reminders.DebitNoticeAttempted),
  'ar.reminders.debit_notice_sent.v1': remindersCustomer(reminders.DebitNoticeSent),
  'ar.reminders.debit_notice_failed.v1': remindersCustomer(reminders.DebitNoticeFailed),
  'ar.reminders.debit_notice_unknown.v1': remindersCustomer(reminders.DebitNoticeUnknown),
  'ar.reminders.debit_notice_suppressed.v1': remindersCustomer(reminders.DebitNoticeSuppressed),
  'ar.reminders.debit_notice_repeated.v1': remindersCustomer(reminders.DebitNoticeRepeated),

  'ar.collections.collection_case_opened.v1': collectionsCustomer(collections.CollectionCaseOpened),
  'ar.collections.collection_case_closed.v1': collectionsCustomer(collections.CollectionCaseClosed),
  'ar.collections.contact_recorded.v1': collectionsPersonal(collections.ContactRecorded),
  'ar.collections.promise_made.v1': collectionsPersonal(collections.PromiseMade),
  'ar.collections.promise_kept.v1': collectionsCustomer(collections.PromiseKept),
  'ar.collections.promise_partly_kept.v1': collectionsCustomer(collections.PromisePartlyKept),
  'ar.collections.promise_broken.v1': collectionsCustomer(collections.PromiseBroken),
  'ar.collections.promise_withdrawn.v1': collectionsCustomer(collections.PromiseWithdrawn),
  'ar.collections.promise_superseded.v1': collectionsCustomer(collections.PromiseSuperseded),
  'ar.collections.dispute_opened.v1': collectionsPersonal(collections.DisputeOpened),
  'ar.collections.dispute_resolved.v1': collectionsCustomer(collections.DisputeResolved),
  'ar.collections.dispute_closed.v1': collectionsCustomer(collections.DisputeClosed),
} satisfies Record<string, Registered>;

export type EventType = keyof typeof registry;
/** The content of each type of event, as a reader gets it. */
export type Contract = { readonly [T in EventType]: (typeof registry)[T] extends { readonly message: Message<infer M> } ? M : never };

export const isEventType = (type: string): type is EventType => Object.hasOwn(registry, type);

/** The content of an event from the JSON of the log. Unknown fields are ignored; what is absent has its default. */
export function decode<T extends EventType>(type: T, json: unknown): Contract[T] {
  return registry[type].message.fromJSON(json) as Contract[T];
}

/** The JSON of the log from the content of an event: snake_case names, enums by name, defaults left out. */
export function encode<T extends EventType>(type: T, content: Contract[T]): unknown {
  return (registry[type].message as Message<unknown>).toJSON(content);
}

/** The type on the wire of a service's stored event: `invoicing`, `InvoiceIssued` → `ar.invoicing.invoice_issued.v1`. Throws when it is not registered. */
export function typeName(owner: string, stored: string): EventType {
  const type = `ar.${owner}.${stored.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase()}.v1`;
  if (!isEventType(type)) throw new Error(`${owner} has no contract for its event ${stored}: ${type} is not registered`);
  return type;
}

/** The full name of an event's message: `ar.invoicing.invoice_issued.v1` → `ar.invoicing.v1.InvoiceIssued`. */
export function schemaName(type: EventType): string {
  const [, owner, name, version] = type.split('.') as [string, string, string, string];
  return `ar.${owner}.${version}.${name.split('_').map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}`;
}
