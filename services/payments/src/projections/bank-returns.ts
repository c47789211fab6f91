// What banks took back, and which receipts it may have been.
import type { EventType } from '@ar/contracts/registry.js';
import { BankReturnStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { BankReturn, type BankReturnCandidate } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { bankReturnMatches } from '../payments.publisher.js';
import { amountsOf, type Candidate, type MatchedBy, type ReturnFacts, waysOf } from '../domain/bank-return.js';

const on = ['ar.payments.bank_return_opened.v1', 'ar.payments.bank_return_matched.v1', 'ar.payments.bank_return_dismissed.v1'] as const satisfies readonly EventType[];
type Read = (typeof on)[number];

export const bankReturnResource: Resource<BankReturn> = {
  aggregate: 'bank-return',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    if (e.type === 'ar.payments.bank_return_opened.v1') {
      const { customerId: _bank, pii, ...facts } = e.data;
      return BankReturn.fromPartial({ ...facts, status: BankReturnStatus.OPEN, ...(pii?.data ? { counterparty: pii.data } : {}) });
    }
    if (!before) throw new Error(`${e.type} of what was not taken back: ${e.subject}`);
    switch (e.type) {
      case 'ar.payments.bank_return_matched.v1': return { ...before, status: BankReturnStatus.MATCHED, receiptId: e.data.receiptId, matchedBy: e.data.matchedBy, decidedBy: e.data.decidedBy, decisionReason: e.data.reason };
      case 'ar.payments.bank_return_dismissed.v1': return { ...before, status: BankReturnStatus.DISMISSED, decidedBy: e.data.dismissedBy, decisionReason: e.data.reason };
    }
  },
};

