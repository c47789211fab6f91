// A pay link: what a customer may pay by an address, until it expires (PAY-02).
//
// - It is for named open items, for what is due of a document (or its next instalment where nothing is due), or for an amount; one of the three.
// - What is to be paid is what is open when it is looked at, and when it is paid: nothing is kept for it.
// - It ends when it is paid by, cancelled, or its last day is over. It is made for a day to come.
// - Money that came in by it is recorded whatever has become of it, each payment of the provider once.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import { derivedReceiptId } from './receipt-id.js';

export interface PayLinkFacts {
  readonly payLinkId: string;
  readonly customer: string;
  readonly currency: string;
  /** `asked` null: all that is open. */
  readonly items: readonly { readonly itemId: string; readonly asked: number | null }[];
  readonly documentId: string;
  /** null: for items or a document. */
  readonly minor: number | null;
  readonly expiresOn: Day;
  readonly by: string;
}
interface OfLink { readonly payLinkId: string; readonly customer: string }
export type PayLinkEvent =
  | { type: 'PayLinkCreated' } & PayLinkFacts
  | { type: 'PayLinkCancelled'; by: string; reason: string } & OfLink
  | { type: 'PayLinkExpired' } & OfLink
  | { type: 'PayLinkPaid'; reference: string; minor: number; currency: string; receiptId: string } & OfLink;
export type PayLinkCommand =
  /** `open`: of its items those that are; `documentOpen`: whether anything is of its document. */
  | { type: 'Create'; today: Day; customerKnown: boolean; open: readonly string[]; documentOpen: boolean } & PayLinkFacts
  | { type: 'Cancel'; payLinkId: string; by: string; reason: string }
  | { type: 'Expire'; today: Day }
  | { type: 'RecordPayment'; reference: string; minor: number; currency: string };
export type PayLinkRefusal = 'pay-link-exists' | 'pay-link-not-found' | 'pay-link-ended' | 'pay-link-without-content' | 'pay-link-contents-several' | 'pay-link-expiry-passed' | 'customer-not-found' | 'open-item-not-found' | 'application-item-twice';
export type PayLinkState = { readonly status: 'none' } | { readonly status: 'open' | 'paid' | 'cancelled' | 'expired'; readonly facts: PayLinkFacts; /** The provider's references of what was paid. */ readonly payments: readonly string[] };

const FURTHEST_AHEAD = 366;
/** The receipt of a payment: one, however often it is told. */
export const receiptIdOfPayment = (payLinkId: string, reference: string): string => derivedReceiptId('pay-link', payLinkId, reference);

export const payLink: Aggregate<PayLinkState, PayLinkCommand, PayLinkEvent, PayLinkRefusal> = {
  type: 'pay-link',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.facts.customer),

  decide(command, state) {
    if (command.type === 'Create') {
      const { type: _type, today, customerKnown, open, documentOpen, ...facts } = command;
      if (state.status !== 'none') return refuse('pay-link-exists', { payLinkId: facts.payLinkId });
      if (!customerKnown) return refuse('customer-not-found', { customer: facts.customer });
      const contents = [facts.items.length > 0 ? 'items' : '', facts.documentId === '' ? '' : 'document_id', facts.minor === null ? '' : 'amount'].filter((c) => c !== '');
      if (contents.length === 0) return refuse('pay-link-without-content', { field: 'items', help: 'one of items, document_id and amount is needed' });
      if (contents.length > 1) return refuse('pay-link-contents-several', { contents: contents.join(', ') });
      if (facts.expiresOn < today || facts.expiresOn > daysAfter(today, FURTHEST_AHEAD)) return refuse('pay-link-expiry-passed', { expiryOn: facts.expiresOn, today });
      const missing = facts.items.find((i) => !open.includes(i.itemId));
      if (missing) return refuse('open-item-not-found', { itemId: missing.itemId });
      const twice = facts.items.find((i, n) => facts.items.findIndex((o) => o.itemId === i.itemId) < n);
      if (twice) return refuse('application-item-twice', { itemId: twice.itemId });
      return facts.documentId !== '' && !documentOpen ? refuse('open-item-not-found', { documentId: facts.documentId }) : [{ type: 'PayLinkCreated', ...facts }];
    }
    if (state.status === 'none') return refuse('pay-link-not-found', { payLinkId: 'payLinkId' in command ? command.payLinkId : '' });
    const of = { payLinkId: state.facts.payLinkId, customer: state.facts.customer };
    switch (command.type) {
      case 'Cancel': return state.status === 'open' ? [{ type: 'PayLinkCancelled', ...of, by: command.by, reason: command.reason }] : refuse('pay-link-ended', { status: state.status });
      case 'Expire': return state.status === 'open' && command.today > state.facts.expiresOn ? [{ type: 'PayLinkExpired', ...of }] : [];
      case 'RecordPayment': {
        const { reference, minor, currency } = command;
        return state.payments.includes(reference) ? [] : [{ type: 'PayLinkPaid', ...of, reference, minor, currency, receiptId: receiptIdOfPayment(of.payLinkId, reference) }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'PayLinkCreated') { const { type: _type, ...facts } = event; return { status: 'open', facts, payments: [] }; }
    if (state.status === 'none') return state; // its history begins with its making
    switch (event.type) {
      case 'PayLinkCancelled': return { ...state, status: 'cancelled' };
      case 'PayLinkExpired': return { ...state, status: 'expired' };
      case 'PayLinkPaid': return { ...state, status: 'paid', payments: [...state.payments, event.reference] };
    }
  },
};

/** An open item as a link sees it. */
export interface Payable { readonly itemId: string; readonly documentId: string; readonly openMinor: number; readonly dueOn: Day }

/** What is to be paid by it on a day, the item due first first: at most what was asked of each. An amount is of no items. */
export function payableBy({ items, documentId }: Pick<PayLinkFacts, 'items' | 'documentId'>, open: readonly Payable[], today: Day): readonly { readonly itemId: string; readonly minor: number }[] {
  if (documentId === '') return items.flatMap(({ itemId, asked }) => { const found = open.find((o) => o.itemId === itemId); return found ? [{ itemId, minor: Math.min(asked ?? found.openMinor, found.openMinor) }] : []; });
  const of = open.filter((o) => o.documentId === documentId).sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : a.itemId < b.itemId ? -1 : 1));
  const due = of.filter((o) => o.dueOn <= today);
  return (due.length > 0 ? due : of.slice(0, 1)).map(({ itemId, openMinor }) => ({ itemId, minor: openMinor }));
}
