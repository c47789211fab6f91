// What always has to hold of a ledger, as its callers can see it: items, aging, accounts, statements and journal say the same at one position, nothing is above what it was, and every cent of a receipt is somewhere.
import { isDeepStrictEqual } from 'node:util';
import { GetAccountRequest, type GetAccountResponse } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { ReceiptStatus, type Receipt } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { GetAgingRequest, type GetAgingResponse, GetTrialBalanceRequest, type GetTrialBalanceResponse, LedgerAccount, ListJournalEntriesRequest, type ListJournalEntriesResponse } from '@ar/contracts/gen/ar/payments/v1/report_service.js';
import { GetOpenItemStatementRequest, type GetOpenItemStatementResponse, GetStatementRequest, type GetStatementResponse } from '@ar/contracts/gen/ar/payments/v1/statement_service.js';
import { WriteOffStatus } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import type { AsOf, ResolvedAsOf } from '@ar/contracts/gen/ar/type/v1/as_of.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import { load } from '@ar/event-store/store.js';
import type { AnyAggregate, Typed } from '@ar/runtime/forms.js';
import { account, accountId, type AccountState, creditKey, UNIDENTIFIED } from './domain/account.js';
import { spentSum } from './domain/exchanging.js';
import { receipt, type ReceiptState } from './domain/receipt.js';
import { CURRENCIES, CUSTOMERS, minorOf, type Seen } from './ledger-seen.world.js';
import type { LedgerService } from './ledger-service.world.js';

/** What was answered about a past; the same has to be answered for ever. */
export interface Past { readonly name: string; readonly request: object; readonly answer: unknown }

const sum = <T>(of: readonly T[], minor: (one: T) => number): number => of.reduce((total, one) => total + minor(one), 0);

/** Two figures that are one; `what` says of what. */
function same(what: string, ...figures: readonly (readonly [name: string, figure: unknown])[]): void {
  const [[, first] = ['', undefined], ...others] = figures;
  if (others.some(([, figure]) => !isDeepStrictEqual(figure, first))) throw new Error(`${what}: ${figures.map(([name, figure]) => `${name} ${JSON.stringify(figure)}`).join(', ')}`);
}

/** Invariant 2, of what lists answer. */
function withinBounds(seen: Seen): void {
  for (const i of seen.items) if (minorOf(i.open) < 0 || minorOf(i.open) > minorOf(i.item!.original)) throw new Error(`${i.item!.itemId} is open with ${i.open!.value} of ${i.item!.original!.value}`);
  for (const r of seen.receipts) partsOf(r);
  for (const n of seen.creditNotes) {
    same(`the parts of credit note ${n.creditNoteId}`, ['amount', minorOf(n.amount)], ['parts', minorOf(n.applied) + minorOf(n.unapplied) + minorOf(n.discountTakenBack) + minorOf(n.refunded) + minorOf(n.withdrawn)]);
    same(`the groups of credit note ${n.creditNoteId}`, ['applied', minorOf(n.applied)], ['groups', sum(n.applicationGroups, (g) => minorOf(g.amount))]);
  }
  for (const w of seen.writeOffs) if (minorOf(w.recovered) > minorOf(w.amount) || (w.status === WriteOffStatus.BOOKED && sum(w.items, (i) => minorOf(i.amount)) !== minorOf(w.amount))) throw new Error(`${w.writeOffId} of ${w.amount!.value} is recovered with ${w.recovered!.value}`);
}

/** Applied, unapplied, refunded, booked as too much and passed on are what came in, less what went back. */
function partsOf(r: Receipt): void {
  const passed = sum(r.passedOn.filter((p) => !p.returned), (p) => minorOf(p.amount));
  const gone = r.status === ReceiptStatus.REVERSED || r.status === ReceiptStatus.PENDING;
  same(`the parts of ${r.receiptId}, ${r.status}`, ['received', gone ? 0 : minorOf(r.amount)], ['parts', minorOf(r.applied) + minorOf(r.unapplied) + minorOf(r.refunded) + minorOf(r.overpaid) + (gone ? 0 : passed)]);
  same(`the groups of ${r.receiptId}`, ['applied', minorOf(r.applied)], ['groups', sum(r.applicationGroups.filter((g) => !g.undone), (g) => minorOf(g.amount))]);
}

const control = ({ rows }: GetTrialBalanceResponse, currency: string, minor: 'balance' | 'baseBalance' = 'balance') =>
  sum(rows.filter((r) => r.currencyCode === currency && (r.account === LedgerAccount.RECEIVABLES || r.account === LedgerAccount.UNAPPLIED_CASH)), (r) => minorOf(r[minor]));

/** Aging of all, by customer, and what it says about itself. */
function agingTies(at: string, { agings, customers }: GetAgingResponse): void {
  for (const a of [...agings, ...customers.map((c) => c.aging!)]) {
    same(`${at}: the buckets of the aging in ${a.currencyCode}`, ['open', minorOf(a.open)], ['buckets', sum(a.buckets, (b) => minorOf(b.open))]);
    same(`${at}: the control total of the aging in ${a.currencyCode}`, ['total', minorOf(a.controlTotal)], ['open − unapplied', minorOf(a.open) - minorOf(a.unapplied)]);
  }
  for (const currency of CURRENCIES) for (const part of ['open', 'unapplied', 'controlTotal'] as const)
    same(`${at}: ${part} of the aging in ${currency}`, ['all', sum(agings.filter((a) => a.currencyCode === currency), (a) => minorOf(a[part]))], ['by customer', sum(customers.filter((c) => c.aging!.currencyCode === currency), (c) => minorOf(c.aging![part]))]);
}

