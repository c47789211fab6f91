// The journal: double entry, one debit and one credit of the same amount. The receivables control account is what customers owe (receivables) and, on its
// credit side, their unapplied cash and credit notes; its balance is open − unapplied.
//
// - An invoice: receivables to sales and tax. Closed without payment: the same the other way.
// - A document taken on: receivables to the take-on account, from the day it is taken on. Credit taken on: the take-on account to unapplied cash. Cancelled: the same the other way.
// - A debit note: receivables to charges and tax. A credit note: sales and tax to unapplied cash, and from there to receivables where it is applied.
// - Money received: cash to unapplied cash; of nobody known, cash to suspense. Identified: suspense to unapplied cash. Passed on by a payer: unapplied cash to suspense and on to unapplied cash. Reversed: back to cash.
// - Applied: unapplied cash to receivables. Taken back: receivables to unapplied cash.
// - An early-payment discount: sales discounts, and tax where it is reduced, to receivables. Taken back: the same the other way. A credit note that is net of one: unapplied cash to
//   sales discounts and tax; given again, the same the other way.
// - Written off: bad debts, or the allowance, to receivables, tax with it; what a payment is short by, payment differences or bank charges (what was recorded before there were such accounts, bad debts). Taken back: the same the other way. Recovered: unapplied cash to recoveries, which are income; the receivable
//   stays closed.
// - Too much, within the tolerance, where the policy books that: unapplied cash to payment differences. Taken back: the same the other way.
// - In another currency, each entry also says what it comes to in the base currency, as it was booked: nothing where no rate was known. What money is worth more, or less, than what it settles is realised: unapplied
//   cash to exchange gains, or exchange losses to receivables, in the base currency alone. Taken back: the same the other way. So the journal balances in each currency, and in the base currency.
//   Money whose worth nobody knew is worth what it settles: cash (of a credit note, sales) to unapplied cash, in the base currency alone; an item likewise what pays it: receivables to its income.
// - Money of one currency for items in another: unapplied cash to currency clearing there, currency clearing to unapplied cash here, at the same worth in the base currency. Given back: the other way round.
// - Revalued at the end of a period, items and unapplied money together: receivables valuation to unrealised exchange, or the other way round, in the base currency alone; taken back on the day after.
// - Kept for a refund: unapplied cash to refunds payable; come to nothing, back. Paid: refunds payable to cash. A receipt that goes back after that: cash takes it from receivables, a claim.
//
// Totals are of days of effect within blocks of what was recorded, in three sizes of block: a total at any day as known at any time is a few blocks of
// each size and less than one small block of entries, however long the history is. The blocks are of a whole tenant, so every reader of the log adds to
// the same rows: each does so once, last and in one order, as its transaction commits; none waits long for another, and none for each other.
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import type { Day } from '@ar/domain/day.js';
import { allocate, type Money, moneyOf } from '@ar/domain/money.js';
import { CashCause, OpenItemKind, type AppliedItem } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { LedgerAccount } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import type { PeriodRevalued } from '@ar/contracts/gen/ar/payments/v1/events.js';
import { WriteOffMethod, WriteOffReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { UNIDENTIFIED } from '../domain/account.js';
import type { Tie } from '../domain/period.js';
import { args, keyIn, spansAt, type At, type Of } from './item-spans.js';
import { isOf } from './segments.js';

type Read =
  | 'ar.payments.open_item_posted.v1' | 'ar.payments.open_items_settled.v1' | 'ar.payments.open_items_reopened.v1' | 'ar.payments.open_item_closed.v1'
  | 'ar.payments.unapplied_cash_placed.v1' | 'ar.payments.unapplied_cash_taken.v1'
  | 'ar.payments.open_items_written_off.v1' | 'ar.payments.open_items_reinstated.v1' | 'ar.payments.recovery_booked.v1' | 'ar.payments.recovery_taken_back.v1' | 'ar.payments.refund_paid.v1'
  | 'ar.payments.period_revalued.v1' | 'ar.payments.revaluation_reversed.v1';

export interface Entry { readonly debit: LedgerAccount; readonly credit: LedgerAccount; readonly minor: number; readonly currency: string; readonly subjectId: string; /** In the base currency; absent: the same where it is that, else not known. */ readonly base?: Money | undefined }

const { RECEIVABLES, CASH, SUSPENSE, SALES, CHARGES, TAX, UNAPPLIED_CASH, SALES_DISCOUNTS, BAD_DEBTS, ALLOWANCE, RECOVERIES, REFUNDS_PAYABLE, TAKE_ON, EXCHANGE_GAINS, EXCHANGE_LOSSES, CURRENCY_CLEARING, RECEIVABLES_VALUATION, UNREALISED_EXCHANGE, PAYMENT_DIFFERENCES, BANK_CHARGES } = LedgerAccount;

export function entriesOf(e: Consumed<Read>): readonly Entry[] {
  const holder = e.customer === UNIDENTIFIED ? SUSPENSE : UNAPPLIED_CASH;
  switch (e.type) {
    case 'ar.payments.open_item_posted.v1': return sold(e.data.item!.itemId, e.data.item!.original, e.data.tax, e.data.booking?.amount, incomeOf(e.data.item!), (income) => ({ debit: RECEIVABLES, credit: income }));
    case 'ar.payments.open_item_closed.v1': return sold(e.data.item!.itemId, e.data.amount, e.data.tax, e.data.inBase, incomeOf(e.data.item!), (income) => ({ debit: income, credit: RECEIVABLES }));
    case 'ar.payments.open_items_settled.v1': return e.data.items.flatMap((i) => [...paid(i, e.data.creditNoteId, (debit, credit) => ({ debit, credit })), ...granted(i, (account) => ({ debit: account, credit: RECEIVABLES }))]);
    case 'ar.payments.open_items_reopened.v1': return e.data.items.flatMap((i) => [...paid(i, e.data.creditNoteId, (credit, debit) => ({ debit, credit })), ...granted(i, (account) => ({ debit: RECEIVABLES, credit: account }))]);
    case 'ar.payments.refund_paid.v1': return [{ debit: REFUNDS_PAYABLE, credit: CASH, ...moneyOf(e.data.amount), subjectId: e.data.refundId, ...based(e.data.inBase) }];
    case 'ar.payments.unapplied_cash_placed.v1': return e.data.cause === CashCause.TAKEN_ON ? [{ debit: TAKE_ON, credit: holder, ...moneyOf(e.data.amount), subjectId: keyIn(e.data), ...based(e.data.inBase) }] : e.data.cause === CashCause.REFUND ? [{ debit: REFUNDS_PAYABLE, credit: holder, ...moneyOf(e.data.amount), subjectId: keyIn(e.data), ...based(e.data.inBase) }] : e.data.creditNoteId !== '' ? sold(keyIn(e.data), e.data.amount, e.data.tax, e.data.inBase, e.data.cause === CashCause.DISCOUNT ? SALES_DISCOUNTS : SALES, (income) => ({ debit: income, credit: UNAPPLIED_CASH })) : [{ debit: e.data.cause === CashCause.EXCHANGED ? CURRENCY_CLEARING : e.data.cause === CashCause.OVERPAID ? PAYMENT_DIFFERENCES : e.data.cause === CashCause.TRANSFERRED ? SUSPENSE : CASH, credit: holder, ...moneyOf(e.data.amount), subjectId: e.data.receiptId, ...based(e.data.inBase) }];
    case 'ar.payments.open_items_written_off.v1': return e.data.items.map((i) => ({ debit: lossOf(e.data), credit: RECEIVABLES, ...moneyOf(i.amount), subjectId: i.item!.itemId, ...based(i.inBase) }));
    case 'ar.payments.open_items_reinstated.v1': return e.data.items.map((i) => ({ debit: RECEIVABLES, credit: lossOf(e.data), ...moneyOf(i.amount), subjectId: i.item!.itemId, ...based(i.inBase) }));
    case 'ar.payments.recovery_booked.v1': return [{ debit: UNAPPLIED_CASH, credit: RECOVERIES, ...moneyOf(e.data.amount), subjectId: e.data.receiptId, ...based(e.data.inBase) }];
    case 'ar.payments.recovery_taken_back.v1': return [{ debit: RECOVERIES, credit: UNAPPLIED_CASH, ...moneyOf(e.data.amount), subjectId: e.data.receiptId, ...based(e.data.inBase) }];
    case 'ar.payments.period_revalued.v1': return valued(e.data, (more) => (more ? { debit: RECEIVABLES_VALUATION, credit: UNREALISED_EXCHANGE } : { debit: UNREALISED_EXCHANGE, credit: RECEIVABLES_VALUATION }));
    case 'ar.payments.revaluation_reversed.v1': return valued(e.data, (more) => (more ? { debit: UNREALISED_EXCHANGE, credit: RECEIVABLES_VALUATION } : { debit: RECEIVABLES_VALUATION, credit: UNREALISED_EXCHANGE }));
    // What was nobody's is in suspense, and booked once, where it arrives; between customers money goes through suspense.
    case 'ar.payments.unapplied_cash_taken.v1': return e.data.cause === CashCause.TAKEN_ON ? [{ debit: holder, credit: TAKE_ON, ...moneyOf(e.data.amount), subjectId: keyIn(e.data), ...based(e.data.inBase) }] : e.data.cause === CashCause.TRANSFERRED ? (e.customer === UNIDENTIFIED ? [] : [{ debit: UNAPPLIED_CASH, credit: SUSPENSE, ...moneyOf(e.data.amount), subjectId: e.data.receiptId, ...based(e.data.inBase) }]) : e.data.cause === CashCause.REFUND ? [{ debit: holder, credit: REFUNDS_PAYABLE, ...moneyOf(e.data.amount), subjectId: keyIn(e.data), ...based(e.data.inBase) }] : e.data.cause === CashCause.DISCOUNT ? sold(keyIn(e.data), e.data.amount, e.data.tax, e.data.inBase, SALES_DISCOUNTS, (account) => ({ debit: UNAPPLIED_CASH, credit: account })) : [{ debit: holder, credit: e.data.cause === CashCause.EXCHANGED ? CURRENCY_CLEARING : e.data.cause === CashCause.OVERPAID ? PAYMENT_DIFFERENCES : CASH, ...moneyOf(e.data.amount), subjectId: e.data.receiptId, ...based(e.data.inBase) }];
  }
}

type Amount = { readonly currencyCode: string; readonly value: string } | undefined;
/** What is posted against receivables: income; for a claim, the money that left twice; for what was taken on, the account that the books before hand it over by. */
const incomeOf = ({ kind }: { readonly kind: OpenItemKind }): LedgerAccount => (kind === OpenItemKind.DEBIT_NOTE ? CHARGES : kind === OpenItemKind.CLAIM ? CASH : kind === OpenItemKind.TAKEN_ON ? TAKE_ON : SALES);

const lossOf = ({ method, difference }: { readonly method: WriteOffMethod; readonly difference: WriteOffReason }): LedgerAccount =>
  (difference === WriteOffReason.PAYMENT_DIFFERENCE ? PAYMENT_DIFFERENCES : difference === WriteOffReason.BANK_CHARGES ? BANK_CHARGES : method === WriteOffMethod.ALLOWANCE ? ALLOWANCE : BAD_DEBTS);

/** What is worth more, or less, in the base currency alone. */
const valued = ({ lastDate, currencies }: Pick<PeriodRevalued, 'lastDate' | 'currencies'>, sides: (more: boolean) => Pick<Entry, 'debit' | 'credit'>): readonly Entry[] => currencies.flatMap((c) => {
  const { minor, currency } = moneyOf(c.booked);
  return minor === 0 ? [] : [{ ...sides(minor > 0), minor: 0, currency: c.currencyCode, subjectId: `revaluation:${lastDate}`, base: { minor: Math.abs(minor), currency } }];
});

const based = (amount: Amount): { readonly base?: Money } => (amount ? { base: moneyOf(amount) } : {});

function sold(subjectId: string, total: Amount, tax: Amount, worth: Amount, income: LedgerAccount, sides: (income: LedgerAccount) => Pick<Entry, 'debit' | 'credit'>): readonly Entry[] {
  const whole = moneyOf(total);
  const taxMinor = tax ? moneyOf(tax).minor : 0;
  const parts = [whole.minor - taxMinor, taxMinor] as const;
  const base = worth && moneyOf(worth);
  const worths = base && whole.minor > 0 ? allocate(base.minor, parts) : [];
  return ([[income, 0], [TAX, 1]] as const).filter(([, i]) => parts[i] > 0).map(([account, i]) => ({ ...sides(account), minor: parts[i], currency: whole.currency, subjectId, ...(base ? { base: { minor: worths[i]!, currency: base.currency } } : {}) }));
}

const granted = ({ item, discount, inBase }: AppliedItem, sides: (account: LedgerAccount) => Pick<Entry, 'debit' | 'credit'>): readonly Entry[] => (discount ? sold(item!.itemId, discount.amount, discount.tax, inBase?.discount, SALES_DISCOUNTS, sides) : []);

/** What money settles, and what it is worth more or less than that. Where one of both has no worth, the other's holds, from then on: it comes from where it would have come from. `sides`: of what is settled, from and to. */
function paid({ item, amount, inBase }: AppliedItem, creditNoteId: string, sides: (from: LedgerAccount, to: LedgerAccount) => Pick<Entry, 'debit' | 'credit'>): readonly Entry[] {
  const of = { ...moneyOf(amount), subjectId: item!.itemId };
  const [money, whole, off] = [inBase?.money, inBase?.item, inBase?.discount].map((a) => a && moneyOf(a));
  const settled = whole && { minor: whole.minor - (off?.minor ?? 0), currency: whole.currency };
  const difference = money && settled ? money.minor - settled.minor : 0;
  const base = difference > 0 ? settled : money ?? settled;
  const only = (minor: number): Pick<Entry, 'minor' | 'currency' | 'subjectId' | 'base'> => ({ ...of, minor: 0, base: { minor, currency: base!.currency } });
  return [
    { ...sides(UNAPPLIED_CASH, RECEIVABLES), ...of, ...(base ? { base } : {}) },
    ...(difference > 0 ? [{ ...sides(UNAPPLIED_CASH, EXCHANGE_GAINS), ...only(difference) }] : difference < 0 ? [{ ...sides(EXCHANGE_LOSSES, RECEIVABLES), ...only(-difference) }] : []),
    ...(settled && !money ? [{ ...sides(creditNoteId === '' ? CASH : SALES, UNAPPLIED_CASH), ...only(settled.minor) }] : money && !settled ? [{ ...sides(RECEIVABLES, incomeOf(item!)), ...only(money.minor) }] : []),
  ];
}

/** Blocks of 2^21, 2^16 and 2^11 places in the record. */
const SIZES = [21, 16, 11] as const;

export const journal: Projection<Read> = {
  name: 'journal',
  ddl: `
    create table journal_entry (tenant text, recorded bigint, line int, customer text not null, currency text not null, debit text not null, credit text not null, minor bigint not null check (minor >= 0), base_minor bigint check (base_minor >= 0), subject_id text not null,
      effective_on date not null, original_on date, recorded_on date not null, event_id text not null, event_type text not null, of_credit_note boolean not null, primary key (tenant, recorded, line));
    create index on journal_entry (tenant, customer, currency);
    create index on journal_entry (tenant, subject_id) where credit = '${RECEIVABLES}';
    create table journal_sum (tenant text, size int, block bigint, effective_on date, currency text, debit text, credit text, minor numeric not null, base_minor numeric not null, unbooked_minor numeric not null, primary key (tenant, size, block, effective_on, currency, debit, credit));
    create table journal_unsummed (entries jsonb not null); -- empty outside of a transaction
    create function journal_sum_up() returns trigger language plpgsql set search_path from current as $$
    begin
      with unsummed as (delete from journal_unsummed returning entries)
      insert into journal_sum select x.tenant, s.size, x.recorded >> s.size, x."effectiveOn", x.currency, x.debit, x.credit, sum(x.minor), coalesce(sum(x."baseMinor"), 0), coalesce(sum(x.minor) filter (where x."baseMinor" is null), 0)
          from unsummed cross join lateral jsonb_to_recordset(entries) x(tenant text, recorded bigint, currency text, debit text, credit text, minor bigint, "baseMinor" bigint, "effectiveOn" date) cross join unnest('{${SIZES.join(',')}}'::int[]) s(size)
         group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7
        on conflict (tenant, size, block, effective_on, currency, debit, credit) do update set minor = journal_sum.minor + excluded.minor, base_minor = journal_sum.base_minor + excluded.base_minor, unbooked_minor = journal_sum.unbooked_minor + excluded.unbooked_minor;
      return null;
    end $$;
    create constraint trigger journal_sum_up after insert on journal_unsummed deferrable initially deferred for each row execute function journal_sum_up();`,
  on: [
    'ar.payments.open_item_posted.v1', 'ar.payments.open_items_settled.v1', 'ar.payments.open_items_reopened.v1', 'ar.payments.open_item_closed.v1',
    'ar.payments.unapplied_cash_placed.v1', 'ar.payments.unapplied_cash_taken.v1',
    'ar.payments.open_items_written_off.v1', 'ar.payments.open_items_reinstated.v1', 'ar.payments.recovery_booked.v1', 'ar.payments.recovery_taken_back.v1', 'ar.payments.refund_paid.v1',
    'ar.payments.period_revalued.v1', 'ar.payments.revaluation_reversed.v1',
  ],
  async project(events, tx) {
    const rows = events.flatMap((e) => entriesOf(e).map(({ base, ...entry }, line) => ({ ...entry, baseMinor: base?.minor ?? null, line, tenant: e.tenant, recorded: e.recorded, customer: e.customer, effectiveOn: e.effectiveOn, originalOn: e.originalOn ?? null, recordedOn: e.recordedOn, eventId: e.id, eventType: e.type, ofCreditNote: 'creditNoteId' in e.data && e.data.creditNoteId !== '' })));
    await tx.query(
      `insert into journal_entry select tenant, recorded, line, customer, currency, debit, credit, minor, "baseMinor", "subjectId", "effectiveOn", "originalOn", "recordedOn", "eventId", "eventType", "ofCreditNote"
         from jsonb_to_recordset($1) x(tenant text, recorded bigint, line int, customer text, currency text, debit text, credit text, minor bigint, "baseMinor" bigint, "subjectId" text, "effectiveOn" date, "originalOn" date, "recordedOn" date, "eventId" text, "eventType" text, "ofCreditNote" boolean)`,
      [JSON.stringify(rows)]);
    if (rows.length > 0) await tx.query('insert into journal_unsummed values ($1)', [JSON.stringify(rows.map(({ tenant, recorded, currency, debit, credit, minor, baseMinor, effectiveOn }) => ({ tenant, recorded, currency, debit, credit, minor, baseMinor, effectiveOn })))]);
  },
};

const entriesAt = 'journal_entry where tenant = $1 and effective_on <= $2::date and recorded <= $3::bigint and ($4::text is null or customer = $4) and ($5::text is null or currency = $5)';
const entriesOfSegment = `journal_entry where tenant = $1 and effective_on <= $2::date and recorded <= $3::bigint and ${isOf('segment')} and ($5::text is null or currency = $5)`;

const end = '($3::bigint + 1)';
const columns = 'select currency, debit, credit, minor, base_minor, unbooked_minor from';
const ofEntries = 'select currency, debit, credit, minor, coalesce(base_minor, 0) as base_minor, case when base_minor is null then minor else 0 end as unbooked_minor from';
/** Whole blocks, the largest that fit, and the entries after the last of them. */
const sumsAt = [
  ...SIZES.map((size, i) => `${columns} journal_sum where tenant = $1 and size = ${size} and block < (${end} >> ${size}) and block >= ${i === 0 ? '0' : `((${end} >> ${SIZES[i - 1]}) << ${SIZES[i - 1]! - size})`} and effective_on <= $2::date and ($5::text is null or currency = $5)`),
  `${ofEntries} ${entriesAt} and recorded >= ((${end} >> ${SIZES.at(-1)}) << ${SIZES.at(-1)})`,
].join(' union all ');
/** What adds up to everything that counts and was known: of a customer the entries themselves, of a tenant their sums. */
const linesAt = ({ customer, segment }: Of): string => `(${segment !== undefined ? `${ofEntries} ${entriesOfSegment}` : customer === undefined ? sumsAt : `${ofEntries} ${entriesAt}`}) l`;

export interface TrialBalanceLine { readonly currency: string; readonly account: LedgerAccount; readonly debitMinor: bigint; readonly creditMinor: bigint; readonly inBase: { readonly debitMinor: bigint; readonly creditMinor: bigint }; /** What no rate was known for, or is in the base currency. */ readonly unbooked: { readonly debitMinor: bigint; readonly creditMinor: bigint } }

/** The accounts with what is on them; in each currency debits equal credits. */
export async function trialBalanceAt(tx: Tx, at: At, of: Of = {}): Promise<readonly TrialBalanceLine[]> {
  const rows = await tx.query<{ currency: string; account: LedgerAccount; debits: readonly [string, string, string]; credits: readonly [string, string, string] }>(
    `with l as (select currency, debit, credit, sum(minor) as minor, sum(base_minor) as base, sum(unbooked_minor) as unbooked from ${linesAt(of)} group by 1, 2, 3)
     select currency, account, array[sum(minor) filter (where side), sum(base) filter (where side), sum(unbooked) filter (where side)]::text[] as debits, array[sum(minor) filter (where not side), sum(base) filter (where not side), sum(unbooked) filter (where not side)]::text[] as credits
       from (select true as side, currency, debit as account, minor, base, unbooked from l union all select false, currency, credit, minor, base, unbooked from l) a group by 1, 2 order by 1, 2`, args(at, of));
  const sides = ({ debits, credits }: (typeof rows)[number], i: 0 | 1 | 2) => ({ debitMinor: BigInt(debits[i] ?? 0), creditMinor: BigInt(credits[i] ?? 0) });
  return rows.map((r) => ({ currency: r.currency, account: r.account, ...sides(r, 0), inBase: sides(r, 1), unbooked: sides(r, 2) }));
}

/** What is on some accounts together, per currency: debits less credits. */
async function balancesAt(tx: Tx, at: At, of: Of, accounts: readonly LedgerAccount[]): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx.query<{ currency: string; minor: string }>(
    `select currency, sum(case when debit = any($6) then minor else -minor end)::text as minor from ${linesAt(of)} where (debit = any($6)) <> (credit = any($6)) group by 1`, [...args(at, of), accounts]);
  return new Map(rows.map((r) => [r.currency, BigInt(r.minor)]));
}

