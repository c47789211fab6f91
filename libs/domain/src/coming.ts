// Money that is under way: a direct debit that was announced or is being collected, a receipt that is not cash yet (a post-dated cheque, a card's settlement).
//
// - Nobody is reminded of what is on its way, or called for it: that share of an item is left out, like a promise that is not judged yet.
// - A debit covers its items, with the amounts that it asks for or fixed. A receipt covers the documents that it names, and with what is left of it the item due first; several the one that comes first.
// - What does not come after all (declined, gone back, cancelled, bounced) covers nothing any more, from then on.
import type { Day } from './day.js';
import { formatMoney } from './money.js';

/** Of one item: how much comes on which day, and how. */
export interface Coming { readonly by: 'debit' | 'receipt'; readonly minor: number; readonly on: Day }
/** A receipt that is not cash yet. `named`: items of documents that it names; `minor` null: as far as they are open. */
export interface PendingReceipt { readonly minor: number; readonly currency: string; readonly on: Day; readonly named: readonly { readonly itemIds: readonly string[]; readonly minor: number | null }[] }
/** What may be owed of an item, before what comes, and the debit that collects of it; `debit.minor` null: all that is open. */
export interface MayCome { readonly itemId: string; readonly currency: string; readonly minor: number; readonly debits: readonly { readonly minor: number | null; readonly on: Day }[] }

/** What comes of each item, never more than its `minor`; the items are given with the one due first first. */
export function comingOf(items: readonly MayCome[], pending: readonly PendingReceipt[]): ReadonlyMap<string, readonly Coming[]> {
  const coming = new Map<string, Coming[]>();
  const left = new Map(items.map((i) => [i.itemId, i.minor]));
  const cover = (itemId: string, by: Coming['by'], asked: number, on: Day): number => {
    const minor = Math.min(asked, left.get(itemId) ?? 0);
    if (minor <= 0) return 0;
    left.set(itemId, left.get(itemId)! - minor);
    coming.set(itemId, [...(coming.get(itemId) ?? []), { by, minor, on }]);
    return minor;
  };
  for (const { itemId, minor: most, debits } of items) for (const { minor, on } of debits) cover(itemId, 'debit', minor ?? most, on);
  for (const { minor, currency, on, named } of [...pending].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))) {
    let rest = minor;
    for (const { itemIds, minor: asked } of named) {
      let share = Math.min(rest, asked ?? rest);
      for (const itemId of itemIds) {
        const used = cover(itemId, 'receipt', share, on);
        share -= used;
        rest -= used;
      }
    }
    if (named.some((n) => n.itemIds.length === 0 || n.itemIds.some((id) => !left.has(id)))) continue; // what names a document that is not there waits for it, and what names another one than these is for that: it covers nothing else
    for (const i of items) if (i.currency === currency && rest > 0) rest -= cover(i.itemId, 'receipt', rest, on);
  }
  return coming;
}

export const comingMinor = (coming: readonly Coming[]): number => coming.reduce((sum, c) => sum + c.minor, 0);
const ways = { debit: 'is collected by direct debit', receipt: 'is covered by a receipt that becomes cash' } as const;
/** In words, one after the other. */
export const explainComing = (coming: readonly Coming[], currency: string, documentNumber: string): string =>
  coming.map(({ by, minor, on }) => `${formatMoney({ minor, currency })} ${currency} of ${documentNumber} ${ways[by]} on ${on}`).join(', ');
