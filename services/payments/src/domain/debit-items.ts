// Which open items of an account are being collected by direct debit: an item is in one debit at a time.
//
// - A debit takes its items when it is requested; one that another debit has is not taken twice.
// - They are free again when it has collected, was cancelled, or had nothing to collect. Where it was given up, they are free for a person, but no policy collects them again by itself.
// - What goes back and is to be tried again is taken again, but for what another debit has by then.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { refuse } from '@ar/domain/decider.js';

export type DebitEnd = 'collected' | 'given-up' | 'cancelled' | 'nothing-to-collect';
interface OfItems { readonly customer: string; readonly currency: string; readonly debitId: string }
export type DebitItemsEvent = OfItems & (
  | { type: 'DebitItemsTaken'; itemIds: readonly string[] }
  | { type: 'DebitItemsReleased'; itemIds: readonly string[]; end: DebitEnd });
export type DebitItemsCommand = OfItems & (
  | { type: 'Take'; itemIds: readonly string[] }
  /** Those that are free. */
  | { type: 'TakeAgain'; itemIds: readonly string[] }
  | { type: 'Release'; end: DebitEnd });
export type DebitItemsRefusal = 'open-item-in-debit';

export interface DebitItemsState {
  /** The debit of each item. */
  readonly taken: Readonly<Record<string, string>>;
  /** Items whose collection was given up. */
  readonly givenUp: Readonly<Record<string, true>>;
}

export const debitItems: Aggregate<DebitItemsState, DebitItemsCommand, DebitItemsEvent, DebitItemsRefusal> = {
  type: 'debit-items',
  initial: { taken: {}, givenUp: {} },
  customer: (id) => id.slice(0, -4),

  decide(command, state) {
    const { customer, currency, debitId } = command;
    const of = { customer, currency, debitId };
    switch (command.type) {
      case 'Take': {
        const other = command.itemIds.find((id) => state.taken[id] !== undefined);
        return other === undefined ? [{ type: 'DebitItemsTaken', ...of, itemIds: command.itemIds }] : refuse('open-item-in-debit', { itemId: other, debitId: state.taken[other]! });
      }
      case 'TakeAgain': {
        const itemIds = command.itemIds.filter((id) => state.taken[id] === undefined);
        return itemIds.length === 0 ? [] : [{ type: 'DebitItemsTaken', ...of, itemIds }];
      }
      case 'Release': {
        const itemIds = itemsTakenBy(state, debitId);
        return itemIds.length === 0 ? [] : [{ type: 'DebitItemsReleased', ...of, itemIds, end: command.end }];
      }
    }
  },

  evolve(state, event) {
    const mine = new Set(event.itemIds);
    const others = <V>(of: Readonly<Record<string, V>>) => Object.fromEntries(Object.entries(of).filter(([id]) => !mine.has(id)));
    const each = <V>(value: V) => Object.fromEntries(event.itemIds.map((id) => [id, value]));
    switch (event.type) {
      case 'DebitItemsTaken': return { taken: { ...state.taken, ...each(event.debitId) }, givenUp: others(state.givenUp) };
      case 'DebitItemsReleased': return { taken: others(state.taken), givenUp: event.end === 'given-up' ? { ...state.givenUp, ...each(true as const) } : state.givenUp };
    }
  },
};

export const itemsTakenBy = ({ taken }: DebitItemsState, debitId: string): readonly string[] => Object.entries(taken).filter(([, by]) => by === debitId).map(([id]) => id).sort();
/** Whether a policy may collect it by itself. */
export const isFree = ({ taken, givenUp }: DebitItemsState, itemId: string): boolean => taken[itemId] === undefined && givenUp[itemId] === undefined;