export const bankReturns: Projection<Read> = {
  name: 'bank-returns',
  ddl: `create table bank_return (tenant text, bank_return_id text, status text not null, booked_on date not null, bank_account_id text not null, bank_statement_id text not null, bank_entry_id text not null, receipt_id text not null, resource jsonb not null,
      primary key (tenant, bank_return_id));
    create index on bank_return (tenant, booked_on, bank_return_id);
    create index on bank_return (tenant, receipt_id)`,
  on,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; id: string; resource: unknown }>('select tenant, bank_return_id id, resource from bank_return where tenant = any($1) and bank_return_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.bankReturnId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.id}`, { tenant: r.tenant, of: BankReturn.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.bankReturnId}`;
      kept.set(key, { tenant: e.tenant, of: bankReturnResource.evolve(kept.get(key)?.of, e) });
    }
    await tx.query(
      `insert into bank_return select * from jsonb_to_recordset($1) x(tenant text, id text, status text, "bookedOn" date, account text, statement text, entry text, receipt text, resource jsonb)
       on conflict (tenant, bank_return_id) do update set status = excluded.status, receipt_id = excluded.receipt_id, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, of }) => ({ tenant, id: of.bankReturnId, status: of.status, bookedOn: of.bookingDate, account: of.bankAccountId, statement: of.bankStatementId, entry: of.bankEntryId, receipt: of.receiptId, resource: BankReturn.toJSON(of) })))]);
  },
};

type Asked = Pick<ReturnFacts, 'bankAccountId' | 'currency' | 'minor' | 'chargesMinor' | 'bookedOn' | 'reference' | 'endToEndId' | 'counterparty'>;
interface Found extends Candidate { readonly customer: string; readonly reversed: boolean; readonly currency: string; readonly minor: number; readonly bookedOn: string }
/** Of one amount: who has more payments alike does not find one by looking at them. */
const MOST_LOOKED_AT = 1_000;

/** Receipts of an amount that fits, booked on the same account before: the likeliest first, then the latest. Those matched with another return are not among them; those reversed in other ways are, for what went back may be one of them. */
export async function candidatesFor(tx: Tx, tenant: string, asked: readonly Asked[]): Promise<readonly (readonly Found[])[]> {
  const rows = await tx.query<Found & { n: number }>(
    `select a.n, f.* from jsonb_to_recordset($2) a(n int, account text, minors bigint[], "before" date) cross join lateral
      (select b.receipt_id "receiptId", b.end_to_end_id "endToEndId", b.bank_reference reference, coalesce(nullif(r.resource->'remitter'->>'iban', ''), b.resource->'counterparty'->>'iban', '') iban, r.customer, r.currency, r.status = 'RECEIPT_STATUS_REVERSED' reversed, b.minor, b.booked_on::text "bookedOn"
         from bank_entry b join receipt r on r.tenant = b.tenant and r.receipt_id = b.receipt_id
        where b.tenant = $1 and b.bank_account_id = a.account and b.minor = any(a.minors) and b.credit and b.booked_on <= a."before" and not exists (select from bank_return m where m.tenant = b.tenant and m.receipt_id = b.receipt_id)
        order by b.booked_on desc, b.receipt_id limit ${MOST_LOOKED_AT}) f order by a.n, f."bookedOn" desc, f."receiptId"`,
    [tenant, JSON.stringify(asked.map((a, n) => ({ n, account: a.bankAccountId, minors: amountsOf(a), before: a.bookedOn })))]);
  const collected = await collectedByDebits(tx, tenant, asked);
  return asked.map((a, n) => {
    const booked = rows.filter((r) => r.n === n).map((r) => ({ ...r, minor: Number(r.minor) }));
    const every = [...booked, ...(collected[n] ?? [])];
    const found = every.filter((f, i) => every.findIndex((e) => e.receiptId === f.receiptId) === i); // several lines may tell of the money of one debit
    return found.map((of) => ({ of, rank: RANKS.findIndex((way) => waysOf(a, of).includes(way)) })).sort((x, y) => (x.rank < 0 ? RANKS.length : x.rank) - (y.rank < 0 ? RANKS.length : y.rank)).map(({ of }) => of);
  });
}
/** Of direct debits that the bank settled by a message other than this account's: by what we called them. */
async function collectedByDebits(tx: Tx, tenant: string, asked: readonly Asked[]): Promise<readonly (readonly Found[])[]> {
  const named = asked.filter((a) => a.endToEndId !== '').map((a) => a.endToEndId);
  const rows = named.length === 0 ? [] : await tx.query<Omit<Found, 'minor'> & { minor: string | number }>(
    `select a.receipt_id "receiptId", a.end_to_end_id "endToEndId", '' reference, '' iban, r.customer, r.currency, r.status = 'RECEIPT_STATUS_REVERSED' reversed, a.minor, r.resource->>'value_date' "bookedOn"
       from debit_attempt a join receipt r on r.tenant = a.tenant and r.receipt_id = a.receipt_id
      where a.tenant = $1 and a.end_to_end_id = any($2) and not exists (select from bank_return m where m.tenant = a.tenant and m.receipt_id = a.receipt_id)`, [tenant, named]);
  return asked.map((a) => rows.filter((r) => r.endToEndId === a.endToEndId && r.currency === a.currency && amountsOf(a).includes(Number(r.minor))).map((r) => ({ ...r, minor: Number(r.minor) })));
}
const RANKS: readonly MatchedBy[] = ['end-to-end-id', 'bank-reference', 'amount-and-debtor'];

const MOST_CANDIDATES = 10;

/** What is open, with what it may have been. */
export async function withCandidates(tx: Tx, tenant: string, returns: readonly BankReturn[]): Promise<readonly BankReturn[]> {
  const open = returns.filter((r) => r.status === BankReturnStatus.OPEN);
  const asked = open.map((r) => ({
    bankAccountId: r.bankAccountId, currency: r.amount!.currencyCode, minor: moneyOf(r.amount).minor, chargesMinor: r.charges ? moneyOf(r.charges).minor : 0, bookedOn: r.bookingDate, reference: r.bankReference, endToEndId: r.endToEndId,
    counterparty: r.counterparty ?? { name: '', iban: '', remittance: '' },
  }));
  const found = open.length === 0 ? [] : await candidatesFor(tx, tenant, asked);
  return returns.map((r) => {
    const n = open.indexOf(r);
    return n < 0 ? r : { ...r, candidates: found[n]!.filter((c) => !c.reversed).slice(0, MOST_CANDIDATES).map((c): BankReturnCandidate => ({ receiptId: c.receiptId, customerId: c.customer, amount: { currencyCode: c.currency, value: formatMoney(c) }, bookingDate: c.bookedOn, ways: waysOf(asked[n]!, c).map((w) => bankReturnMatches[w]) })) };
  });
}
