// A credit note as the ledger has it, and what it was used for (INV-07).
//
// - It is posted once, with what it gives. What it gives is the customer's credit, kept on the account like cash.
// - It is used in groups, never beyond what is left of it: for the invoice that it credits, by the rules, or for what a person names.
// - A use is taken back whole by a person, from the business date or an earlier day that is given; for some items or whole where what it settled is void. What it had used is left again.
// - Where what it credits was paid with an early-payment discount, it is net of that: the discount is taken back from it, and given again where the payment goes back.
// - What is left of it may be kept for refunds, never more than is left; a refund that comes to nothing gives it back.
// - What was taken on from another system by mistake is withdrawn, while nothing of it was used: it gives nothing any more.
// - amount = applied + unapplied + refunded + discount taken back + withdrawn.
import type { Aggregate } from '@ar/domain/aggregate.js';
import type { Counted } from '@ar/domain/counted.js';
import type { Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import type { Money } from '@ar/domain/money.js';
import type { ApplicationRule } from '@ar/domain/policies.js';
import { type Application, sum } from './account.js';
import { dateOf } from './receipt.js';
import type { TakenBack } from './credit-discount.js';
import type { Step } from './cash-application.js';

/** Who said for which items: the credit note itself, a rule, the payer, or a person. */
export type CreditUse = 'own-invoice' | ApplicationRule | 'remittance-advice' | 'person';

/** How its credit waits, wherever it is free again: since which day, and whether it is left alone on purpose. As it was issued, but for what was taken on. */
export interface Placing { readonly valueOn: Day; readonly onAccount: boolean }

interface OfCredit { readonly creditNoteId: string; readonly customer: string; readonly currency: string }
export type PostedCreditEvent = OfCredit & (
  | { type: 'CreditNotePosted'; number: string; invoiceId: string; minor: number; effectiveOn: Day; /** What it is worth in the tenant's base currency, where it is known. */ inBase?: Money } & Partial<Placing> & Counted
  | { type: 'CreditApplied'; groupId: string; rule: CreditUse; applications: readonly Application[]; unappliedMinor: number; trace: readonly Step[]; policyVersion: number; effectiveOn: Day }
  | { type: 'CreditUnapplied'; groupId: string; applications: readonly Application[]; unappliedMinor: number; cause: 'void' | 'unapplication'; reason?: string; effectiveOn: Day }
  | { type: 'CreditReservedForRefund'; refundId: string; minor: number; unappliedMinor: number; effectiveOn: Day }
  | { type: 'CreditReleasedFromRefund'; refundId: string; minor: number; unappliedMinor: number; effectiveOn: Day }
  | { type: 'CreditNoteWithdrawn'; minor: number; effectiveOn: Day }
  /** The discount in all, as it is from now on. */
  | { type: 'CreditNettedOfDiscount'; discount: TakenBack; unappliedMinor: number; effectiveOn: Day });

export type PostedCreditCommand =
  | OfCredit & { type: 'Post'; number: string; invoiceId: string; minor: number; issuedOn: Day; inBase?: Money } & Partial<Placing>
  /** Whether it may be used for amounts in that currency: asked before the account is. */
  | { type: 'AskToUse'; creditNoteId: string; currencies: readonly string[] }
  | { type: 'Apply'; groupId: string; rule: CreditUse; applications: readonly Application[]; trace: readonly Step[]; policyVersion: number }
  /** Some items of a group; `openMinor` is what is open of them before. */
  | { type: 'Unapply'; groupId: string; itemIds: readonly string[]; openMinor: Readonly<Record<string, number>>; effectiveOn: Day }
  /** A whole group; `effectiveOn` null: the business date. */
  | { type: 'TakeBack'; creditNoteId: string; groupId: string; openMinor: Readonly<Record<string, number>>; today: Day; effectiveOn: Day | null; reason: string }
  /** `minor` null: all that is left. */
  | { type: 'ReserveForRefund'; refundId: string; minor: number | null; effectiveOn: Day }
  | { type: 'ReleaseFromRefund'; refundId: string; effectiveOn: Day }
  | { type: 'NetOfDiscount'; discount: TakenBack; today: Day }
  | { type: 'Withdraw'; creditNoteId: string; effectiveOn: Day };

export type PostedCreditRefusal = 'credit-note-exists' | 'credit-note-not-found' | 'credit-over-applied' | 'taken-on-in-use' | 'refund-above-refundable' | 'currency-mismatch' | 'application-empty' | 'application-group-not-found' | 'effective-date-before-original' | 'effective-date-in-future';

export type PostedCreditState =
  | { readonly status: 'none' }
  | (OfCredit & { readonly status: 'posted'; readonly invoiceId: string; readonly issuedOn: Day; readonly placing: Placing; readonly minor: number; readonly inBase?: Money; readonly discount: TakenBack; readonly unappliedMinor: number; readonly groups: Readonly<Record<string, readonly Application[]>>; readonly groupCount: number; readonly refunds: Readonly<Record<string, number>> });

export const postedCreditNote: Aggregate<PostedCreditState, PostedCreditCommand, PostedCreditEvent, PostedCreditRefusal> = {
  type: 'posted-credit-note',
  initial: { status: 'none' },
  customer: (_id, state) => (state.status === 'none' ? '' : state.customer),

  decide(command, state) {
    if (command.type === 'Post') {
      const { creditNoteId, customer, currency, number, invoiceId, minor, issuedOn, valueOn, onAccount, inBase } = command;
      return state.status === 'none' ? [{ type: 'CreditNotePosted', creditNoteId, customer, currency, number, invoiceId, minor, effectiveOn: issuedOn, ...(valueOn === undefined ? {} : { valueOn }), ...(onAccount ? { onAccount } : {}), ...(inBase ? { inBase } : {}) }] : refuse('credit-note-exists', { creditNoteId });
    }
    if (state.status === 'none') return refuse('credit-note-not-found', { creditNoteId: 'creditNoteId' in command ? command.creditNoteId : '' });
    const { creditNoteId, customer, currency } = state;
    const of = { creditNoteId, customer, currency };
    switch (command.type) {
      case 'AskToUse': {
        const other = command.currencies.find((c) => c !== currency);
        return other === undefined ? [] : refuse('currency-mismatch', { currency, askedCurrency: other });
      }
      case 'Apply': {
        const { groupId, rule, applications, trace, policyVersion } = command;
        if (applications.length === 0) return refuse('application-empty');
        const unappliedMinor = state.unappliedMinor - sum(applications);
        if (unappliedMinor < 0) return refuse('credit-over-applied', { unappliedMinor: state.unappliedMinor, askedMinor: sum(applications), currency });
        return [{ type: 'CreditApplied', ...of, groupId, rule, applications, unappliedMinor, trace, policyVersion, effectiveOn: applications.map((a) => a.effectiveOn).sort()[0]! }];
      }
      case 'TakeBack': {
        const { groupId, openMinor, today, reason } = command;
        const group = state.groups[groupId];
        if (!group) return refuse('application-group-not-found', { groupId });
        const effectiveOn = dateOf(command, group, state.issuedOn, today);
        if ('refused' in effectiveOn) return effectiveOn;
        const applications = group.map((a) => ({ ...a, openMinor: (openMinor[a.item.itemId] ?? 0) + a.minor }));
        return [{ type: 'CreditUnapplied', ...of, groupId, applications, unappliedMinor: state.unappliedMinor + sum(applications), cause: 'unapplication', reason, effectiveOn: effectiveOn.on }];
      }
      case 'ReserveForRefund': {
        const { refundId, effectiveOn } = command;
        const minor = command.minor ?? state.unappliedMinor;
        if (minor <= 0 || minor > state.unappliedMinor) return refuse('refund-above-refundable', { refundableMinor: state.unappliedMinor, askedMinor: minor, currency });
        return [{ type: 'CreditReservedForRefund', ...of, refundId, minor, unappliedMinor: state.unappliedMinor - minor, effectiveOn }];
      }
      case 'ReleaseFromRefund': {
        const minor = state.refunds[command.refundId];
        return minor === undefined ? [] : [{ type: 'CreditReleasedFromRefund', ...of, refundId: command.refundId, minor, unappliedMinor: state.unappliedMinor + minor, effectiveOn: command.effectiveOn }];
      }
      case 'Withdraw': {
        const { minor, unappliedMinor } = state;
        return unappliedMinor === minor && minor > 0 ? [{ type: 'CreditNoteWithdrawn', ...of, minor, effectiveOn: command.effectiveOn }] : refuse('taken-on-in-use', { creditNoteId, unappliedMinor, originalMinor: minor, currency });
      }
      case 'NetOfDiscount': {
        const { discount, today } = command;
        const unappliedMinor = state.unappliedMinor - (discount.minor - state.discount.minor);
        if (unappliedMinor < 0) return refuse('credit-over-applied', { unappliedMinor: state.unappliedMinor, askedMinor: discount.minor - state.discount.minor, currency });
        return [{ type: 'CreditNettedOfDiscount', ...of, discount, unappliedMinor, effectiveOn: today }];
      }
      case 'Unapply': {
        const { groupId, itemIds, openMinor, effectiveOn } = command;
        const applications = (state.groups[groupId] ?? []).filter((a) => itemIds.includes(a.item.itemId)).map((a) => ({ ...a, openMinor: (openMinor[a.item.itemId] ?? 0) + a.minor }));
        if (applications.length === 0) return refuse('application-empty');
        return [{ type: 'CreditUnapplied', ...of, groupId, applications, unappliedMinor: state.unappliedMinor + sum(applications), cause: 'void', effectiveOn }];
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'CreditNotePosted') {
      const { creditNoteId, customer, currency, invoiceId, minor, effectiveOn, originalOn = effectiveOn, valueOn = originalOn, onAccount = false, inBase } = event;
      return { status: 'posted', creditNoteId, customer, currency, invoiceId, issuedOn: originalOn, placing: { valueOn, onAccount }, minor, ...(inBase ? { inBase } : {}), discount: { minor: 0, taxMinor: 0 }, unappliedMinor: minor, groups: {}, groupCount: 0, refunds: {} };
    }
    if (state.status === 'none') return state; // its history begins with its posting
    switch (event.type) {
      case 'CreditNettedOfDiscount': return { ...state, discount: event.discount, unappliedMinor: event.unappliedMinor };
      case 'CreditNoteWithdrawn': return { ...state, minor: state.minor - event.minor, unappliedMinor: 0 };
      case 'CreditReservedForRefund': return { ...state, unappliedMinor: event.unappliedMinor, refunds: { ...state.refunds, [event.refundId]: event.minor } };
      case 'CreditReleasedFromRefund': {
        const { [event.refundId]: _gone, ...refunds } = state.refunds;
        return { ...state, unappliedMinor: event.unappliedMinor, refunds };
      }
      case 'CreditApplied': return { ...state, unappliedMinor: event.unappliedMinor, groups: { ...state.groups, [event.groupId]: event.applications }, groupCount: state.groupCount + 1 };
      case 'CreditUnapplied': {
        const gone = new Set(event.applications.map((a) => a.item.itemId));
        const left = (state.groups[event.groupId] ?? []).filter((a) => !gone.has(a.item.itemId));
        const { [event.groupId]: _group, ...others } = state.groups;
        return { ...state, unappliedMinor: event.unappliedMinor, groups: left.length > 0 ? { ...others, [event.groupId]: left } : others };
      }
    }
  },
};