/** The balance of the control account per currency: receivables less unapplied cash. */
export const controlTotalsAt = (tx: Tx, at: At, of: Of = {}) => balancesAt(tx, at, of, [RECEIVABLES, UNAPPLIED_CASH]);
/** What customers owe, before their unapplied cash. */
export const receivablesAt = (tx: Tx, at: At, of: Of = {}) => balancesAt(tx, at, of, [RECEIVABLES]);
/** Money of nobody known, below zero: a credit. What was identified left it by an entry of the customer it went to. */
export const suspenseAt = (tx: Tx, at: At, currency: string) => balancesAt(tx, at, { currency }, [SUSPENSE]);

/** The same balance for each of some customers and currency. */
export async function controlTotalsOf(tx: Tx, at: At, customers: readonly string[]): Promise<(customer: string, currency: string) => bigint> {
  const rows = await tx.query<{ customer: string; currency: string; minor: string }>(
    `select customer, currency, sum(case when debit = any($5) then minor else -minor end)::text as minor from journal_entry
      where tenant = $1 and effective_on <= $2::date and recorded <= $3 and customer = any($4) and (debit = any($5)) <> (credit = any($5)) group by 1, 2`, [at.tenant, at.on, at.known, customers, [RECEIVABLES, UNAPPLIED_CASH]]);
  const totals = new Map(rows.map((r) => [JSON.stringify([r.customer, r.currency]), BigInt(r.minor)]));
  return (customer, currency) => totals.get(JSON.stringify([customer, currency])) ?? 0n;
}

