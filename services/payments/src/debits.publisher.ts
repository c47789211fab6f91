// Mandates, direct debits and pay links: stored event → contract event, spread into the one table of the service.
import type { Publisher } from '@ar/runtime/forms.js';
import { CollectedBy, DebitAbandonment, DebitItemsEnd, DebitTurn, DebitSuppression, MandateScheme } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import { BANK } from './domain/bank-account.js';
import type { DebitEvent } from './domain/debit.js';
import type { DebitFileEvent } from './domain/debit-file.js';
import type { DebitItemsEvent } from './domain/debit-items.js';
import type { Debtor, MandateEvent } from './domain/mandate.js';
import type { PayLinkEvent } from './domain/pay-link.js';

export const schemes = { 'sepa-core': MandateScheme.SEPA_CORE, 'sepa-b2b': MandateScheme.SEPA_B2B, generic: MandateScheme.GENERIC } as const;
export const collectors = { provider: CollectedBy.PROVIDER, file: CollectedBy.FILE } as const;
const turns = { first: DebitTurn.FIRST, recurrent: DebitTurn.RECURRENT, 'one-off': DebitTurn.ONE_OFF, final: DebitTurn.FINAL } as const;
const suppressions = { 'nothing-open': DebitSuppression.NOTHING_OPEN, 'mandate-suspended': DebitSuppression.MANDATE_SUSPENDED, 'mandate-ended': DebitSuppression.MANDATE_ENDED, paused: DebitSuppression.PAUSED } as const;
const abandonments = { 'hard-decline': DebitAbandonment.HARD_DECLINE, 'attempts-used-up': DebitAbandonment.ATTEMPTS_USED_UP } as const;
const ends = { collected: DebitItemsEnd.COLLECTED, 'given-up': DebitItemsEnd.GIVEN_UP, cancelled: DebitItemsEnd.CANCELLED, 'nothing-to-collect': DebitItemsEnd.NOTHING_TO_COLLECT } as const;

const money = (minor: number, currency: string) => ({ minor, currency });
const wanted = (items: readonly { readonly itemId: string; readonly asked: number | null }[], currency: string) => items.map((i) => ({ itemId: i.itemId, ...(i.asked === null ? {} : { amount: money(i.asked, currency) }) }));
const pii = (data: Debtor) => ({ keyId: '', data });
const former = (iban: string) => (iban === '' ? {} : { formerPii: { keyId: '', data: { name: '', iban, bic: '', token: '' } } });
const of = (e: { readonly debitId: string; readonly customer: string }) => ({ debitId: e.debitId, customerId: e.customer });
const ofMandate = (e: { readonly mandateId: string; readonly customer: string }) => ({ mandateId: e.mandateId, customerId: e.customer });

const ofLink = (e: { readonly payLinkId: string; readonly customer: string }) => ({ payLinkId: e.payLinkId, customerId: e.customer });

export type DebitsEvent = MandateEvent | DebitEvent | DebitItemsEvent | DebitFileEvent | PayLinkEvent;
export const debitsPublisher: Publisher<DebitsEvent> = {
  MandateRegistered: (e) => ({ ...ofMandate(e), scheme: schemes[e.scheme], reference: e.reference, signedDate: e.signedOn, pii: pii(e.debtor), oneOff: e.oneOff, collectedBy: collectors[e.collectedBy], autopay: e.autopay }),
  MandateAmended: (e) => ({ ...ofMandate(e), pii: pii(e.debtor), ...former(e.formerIban), amendedBy: e.by, reason: e.reason }),
  MandateSuspended: (e) => ({ ...ofMandate(e), suspendedBy: e.by, reason: e.reason, code: e.code }),
  MandateResumed: (e) => ({ ...ofMandate(e), resumedBy: e.by, reason: e.reason }),
  MandateUsed: (e) => ({ ...ofMandate(e), debitId: e.debitId, turn: turns[e.turn], collectDate: e.collectOn, creditorId: e.creditorId ?? '' }),
  MandateUseDeclined: (e) => ({ ...ofMandate(e), debitId: e.debitId, code: e.code, again: e.again }),
  MandateCancelled: (e) => ({ ...ofMandate(e), cancelledBy: e.by, reason: e.reason, code: e.code }),
  MandateLapsed: (e) => ({ ...ofMandate(e), lastUsedDate: e.lastUsedOn }),
  DebitRequested: (e) => ({
    ...of(e), mandateId: e.mandateId, scheme: schemes[e.scheme], mandateReference: e.reference, collectedBy: collectors[e.collectedBy], items: wanted(e.items, e.currency),
    amount: money(e.announcedMinor, e.currency), collectDate: e.collectOn, noticeDays: e.noticeDays, final: e.final, pii: pii(e.debtor), requestedBy: e.by, policyVersion: e.policyVersion,
  }),
  DebitCancelled: (e) => ({ ...of(e), cancelledBy: e.by, reason: e.reason }),
  DebitSuppressed: (e) => ({ ...of(e), attempt: e.attempt, reason: suppressions[e.reason] }),
  DebitAttempted: (e) => ({
    ...of(e), attempt: e.attempt, amount: money(e.minor, e.currency), items: e.shares.map((s) => ({ itemId: s.itemId, amount: money(s.minor, e.currency) })), collectDate: e.collectOn, endToEndId: e.endToEndId, debitFileId: e.fileId,
    scheme: schemes[e.scheme], mandateReference: e.reference, signedDate: e.signedOn, turn: turns[e.turn], pii: pii(e.debtor), ...former(e.formerIban), formerCreditorId: e.formerCreditorId ?? '',
  }),
  DebitUnknown: (e) => ({ ...of(e), attempt: e.attempt, detail: e.detail }),
  DebitDeclined: (e) => ({ ...of(e), attempt: e.attempt, code: e.code, hard: e.hard, retryDate: e.retryOn ?? '' }),
  DebitCollected: (e) => ({ ...of(e), attempt: e.attempt, amount: money(e.minor, e.currency), receiptId: e.receiptId, reference: e.reference, valueDate: e.valueOn }),
  DebitReturned: (e) => ({ ...of(e), attempt: e.attempt, amount: money(e.minor, e.currency), receiptId: e.receiptId, code: e.code, hard: e.hard, retryDate: e.retryOn ?? '' }),
  DebitAbandoned: (e) => ({ ...of(e), attempt: e.attempt, code: e.code, cause: abandonments[e.cause] }),
  DebitItemsTaken: (e) => ({ ...of(e), itemIds: e.itemIds }),
  DebitItemsReleased: (e) => ({ ...of(e), itemIds: e.itemIds, end: ends[e.end] }),
  DebitFileCut: (e) => ({ debitFileId: e.fileId, customerId: BANK, debits: e.debits, total: money(e.minor, e.currency), creditorName: e.creditor.name, creditorIban: e.creditor.iban, creditorId: e.creditor.creditorId, cutBy: e.by }),
  PayLinkCreated: (e) => ({ ...ofLink(e), currencyCode: e.currency, items: wanted(e.items, e.currency), documentId: e.documentId, ...(e.minor === null ? {} : { amount: money(e.minor, e.currency) }), expiryDate: e.expiresOn, createdBy: e.by }),
  PayLinkCancelled: (e) => ({ ...ofLink(e), cancelledBy: e.by, reason: e.reason }),
  PayLinkExpired: (e) => ofLink(e),
  PayLinkPaid: (e) => ({ ...ofLink(e), reference: e.reference, amount: money(e.minor, e.currency), receiptId: e.receiptId }),
};
