// What messages that do not book tell of entries, and which entry it is that a line of theirs tells of.
import { BankEntryDetail, BankLineOutcome } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';
import type { BankLine } from '../bank/lines.js';

export const bankDetails: Projection<'ar.payments.bank_entry_enriched.v1'> = {
  name: 'bank-details',
  ddl: `create table bank_detail (tenant text, bank_entry_id text, bank_statement_id text, line int, part int not null, minor bigint not null, return_code text not null, recorded bigint not null, resource jsonb not null,
    primary key (tenant, bank_entry_id, bank_statement_id, line))`,
  on: ['ar.payments.bank_entry_enriched.v1'],
  async project(events, tx) {
    await tx.query(
      `insert into bank_detail select * from jsonb_to_recordset($1) x(tenant text, entry text, statement text, line int, part int, minor bigint, code text, recorded bigint, resource jsonb)`,
      [JSON.stringify(events.map(({ tenant, recorded, data: { pii, ...e } }) => ({
        tenant, entry: e.bankEntryId, statement: e.bankStatementId, line: e.line, part: e.part, minor: moneyOf(e.amount).minor, code: e.returnCode, recorded,
        resource: BankEntryDetail.toJSON({ bankStatementId: e.bankStatementId, line: e.line, part: e.part, amount: e.amount, endToEndId: e.endToEndId, counterparty: pii?.data }),
      })))]);
  },
};

/** What is known of a line from elsewhere; texts are empty where nothing is. */
export interface ToldOfLine { readonly name: string; readonly account: string; readonly remittance: string; readonly endToEndId: string; readonly returnCode: string }
type LikeLine = Pick<BankLine, 'whole' | 'place' | 'minor'>;

/** What was told of lines before they are booked, one answer each: of the entry, or of that transaction of it; of several the first. */
export async function toldOfLines(tx: Tx, asked: readonly { readonly tenant: string; readonly line: LikeLine }[]): Promise<readonly (ToldOfLine | undefined)[]> {
  const rows = await tx.query<{ tenant: string; entry: string; part: number; minor: number; code: string; resource: unknown }>(
    'select tenant, bank_entry_id entry, part, minor, return_code code, resource from bank_detail where tenant = any($1) and bank_entry_id = any($2) order by recorded', [[...new Set(asked.map((a) => a.tenant))], [...new Set(asked.map((a) => a.line.whole))]]);
  return asked.map(({ tenant, line }) => {
    const row = rows.find((r) => r.tenant === tenant && r.entry === line.whole && r.part === line.place && Number(r.minor) === line.minor);
    const { counterparty, endToEndId } = BankEntryDetail.fromJSON(row?.resource ?? {});
    return row && { name: counterparty?.name ?? '', account: counterparty?.iban ?? '', remittance: counterparty?.remittance ?? '', endToEndId, returnCode: row.code };
  });
}

export interface EntryFound { readonly bankEntryId: string; readonly receiptId: string; /** The line is all of what was booked. */ readonly whole: boolean; /** It was nothing to book. */ readonly ignored: boolean }

/**
 * The entry that was booked for a line of another message: by the bank's reference, with amount and date; else, where one of both has no reference, the only entry of that amount and date, or of its batch's.
 * Nothing where several could be meant.
 */
export async function entriesBooked(tx: Tx, asked: readonly { readonly tenant: string; readonly bankAccountId: string; readonly line: BankLine }[]): Promise<readonly (EntryFound | undefined)[]> {
  const rows = await tx.query<{ tenant: string; account: string; id: string; outcome: string; receipt: string; credit: boolean; minor: number; bookedOn: string; reference: string }>(
    `select tenant, bank_account_id account, bank_entry_id id, outcome, receipt_id receipt, credit, minor, booked_on::text "bookedOn", bank_reference reference from bank_entry
      where tenant = any($1) and bank_account_id = any($2) and (bank_entry_id = any($3) or (booked_on = any($4) and minor = any($5))) order by bank_entry_id, occurrence`,
    [[...new Set(asked.map((a) => a.tenant))], [...new Set(asked.map((a) => a.bankAccountId))], [...new Set(asked.flatMap((a) => [a.line.likeness, a.line.whole]))], [...new Set(asked.flatMap((a) => a.line.bookedOn || []))], [...new Set(asked.flatMap((a) => [a.line.minor, a.line.wholeMinor]))]]);
  return asked.map(({ tenant, bankAccountId, line }) => {
    const here = rows.filter((r) => r.tenant === tenant && r.account === bankAccountId && r.credit === line.credit);
    const alike = (minor: number) => here.filter((r) => r.bookedOn === line.bookedOn && Number(r.minor) === minor && !(line.referenced && r.reference !== ''));
    const ways = [here.filter((r) => r.id === line.likeness), here.filter((r) => r.id === line.whole), alike(line.minor), alike(line.wholeMinor)];
    const [row, ...others] = ways.find((way) => way.length > 0) ?? [];
    return row && others.length === 0 ? { bankEntryId: row.id, receiptId: row.receipt, whole: Number(row.minor) === line.minor, ignored: row.outcome === BankLineOutcome.IGNORED } : undefined;
  });
}

/** What was told of entries, by their ids. */
export async function detailsOf(tx: Tx, tenant: string, bankEntryIds: readonly string[]): Promise<ReadonlyMap<string, readonly BankEntryDetail[]>> {
  const rows = await tx.query<{ id: string; resource: unknown }>('select bank_entry_id id, resource from bank_detail where tenant = $1 and bank_entry_id = any($2) order by recorded', [tenant, bankEntryIds]);
  const of = new Map<string, BankEntryDetail[]>();
  for (const { id, resource } of rows) of.set(id, [...(of.get(id) ?? []), BankEntryDetail.fromJSON(resource)]);
  return of;
}
