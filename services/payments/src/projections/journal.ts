// The journal: double entry, one debit and one credit of the same amount. The receivables control account is what customers owe (receivables) and, on its
// credit side, their unapplied cash; its balance is open − unapplied.
//
// - An invoice: receivables to sales and tax. Closed without payment: the same the other way.
// - Money received: cash to unapplied cash; of nobody known, cash to suspense. Identified: suspense to unapplied cash. Reversed: back to cash.
// - Applied: unapplied cash to receivables. Taken back: receivables to unapplied cash.
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import { CashCause } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { UNIDENTIFIED } from '../domain/account.js';
import type { At, Of } from './item-spans.js';

type Read =
  | 'ar.payments.open_item_posted.v1' | 'ar.payments.open_items_settled.v1' | 'ar.payments.open_items_reopened.v1' | 'ar.payments.open_item_closed.v1'
  | 'ar.payments.unapplied_cash_placed.v1' | 'ar.payments.unapplied_cash_taken.v1';

export interface Entry { readonly debit: LedgerAccount; readonly credit: LedgerAccount; readonly minor: number; readonly currency: string; readonly subjectId: string }

const { RECEIVABLES, CASH, SUSPENSE, SALES, TAX, UNAPPLIED_CASH } = LedgerAccount;

export function entriesOf(e: Consumed<Read>): readonly Entry[] {
  const holder = e.customer === UNIDENTIFIED ? SUSPENSE : UNAPPLIED_CASH;
  switch (e.type) {
    case 'ar.payments.open_item_posted.v1': return sold(e.data.item!.itemId, e.data.item!.original, e.data.tax, (income) => ({ debit: RECEIVABLES, credit: income }));
    case 'ar.payments.open_item_closed.v1': return sold(e.data.item!.itemId, e.data.amount, e.data.tax, (income) => ({ debit: income, credit: RECEIVABLES }));
    case 'ar.payments.open_items_settled.v1': return e.data.items.map((i) => ({ debit: UNAPPLIED_CASH, credit: RECEIVABLES, ...moneyOf(i.amount), subjectId: i.item!.itemId }));
    case 'ar.payments.open_items_reopened.v1': return e.data.items.map((i) => ({ debit: RECEIVABLES, credit: UNAPPLIED_CASH, ...moneyOf(i.amount), subjectId: i.item!.itemId }));
    case 'ar.payments.unapplied_cash_placed.v1': return [{ debit: e.data.cause === CashCause.TRANSFERRED ? SUSPENSE : CASH, credit: holder, ...moneyOf(e.data.amount), subjectId: e.data.receiptId }];
    // A transfer is booked once, where the money arrives.
    case 'ar.payments.unapplied_cash_taken.v1': return e.data.cause === CashCause.TRANSFERRED ? [] : [{ debit: holder, credit: CASH, ...moneyOf(e.data.amount), subjectId: e.data.receiptId }];
  }
}

type Amount = { readonly currencyCode: string; readonly value: string } | undefined;
function sold(subjectId: string, total: Amount, tax: Amount, sides: (income: LedgerAccount) => Pick<Entry, 'debit' | 'credit'>): readonly Entry[] {
  const whole = moneyOf(total);
  const taxMinor = tax ? moneyOf(tax).minor : 0;
  return ([[SALES, whole.minor - taxMinor], [TAX, taxMinor]] as const).filter(([, minor]) => minor > 0).map(([income, minor]) => ({ ...sides(income), minor, currency: whole.currency, subjectId }));
}