/** Per currency, what the control account has and what is open and unapplied, at the end of a day as read by now: in one look, for both are read in different partitions at different times. */
export async function tiesOn(tx: Tx, tenant: string, on: Day): Promise<readonly Tie[]> {
  const rows = await tx.query<{ currency: string; control: string; items: string }>(
    `with j as (select currency, sum(case when debit = any($6) then minor else -minor end) as minor from ${linesAt({})} where (debit = any($6)) <> (credit = any($6)) group by 1),
          i as (select currency, sum(case when side = 'debit' then open_minor else -open_minor end) as minor from ${spansAt(false)} s group by 1)
     select currency, coalesce(j.minor, 0)::text as control, coalesce(i.minor, 0)::text as items from j full join i using (currency) order by 1`, [...args({ tenant, on, known: Number.MAX_SAFE_INTEGER - 1 }, {}), [RECEIVABLES, UNAPPLIED_CASH]]);
  return rows.map((r) => ({ currency: r.currency, controlMinor: Number(r.control), itemsMinor: Number(r.items) }));
}

/** Whether anything had been recorded on an account. */
export async function accountKnown(tx: Tx, { tenant, known }: At, customer: string, currency: string): Promise<boolean> {
  const [row] = await tx.query<{ known: boolean }>('select exists (select from journal_entry where tenant = $1 and customer = $2 and currency = $3 and recorded <= $4) as known', [tenant, customer, currency, known]);
  return row!.known;
}

