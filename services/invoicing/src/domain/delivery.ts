// One document on its way to its customer by e-mail, once (INV-03).
//
// - It is queued when a document is issued whose customer wants it, or when a person asks for it: another one then, with a life of its own.
// - Before it leaves it is decided on what is known then: a document that is void meanwhile, or one without an address, is held back with the reason.
// - The mail server takes it, says no, or falls silent. What failed is attempted three times in all; what is unknown is never repeated by itself.
// - The mail system may report later that it was delivered, or that it bounced. The last word counts; a report about what never left is refused.
// - A document is undelivered while the last that is known of it is that it bounced, failed for good or was held back for want of an address or of XML.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Day } from '@ar/domain/day.js';
import { isRefusal, refuse } from '@ar/domain/decider.js';
import { effect, type EffectEvent, type EffectRefusal, type EffectState } from '@ar/domain/effect.js';
import type { DocumentType } from './tenant.js';

/** What is delivered, to whom. The id of a delivery is its effect key. */
export interface DeliveryOf { readonly deliveryId: string; readonly customerId: string; readonly documentType: DocumentType; readonly documentId: string; readonly documentNumber: string }
export interface DeliveryWish { readonly attachXml: boolean; readonly requestedBy: 'issue' | 'person'; /** Empty: the customer's own address, with the copies that it wants. */ readonly pii: { readonly keyId: string; readonly data: { readonly to: readonly string[] } } }
/** A file of the mail: the document itself, its XML, or one that was attached to it. */
export interface DeliveryFile { readonly fileName: string; readonly mimeType: string; readonly attachmentId: string }
/** The mail as it leaves; the bytes of its files follow from the document, which never changes. */
export interface DeliveryContent { readonly sender: string; readonly files: readonly DeliveryFile[]; readonly pii: { readonly keyId: string; readonly data: { readonly to: readonly string[]; readonly copyTo: readonly string[]; readonly subject: string; readonly body: string } } }
export type HeldBack = 'document-voided' | 'no-address' | 'no-sender' | 'xml-refused';

export type DeliveryEvent =
  | { type: 'DeliveryRequested'; requestedOn: Day } & DeliveryOf & DeliveryWish
  | { type: 'DeliveryAttempted'; attempt: number } & DeliveryOf & DeliveryContent
  | { type: 'DeliverySent'; attempt: number; detail: string } & DeliveryOf
  | { type: 'DeliveryFailed'; attempt: number; detail: string; again: boolean } & DeliveryOf
  | { type: 'DeliveryUnknown'; attempt: number; detail: string } & DeliveryOf
  | { type: 'DeliverySuppressed'; attempt: number; reason: HeldBack; detail: string } & DeliveryOf
  | { type: 'DeliveryConfirmed'; detail: string } & DeliveryOf
  | { type: 'DeliveryBounced'; code: string; detail: string } & DeliveryOf;

export type DeliveryCommand =
  | { type: 'Request'; today: Day } & DeliveryOf & DeliveryWish
  | { type: 'RequireNote'; documentType: 'credit-note' | 'debit-note'; documentId: string; known: boolean; issued: boolean }
  | { type: 'Attempt'; attempt: number } & DeliveryContent
  | { type: 'Suppress'; attempt: number; reason: HeldBack; detail: string }
  | { type: 'RecordOutcome'; attempt: number; outcome: 'sent' | 'failed' | 'unknown'; detail: string }
  | { type: 'Report'; outcome: 'delivered' | 'bounced'; code: string; detail: string };

export type DeliveryRefusal = 'credit-note-not-found' | 'credit-note-not-issued' | 'debit-note-not-found' | 'delivery-exists' | 'delivery-not-found' | 'delivery-not-sent' | EffectRefusal;
export type DeliveryState = { readonly status: 'none' } | { readonly status: 'known'; readonly of: DeliveryOf; readonly wish: DeliveryWish; readonly sending: EffectState; readonly reported: 'delivered' | 'bounced' | '' };

const sending = effect<null>(3);

/** Whether its customer may have the document by it: it left, or nobody knows, and it did not come back. */
export const mayHaveArrived = (state: DeliveryState): boolean =>
  state.status === 'known' && state.reported !== 'bounced' && (state.sending.status === 'attempted' || state.sending.status === 'sent' || state.sending.status === 'unknown');

