// What money on accounts in other currencies is worth in the base currency, change by change: what is unapplied of receipts and credit notes, money of nobody known too. What items are worth, the journal says item by item.
import type { Consumed, Projection } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import { keyIn } from './item-spans.js';

type Read =
  | 'ar.payments.open_items_settled.v1' | 'ar.payments.open_items_reopened.v1' | 'ar.payments.unapplied_cash_placed.v1' | 'ar.payments.unapplied_cash_taken.v1'
  | 'ar.payments.recovery_booked.v1' | 'ar.payments.recovery_taken_back.v1';

/** More or less of what is unapplied; `worthMinor` null: nobody knew what it is worth. */
export interface WorthChange { readonly customer: string; readonly key: string; readonly currency: string; readonly minor: number; readonly worthMinor: number | null; readonly effectiveOn: Day }

type Amount = { readonly currencyCode: string; readonly value: string } | undefined;

export function worthChangeOf(e: Consumed<Read>): WorthChange {
  const change = (key: string, amounts: readonly Amount[], worths: readonly Amount[], sign: 1 | -1): WorthChange => {
    const [moved, worth] = [amounts.map(moneyOf), worths.map((w) => w && moneyOf(w).minor)];
    const known = worth.every((w): w is number => w !== undefined) ? sign * worth.reduce((sum, w) => sum + w, 0) : null;
    return { customer: e.customer, key, currency: moved[0]!.currency, minor: sign * moved.reduce((sum, m) => sum + m.minor, 0), worthMinor: known, effectiveOn: e.effectiveOn };
  };
  switch (e.type) {
    case 'ar.payments.unapplied_cash_placed.v1': return change(keyIn(e.data), [e.data.amount], [e.data.inBase], 1);
    case 'ar.payments.unapplied_cash_taken.v1': return change(keyIn(e.data), [e.data.amount], [e.data.inBase], -1);
    case 'ar.payments.open_items_settled.v1': return change(keyIn(e.data), e.data.items.map((i) => i.amount), e.data.items.map((i) => i.inBase?.money), -1);
    case 'ar.payments.open_items_reopened.v1': return change(keyIn(e.data), e.data.items.map((i) => i.amount), e.data.items.map((i) => i.inBase?.money), 1);
    case 'ar.payments.recovery_booked.v1': return change(e.data.receiptId, [e.data.amount], [e.data.inBase], -1);
    case 'ar.payments.recovery_taken_back.v1': return change(e.data.receiptId, [e.data.amount], [e.data.inBase], 1);
  }
}

/** In the base currency money is worth itself: that is not kept. */
export const moneyWorths: Projection<Read> = {
  name: 'money-worths',
  ddl: `create table money_worth (tenant text, recorded bigint, customer text not null, key text not null, currency text not null, minor bigint not null, worth_minor bigint, effective_on date not null, primary key (tenant, recorded));
        create index on money_worth (tenant, customer)`,
  on: [
    'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.unapplied_cash_placed.v1', 'ar.payments.unapplied_cash_taken.v1',
    'ar.payments.recovery_booked.v1', 'ar.payments.recovery_taken_back.v1',
  ],
  async project(events, tx) {
    if (events.length === 0) return;
    await tx.query(
      `insert into money_worth select tenant, recorded, customer, key, currency, minor, "worthMinor", "effectiveOn"
         from jsonb_to_recordset($1) x(tenant text, recorded bigint, customer text, key text, currency text, minor bigint, "worthMinor" bigint, "effectiveOn" date) join seller using (tenant) where currency <> base_currency`,
      [JSON.stringify(events.map((e) => ({ ...worthChangeOf(e), tenant: e.tenant, recorded: e.recorded })))]);
  },
};