const journalTies = (at: string, { rows, controlTotals }: GetTrialBalanceResponse): void => {
  for (const currency of CURRENCIES) {
    const own = rows.filter((r) => r.currencyCode === currency);
    same(`${at}: the journal in ${currency}`, ['sums to', sum(own, (r) => minorOf(r.balance))], ['which is', 0]);
    same(`${at}: the journal in ${currency}, in the base currency`, ['sums to', sum(own, (r) => minorOf(r.baseBalance))], ['which is', 0]);
    same(`${at}: the journal in ${currency}`, ['debits', sum(own, (r) => minorOf(r.debit))], ['credits', sum(own, (r) => minorOf(r.credit))], ['control total', sum(controlTotals.filter((c) => c.currencyCode === currency), minorOf)]);
  }
};

/** Reports at a day, as known at one position: all of them, together, and each of the accounts. Answers what was asked and answered. */
async function reportsTie(service: LedgerService, tenantId: string, effectiveDate: Day, { known, knownAt }: ResolvedAsOf, accounts: boolean): Promise<readonly Past[]> {
  const asOf: AsOf = { effectiveDate, known: { $case: 'knownAt', value: knownAt! } };
  const asked: Past[] = [];
  const ask = async <Answer extends { asOf?: ResolvedAsOf | undefined }>(name: string, request: object, at?: number): Promise<Answer> => {
    const answer = await service.ask<Answer>(name, request, at);
    asked.push({ name, request, answer });
    return answer;
  };
  const [trial, aging] = await Promise.all([
    ask<GetTrialBalanceResponse>('getTrialBalance', GetTrialBalanceRequest.fromPartial({ tenantId, asOf })), ask<GetAgingResponse>('getAging', GetAgingRequest.fromPartial({ tenantId, asOf, byCustomer: true, booked: true, pageSize: 500 })),
  ]);
  const at = `${effectiveDate} as known at ${trial.asOf!.known}`;
  journalTies(at, trial);
  agingTies(at, aging);
  for (const currency of CURRENCIES) same(`${at}: ${currency}`, ['aging', sum(aging.agings.filter((a) => a.currencyCode === currency), (a) => minorOf(a.controlTotal))], ['control account', control(trial, currency)]);
  if (aging.booked && aging.unbooked.length + aging.unbookedUnapplied.length === 0) same(`${at}: worth in the base currency`, ['aging', minorOf(aging.booked.controlTotal)], ['control account', sum(CURRENCIES, (c) => control(trial, c, 'baseBalance'))]);
  await Promise.all((accounts ? aging.customers : []).map(async ({ customerId, aging: own }) => {
    const of = { tenantId, customerId, currencyCode: own!.currencyCode, asOf };
    const [{ account: balance, controlTotal }, statement, openItems, journal] = await Promise.all([
      ask<GetAccountResponse>('getAccount', GetAccountRequest.fromPartial(of)), ask<GetStatementResponse>('getStatement', GetStatementRequest.fromPartial({ ...of, fromDate: daysAfter(effectiveDate, -3), pageSize: 500 })),
      ask<GetOpenItemStatementResponse>('getOpenItemStatement', GetOpenItemStatementRequest.fromPartial({ ...of, pageSize: 500 })), ask<ListJournalEntriesResponse>('listJournalEntries', ListJournalEntriesRequest.fromPartial({ ...of, pageSize: 500 })),
    ]);
    const controlled = [LedgerAccount.RECEIVABLES, LedgerAccount.UNAPPLIED_CASH];
    same(`${at}: ${customerId} in ${own!.currencyCode}`, ['aging', minorOf(own!.controlTotal)], ['balance', minorOf(balance!.balance)], ['open − unapplied', minorOf(balance!.open) - minorOf(balance!.unapplied)], ['control total', minorOf(controlTotal)],
      ['statement', minorOf(statement.closingBalance)], ['its opening and lines', minorOf(statement.openingBalance) + sum(statement.lines, (l) => minorOf(l.debit) - minorOf(l.credit))], ['statement of items', minorOf(openItems.closingBalance)],
      ['journal', sum(journal.entries, (e) => (controlled.includes(e.debit) ? minorOf(e.amount) : 0) - (controlled.includes(e.credit) ? minorOf(e.amount) : 0))]);
  }));
  for (const { name, answer } of asked) same(`the position of ${name}`, ['known', Number((answer as { asOf: ResolvedAsOf }).asOf.known)], ['asked for', Number(known)]);
  return asked;
}