export const delivery: Aggregate<DeliveryState, DeliveryCommand, DeliveryEvent, DeliveryRefusal> = {
  type: 'delivery',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.of.customerId),

  decide(command, state) {
    if (command.type === 'Request') {
      if (state.status !== 'none') return refuse('delivery-exists', { deliveryId: command.deliveryId });
      const { type: _, today, ...rest } = command;
      return [{ type: 'DeliveryRequested', ...rest, requestedOn: today }];
    }
    if (command.type === 'RequireNote') {
      const { documentType, documentId, known, issued } = command;
      if (documentType === 'debit-note') return known ? [] : refuse('debit-note-not-found', { debitNoteId: documentId });
      if (!known) return refuse('credit-note-not-found', { creditNoteId: documentId });
      return issued ? [] : refuse('credit-note-not-issued', { creditNoteId: documentId });
    }
    if (state.status === 'none') return refuse('delivery-not-found');
    const { of, sending: at, reported } = state;
    switch (command.type) {
      case 'Attempt': {
        const { type: _, ...content } = command;
        const answer = sending.decide({ type: 'ClaimEffect', attempt: command.attempt, content: null }, at);
        return isRefusal(answer) ? answer : [{ type: 'DeliveryAttempted', ...of, ...content }];
      }
      case 'Suppress': {
        const { type: _, ...why } = command;
        const answer = sending.decide({ type: 'SuppressEffect', attempt: command.attempt, reason: command.reason }, at);
        return isRefusal(answer) ? answer : [{ type: 'DeliverySuppressed', ...of, ...why }];
      }
      case 'RecordOutcome': {
        const { attempt, outcome, detail } = command;
        const answer = sending.decide({ type: 'RecordOutcome', attempt, outcome, detail }, at);
        if (isRefusal(answer)) return answer;
        return answer.flatMap((event): readonly DeliveryEvent[] => {
          switch (event.type) {
            case 'EffectSent': return [{ type: 'DeliverySent', ...of, attempt, detail }];
            case 'EffectUnknown': return [{ type: 'DeliveryUnknown', ...of, attempt, detail }];
            case 'EffectFailed': return [{ type: 'DeliveryFailed', ...of, attempt, detail, again: event.again }];
            case 'EffectRequested':
            case 'EffectAttempted':
            case 'EffectSuppressed':
            case 'EffectRepeated': return []; // not what an outcome leads to
          }
        });
      }
      case 'Report': {
        const { outcome, code, detail } = command;
        if (at.status !== 'sent' && at.status !== 'unknown' && at.status !== 'attempted') return refuse('delivery-not-sent', { deliveryId: of.deliveryId, status: at.status });
        if (outcome === reported) return []; // told twice
        return [outcome === 'delivered' ? { type: 'DeliveryConfirmed', ...of, detail } : { type: 'DeliveryBounced', ...of, code, detail }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'DeliveryRequested') {
      const { type: _, requestedOn: _on, attachXml, requestedBy, pii, ...of } = event;
      return { status: 'known', of, wish: { attachXml, requestedBy, pii }, sending: sending.evolve(sending.initial, { type: 'EffectRequested', key: of.deliveryId }), reported: '' };
    }
    if (state.status === 'none') return state;
    const key = state.of.deliveryId;
    const moved = (to: EffectEvent<null>): DeliveryState => ({ ...state, sending: sending.evolve(state.sending, to) });
    switch (event.type) {
      case 'DeliveryAttempted': return moved({ type: 'EffectAttempted', key, attempt: event.attempt, content: null });
      case 'DeliverySent': return moved({ type: 'EffectSent', key, attempt: event.attempt, detail: '' });
      case 'DeliveryFailed': return moved({ type: 'EffectFailed', key, attempt: event.attempt, detail: '', again: event.again });
      case 'DeliveryUnknown': return moved({ type: 'EffectUnknown', key, attempt: event.attempt, detail: '' });
      case 'DeliverySuppressed': return moved({ type: 'EffectSuppressed', key, attempt: event.attempt, reason: '' });
      case 'DeliveryConfirmed': return { ...state, reported: 'delivered' };
      case 'DeliveryBounced': return { ...state, reported: 'bounced' };
    }
  },
};