/** Sum of the entries per currency, those recorded after `after`. */
export async function entryTotalsAt(tx: Tx, at: At, of: Of, after: number): Promise<ReadonlyMap<string, bigint>> {
  const upTo = (known: number) => tx.query<{ currency: string; minor: string }>(`select currency, sum(minor)::text as minor from ${linesAt(of)} group by 1 order by 1`, args({ ...at, known }, of));
  const before = new Map((await upTo(Math.min(after, at.known))).map((r) => [r.currency, BigInt(r.minor)]));
  return new Map((await upTo(at.known)).map((r) => [r.currency, BigInt(r.minor) - (before.get(r.currency) ?? 0n)] as const).filter(([, minor]) => minor !== 0n));
}

export interface EntryRow extends Omit<Entry, 'base'> { /** In the tenant's base currency; null: not known. */ readonly baseMinor: number | null; readonly baseCurrency: string; readonly recorded: number; readonly line: number; readonly customer: string; readonly effectiveOn: Day; /** The day it was decided for, '' where that is the effective one. */ readonly originalOn: Day | ''; readonly recordedOn: Day; readonly eventId: string; readonly eventType: string }

/** An entry's row, with amounts and positions as text. */
export const entryColumns = `recorded::text as recorded, line, customer, currency, debit, credit, minor::text as minor, coalesce(base_minor, case when currency = (select base_currency from seller s where s.tenant = journal_entry.tenant) then minor end)::text as "baseMinor", (select base_currency from seller s where s.tenant = journal_entry.tenant) as "baseCurrency", subject_id as "subjectId", effective_on::text as "effectiveOn", coalesce(original_on::text, '') as "originalOn", recorded_on::text as "recordedOn", event_id as "eventId", event_type as "eventType"`;

/** Entries in the order of recording, those after (`recorded`, `line`). */
export async function entriesRecorded(tx: Tx, at: At, of: Of, after: { readonly recorded: number; readonly line: number }, limit: number): Promise<readonly EntryRow[]> {
  const rows = await tx.query<Omit<EntryRow, 'minor' | 'baseMinor' | 'recorded'> & { minor: string; baseMinor: string | null; recorded: string }>(
    `select ${entryColumns}
       from ${entriesAt} and (recorded, line) > ($6, $7) order by journal_entry.recorded, line limit $8`, [...args(at, of), after.recorded, after.line, limit]);
  return rows.map((r) => ({ ...r, minor: Number(r.minor), baseMinor: r.baseMinor === null ? null : Number(r.baseMinor), recorded: Number(r.recorded) }));
}