export const journal: Projection<Read> = {
  name: 'journal',
  ddl: `
    create table journal_entry (tenant text, recorded bigint, line int, customer text not null, currency text not null, debit text not null, credit text not null, minor bigint not null check (minor > 0), subject_id text not null,
      effective_on date not null, recorded_on date not null, event_id text not null, event_type text not null, primary key (tenant, recorded, line));
    create index on journal_entry (tenant, customer, currency);`,
  on: [
    'ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_item_closed.v1',
    'ar.payments.unapplied_cash_placed.v1', 'ar.payments.unapplied_cash_taken.v1',
  ],
  async project(events, tx) {
    const rows = events.flatMap((e) => entriesOf(e).map((entry, line) => ({ ...entry, line, tenant: e.tenant, recorded: e.recorded, customer: e.customer, effectiveOn: e.effectiveOn, recordedOn: e.recordedOn, eventId: e.id, eventType: e.type })));
    await tx.query(
      `insert into journal_entry select tenant, recorded, line, customer, currency, debit, credit, minor, "subjectId", "effectiveOn", "recordedOn", "eventId", "eventType"
         from jsonb_to_recordset($1) x(tenant text, recorded bigint, line int, customer text, currency text, debit text, credit text, minor bigint, "subjectId" text, "effectiveOn" date, "recordedOn" date, "eventId" text, "eventType" text)`,
      [JSON.stringify(rows)]);
  },
};

const entriesAt = 'journal_entry where tenant = $1 and effective_on <= $2::date and recorded <= $3 and ($4::text is null or customer = $4) and ($5::text is null or currency = $5)';
const args = ({ tenant, on, known }: At, { customer, currency }: Of) => [tenant, on, known, customer ?? null, currency ?? null];

export interface TrialBalanceLine { readonly currency: string; readonly account: LedgerAccount; readonly debitMinor: number; readonly creditMinor: number }

/** The accounts with what is on them; in each currency debits equal credits. */
export async function trialBalanceAt(tx: Tx, at: At, of: Of = {}): Promise<readonly TrialBalanceLine[]> {
  const rows = await tx.query<{ currency: string; account: LedgerAccount; debit: string; credit: string }>(
    `select currency, account, sum(debit)::text as debit, sum(credit)::text as credit
       from (select currency, debit as account, sum(minor) as debit, 0 as credit from ${entriesAt} group by 1, 2 union all select currency, credit, 0, sum(minor) from ${entriesAt} group by 1, 2) l
      group by 1, 2 order by 1, 2`, args(at, of));
  return rows.map((r) => ({ currency: r.currency, account: r.account, debitMinor: Number(r.debit), creditMinor: Number(r.credit) }));
}

/** The balance of the control account per currency: receivables less unapplied cash. */
export async function controlTotalsAt(tx: Tx, at: At, of: Of = {}): Promise<ReadonlyMap<string, number>> {
  // One pass; applications move money within the control account and do not change it.
  const rows = await tx.query<{ currency: string; minor: string }>(
    `select currency, sum(case when debit = any($6) then minor else -minor end)::text as minor from ${entriesAt} and (debit = any($6)) <> (credit = any($6)) group by 1`, [...args(at, of), [RECEIVABLES, UNAPPLIED_CASH]]);
  return new Map(rows.map((r) => [r.currency, Number(r.minor)]));
}

export interface EntryRow extends Entry { readonly recorded: number; readonly line: number; readonly customer: string; readonly effectiveOn: Day; readonly recordedOn: Day; readonly eventId: string; readonly eventType: string }

/** Entries in the order of recording, those after (`recorded`, `line`). */
export async function entriesRecorded(tx: Tx, at: At, of: Of, after: { readonly recorded: number; readonly line: number }, limit: number): Promise<readonly EntryRow[]> {
  const rows = await tx.query<Omit<EntryRow, 'minor' | 'recorded'> & { minor: string; recorded: string }>(
    `select recorded::text as recorded, line, customer, currency, debit, credit, minor::text as minor, subject_id as "subjectId", effective_on::text as "effectiveOn", recorded_on::text as "recordedOn", event_id as "eventId", event_type as "eventType"
       from ${entriesAt} and (recorded, line) > ($6, $7) order by recorded, line limit $8`, [...args(at, of), after.recorded, after.line, limit]);
  return rows.map((r) => ({ ...r, minor: Number(r.minor), recorded: Number(r.recorded) }));
}