/** What is known at this moment, whatever goes on: all of it is of one position. */
export async function whenever(service: LedgerService, tenantId: string, today: Day): Promise<readonly Past[]> {
  const { asOf } = await service.ask<GetTrialBalanceResponse>('getTrialBalance', GetTrialBalanceRequest.fromPartial({ tenantId }));
  return asOf!.known === 0n ? [] : reportsTie(service, tenantId, today, asOf!, true); // before the first event there is no instant to ask about
}

/** What the store says, folded, is what the projections answer. */
async function foldsTie(service: LedgerService, tenant: string, seen: Seen): Promise<void> {
  const streams = [...[...CUSTOMERS, UNIDENTIFIED].flatMap((c) => CURRENCIES.map((currency) => `account/${accountId(c, currency)}`)), ...seen.receipts.map((r) => `receipt/${r.receiptId}`)];
  const events = await service.worker.live.transaction((client) => load(client, streams.map((s) => ({ streamId: `${tenant}/${s}`, after: 0 }))));
  const fold = <State>(aggregate: AnyAggregate, id: string): State => events.filter((e) => e.streamId === `${tenant}/${aggregate.type}/${id}`).reduce((state, { type, data }) => aggregate.evolve(state, { type, ...data } as Typed) as State, aggregate.initial as State);
  for (const currency of CURRENCIES) for (const customer of [...CUSTOMERS, UNIDENTIFIED]) {
    const { items, cash } = fold<AccountState>(account, accountId(customer, currency));
    const listed = seen.items.filter((i) => i.customerId === customer && i.open!.currencyCode === currency && minorOf(i.open) > 0);
    same(`what is open of ${customer} in ${currency}`, ['folded', Object.fromEntries(items.values().map((i) => [i.itemId, i.openMinor] as const).sort())], ['listed', Object.fromEntries(listed.map((i) => [i.item!.itemId, minorOf(i.open)] as const).sort())]);
    const credit = [...seen.receipts.filter((r) => r.customerId === customer && r.amount!.currencyCode === currency).map((r) => [r.receiptId, minorOf(r.unapplied)] as const), ...seen.creditNotes.filter((n) => n.customerId === customer && n.amount!.currencyCode === currency).map((n) => [creditKey(n.creditNoteId), minorOf(n.unapplied)] as const)];
    same(`what is unapplied of ${customer} in ${currency}`, ['folded', Object.fromEntries([...cash].map(([key, c]) => [key, c.unappliedMinor] as const).filter(([, minor]) => minor > 0).sort())], ['listed', Object.fromEntries(credit.filter(([, minor]) => minor > 0).sort())]);
  }
  for (const r of seen.receipts) {
    const state = fold<ReceiptState>(receipt, r.receiptId);
    if (state.status === 'none') throw new Error(`${r.receiptId} is listed, and never was recorded`);
    if (r.status !== ReceiptStatus.PENDING) same(`receipt ${r.receiptId}`, ['folded', [state.customer, state.unappliedMinor, sum(Object.values(state.groups), spentSum)]], ['listed', [r.customerId, minorOf(r.unapplied), minorOf(r.applied)]]);
  }
}

/** Everything, at the end of today, as known now, and on an earlier day; the lists as well. Nothing may be under way: what was recorded meanwhile makes it `undefined`. */
export async function ties(service: LedgerService, tenantId: string, today: Day, see: () => Promise<Seen>): Promise<{ readonly seen: Seen; readonly past: readonly Past[] } | undefined> {
  const before = await service.quiet();
  const seen = await see();
  const { asOf } = await service.ask<GetTrialBalanceResponse>('getTrialBalance', GetTrialBalanceRequest.fromPartial({ tenantId }));
  if (Number(asOf!.known) > before) return undefined;
  same('what is known now', ['position', Number(asOf!.known)], ['head', before]);
  const past = [...await reportsTie(service, tenantId, today, asOf!, true), ...await reportsTie(service, tenantId, daysAfter(today, -2), asOf!, false)];
  const aging = (past.find((p) => p.name === 'getAging')!.answer as GetAgingResponse).agings;
  if (await service.quiet() !== before) return undefined;
  withinBounds(seen);
  for (const currency of CURRENCIES) {
    const unapplied = [...seen.receipts, ...seen.creditNotes].filter((r) => r.amount!.currencyCode === currency && r.customerId !== UNIDENTIFIED);
    const listed = seen.items.filter((i) => i.open!.currencyCode === currency);
    const own = aging.filter((a) => a.currencyCode === currency);
    same(`what is open in ${currency}`, ['items', sum(listed, (i) => minorOf(i.open))], ['aging', sum(own, (a) => minorOf(a.open))]);
    same(`what is unapplied in ${currency}`, ['receipts and credit notes', sum(unapplied, (r) => minorOf(r.unapplied))], ['aging', sum(own, (a) => minorOf(a.unapplied))]);
  }
  await foldsTie(service, tenantId, seen);
  return { seen, past };
}

/** A past answer never changes. */
export async function neverChange(service: LedgerService, past: readonly Past[], at: number): Promise<void> {
  await Promise.all(past.map(async ({ name, request, answer }) => same(`${name} of ${JSON.stringify(request, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`, ['before', printable(answer)], ['now', printable(await service.ask(name, request, at))])));
}
const printable = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
