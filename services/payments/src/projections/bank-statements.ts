// Bank accounts, statements with how far each is booked, and what was recorded of their lines.
import type { EventType } from '@ar/contracts/registry.js';
import { BankLineOutcome, BankStatementStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { BankAccount, BankEntry, BankStatement } from '@ar/contracts/gen/ar/payments/v1/bank_service.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';

const ofAccount = ['ar.payments.bank_account_registered.v1', 'ar.payments.bank_balance_reported.v1'] as const satisfies readonly EventType[];
const ofStatement = ['ar.payments.bank_statement_received.v1', 'ar.payments.bank_lines_posted.v1', 'ar.payments.bank_statement_released.v1', 'ar.payments.bank_statement_discarded.v1'] as const satisfies readonly EventType[];
type OfStatement = (typeof ofStatement)[number];

export const bankAccountResource: Resource<BankAccount> = {
  aggregate: 'bank-account',
  on: ofAccount,
  evolve(before, event) {
    const e = event as Consumed<(typeof ofAccount)[number]>;
    if (e.type === 'ar.payments.bank_account_registered.v1') { const { customerId: _bank, ...facts } = e.data; return BankAccount.fromPartial(facts); }
    if (!before) throw new Error(`${e.type} of an account that was not registered: ${e.subject}`);
    return before; // balances are told with the statements
  },
};

/** The accounts, for imports that have to know how they are read. */
export const bankAccounts: Projection<'ar.payments.bank_account_registered.v1'> = {
  name: 'bank-accounts',
  ddl: 'create table bank_account (tenant text, bank_account_id text, resource jsonb not null, primary key (tenant, bank_account_id))',
  on: ['ar.payments.bank_account_registered.v1'],
  async project(events, tx) {
    await tx.query('insert into bank_account select * from jsonb_to_recordset($1) x(tenant text, id text, resource jsonb)', [JSON.stringify(events.map((e) => ({ tenant: e.tenant, id: e.data.bankAccountId, resource: BankAccount.toJSON(bankAccountResource.evolve(undefined, e)) })))]);
  },
};

export async function bankAccountById(tx: Tx, tenant: string, bankAccountId: string): Promise<BankAccount | undefined> {
  const [row] = await tx.query<{ resource: unknown }>('select resource from bank_account where tenant = $1 and bank_account_id = $2', [tenant, bankAccountId]);
  return row && BankAccount.fromJSON(row.resource);
}

export const bankStatementResource: Resource<BankStatement> = {
  aggregate: 'bank-statement',
  on: ofStatement,
  evolve(before, event) {
    const e = event as Consumed<OfStatement>;
    if (e.type === 'ar.payments.bank_statement_received.v1') {
      const { customerId: _bank, ...facts } = e.data;
      return settled(BankStatement.fromPartial({ ...facts, status: facts.holds.length > 0 ? BankStatementStatus.HELD : BankStatementStatus.BOOKING }));
    }
    if (!before) throw new Error(`${e.type} of a statement that did not come: ${e.subject}`);
    switch (e.type) {
      case 'ar.payments.bank_lines_posted.v1': {
        const count = (outcome: BankLineOutcome) => e.data.lines.filter((l) => l.outcome === outcome).length;
        // A line that was refused before is told again when it comes to something: it was counted then.
        const again = Math.max(0, before.booked + before.recognised + before.ignored + before.duplicates + before.enriched + before.refused + e.data.lines.length - before.lines);
        return settled({
          ...before, booked: before.booked + count(BankLineOutcome.BOOKED), recognised: before.recognised + count(BankLineOutcome.RECOGNISED), ignored: before.ignored + count(BankLineOutcome.IGNORED),
          refused: before.refused + count(BankLineOutcome.REFUSED) - Math.min(again, before.refused), duplicates: before.duplicates + count(BankLineOutcome.DUPLICATE), enriched: before.enriched + count(BankLineOutcome.ENRICHED),
        });
      }
      case 'ar.payments.bank_statement_released.v1': return settled({ ...before, status: BankStatementStatus.BOOKING, decidedBy: e.data.releasedBy, decisionReason: e.data.reason });
      case 'ar.payments.bank_statement_discarded.v1': return { ...before, status: BankStatementStatus.DISCARDED, decidedBy: e.data.discardedBy, decisionReason: e.data.reason };
    }
  },
};

const settled = (s: BankStatement): BankStatement =>
  (s.status === BankStatementStatus.BOOKING && s.booked + s.recognised + s.ignored + s.duplicates + s.enriched === s.lines ? { ...s, status: BankStatementStatus.BOOKED } : s);

export const bankStatements: Projection<OfStatement> = {
  name: 'bank-statements',
  ddl: `create table bank_statement (tenant text, bank_statement_id text, version int not null, bank_account_id text not null, status text not null, stated_on date, bank_id text not null, resource jsonb not null, primary key (tenant, bank_statement_id));
    create index on bank_statement (tenant, stated_on, bank_statement_id)`,
  on: ofStatement,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; id: string; version: number; resource: unknown }>(
      'select tenant, bank_statement_id id, version, resource from bank_statement where tenant = any($1) and bank_statement_id = any($2)', [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.bankStatementId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.id}`, { tenant: r.tenant, version: r.version, of: BankStatement.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.bankStatementId}`;
      kept.set(key, { tenant: e.tenant, version: e.version, of: bankStatementResource.evolve(kept.get(key)?.of, e) });
    }
    await tx.query(
      `insert into bank_statement select tenant, id, version, account, status, "statedOn", "bankId", resource
         from jsonb_to_recordset($1) x(tenant text, id text, version int, account text, status text, "statedOn" date, "bankId" text, resource jsonb)
       on conflict (tenant, bank_statement_id) do update set version = excluded.version, status = excluded.status, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, of }) => ({ tenant, id: of.bankStatementId, version, account: of.bankAccountId, status: of.status, statedOn: of.date || null, bankId: of.bankId, resource: BankStatement.toJSON(of) })))]);
  },
};

export const bankEntries: Projection<'ar.payments.bank_entry_recorded.v1'> = {
  name: 'bank-entries',
  ddl: `create table bank_entry (tenant text, bank_entry_id text, occurrence int, bank_account_id text not null, bank_statement_id text not null, line int not null, outcome text not null, booked_on date not null, credit boolean not null, minor bigint not null, bank_reference text not null,
      end_to_end_id text not null, receipt_id text not null, resource jsonb not null, primary key (tenant, bank_entry_id, occurrence));
    create index on bank_entry (tenant, booked_on, bank_entry_id, occurrence);
    create index on bank_entry (tenant, bank_statement_id, line);
    create index on bank_entry (tenant, bank_account_id, booked_on, minor)`,
  on: ['ar.payments.bank_entry_recorded.v1'],
  async project(events, tx) {
    await tx.query(
      `insert into bank_entry select * from jsonb_to_recordset($1) x(tenant text, id text, occurrence int, account text, statement text, line int, outcome text, "bookedOn" date, credit boolean, minor bigint, reference text, "endToEnd" text, receipt text, resource jsonb)`,
      [JSON.stringify(events.map(({ tenant, data: { pii, customerId: _bank, ...e } }) => ({
        tenant, id: e.bankEntryId, occurrence: e.occurrence, account: e.bankAccountId, statement: e.bankStatementId, line: e.line, outcome: e.outcome, bookedOn: e.bookingDate, credit: e.credit, minor: moneyOf(e.amount).minor, reference: e.bankReference, endToEnd: e.endToEndId, receipt: e.receiptId,
        resource: BankEntry.toJSON({ ...e, counterparty: pii?.data, details: [] }),
      })))]);
  },
};

export async function bankStatementById(tx: Tx, tenant: string, bankStatementId: string): Promise<{ readonly bankStatement: BankStatement; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from bank_statement where tenant = $1 and bank_statement_id = $2', [tenant, bankStatementId]);
  return row && { bankStatement: BankStatement.fromJSON(row.resource), version: row.version };
}
