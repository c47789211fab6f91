// Bank accounts and statements: which streams, what must be known, what is decided. What a bank booked is recorded as its entry, as a line of its statement, and as a receipt, in one append.
import type { Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { derivedId } from '@ar/domain/id.js';
import type { BankLine } from './bank/lines.js';
import type { StatementFacts } from './bank/statements.js';
import { accountsOfUnknown, differencesOf } from './applying.js';
import { account, accountId, UNIDENTIFIED } from './domain/account.js';
import { BANK, bankAccount, type BookingMessage, continues, gapBefore } from './domain/bank-account.js';
import { bankEntry, isThere } from './domain/bank-entry.js';
import { bankStatement, isSettled, type PostedLine } from './domain/bank-statement.js';
import { receipt } from './domain/receipt.js';
import { type KnownOfPayer, payer, type RecordReceipt, recordReceipt } from './payments.commands.js';

const bankAccountOf = (bankAccountId: string) => ({ aggregate: bankAccount, id: bankAccountId });
const statementOf = (statementId: string) => ({ aggregate: bankStatement, id: statementId });
const entryOf = (likeness: string) => ({ aggregate: bankEntry, id: likeness });

export interface RegisterBankAccount { readonly bankAccountId: string; readonly account: string; readonly currency: string; readonly message: BookingMessage; readonly withoutBalances: boolean }

export const registerBankAccount: Command<RegisterBankAccount> = {
  name: 'register-bank-account',
  streams: ({ bankAccountId }) => [bankAccountOf(bankAccountId)],
  decide: (request, on) => void on.run(bankAccountOf(request.bankAccountId), { type: 'Register', ...request }),
};

export interface ReceiveBankStatement { readonly statement: Omit<StatementFacts, 'message' | 'parts' | 'account'> & { readonly message: BookingMessage } }

/** A statement came: what is wrong with it, and what is missing before it. One that came before is as it was. */
export const receiveBankStatement: Command<ReceiveBankStatement> = {
  name: 'receive-bank-statement',
  streams: ({ statement }) => [statementOf(statement.statementId), bankAccountOf(statement.bankAccountId)],
  decide({ statement }, on) {
    const { statementId, bankAccountId, number, closingMinor, on: date } = statement;
    const of = on.state(bankAccountOf(bankAccountId));
    on.run(bankAccountOf(bankAccountId), { type: 'AskToBook', bankAccountId, message: statement.message });
    const [last, allowed] = of.status === 'registered' ? [of.last, of.withoutBalances] : [null, false];
    const holds = statement.holds.filter((h) => !(allowed && h === 'without-balances'));
    const came = on.run(statementOf(statementId), { type: 'Receive', ...statement, holds, gap: gapBefore(statement, last), continues: continues(statement, last) });
    if (came.length > 0 && holds.length === 0 && closingMinor !== null) on.run(bankAccountOf(bankAccountId), { type: 'Report', bankAccountId, statementId, number, closingMinor, on: date });
  },
};

/** `payer`: who paid as far as was known before, so that his account is locked from the beginning; who it is is decided again. */
export interface LineToPost extends BankLine { readonly payer: string }
export interface PostBankLines { readonly statementId: string; readonly bankAccountId: string; readonly currency: string; readonly lines: readonly LineToPost[] }

/** The receipt of a line: the same however often it is tried. */
const receiptIdOf = (statementId: string, line: number): string => derivedId('rcp', statementId, String(line));
const METHODS: readonly (readonly [RegExp, string])[] = [[/^PMNT\/IDDT\//, 'PAYMENT_METHOD_DIRECT_DEBIT'], [/^PMNT\/RCHQ\/|^[NFS]CHK$/, 'PAYMENT_METHOD_CHEQUE']];
const remittanceOf = ({ references, text, endToEndId }: BankLine): string => [...references, text, endToEndId].filter((t, i, every) => t !== '' && every.indexOf(t) === i).join(' ').slice(0, 1_000).trim();

const receiptFor = ({ statementId, currency }: Pick<PostBankLines, 'statementId' | 'currency'>, line: BankLine): RecordReceipt => ({
  receiptId: receiptIdOf(statementId, line.line), customer: '', currency, receivedMinor: line.minor, valueOn: line.valueOn, method: METHODS.find(([code]) => code.test(line.code))?.[1] ?? 'PAYMENT_METHOD_BANK_TRANSFER',
  bankReference: line.reference, remitter: { name: line.name, iban: line.account, remittance: remittanceOf(line) }, named: [], onAccount: false,
});

/** What RecordReceipt would know of each line that is a receipt; nothing of the others. */
export async function knownOfLines(tx: Tx, asked: readonly Pick<Asked<PostBankLines>, 'tenant' | 'request' | 'today' | 'policies'>[]): Promise<readonly (readonly (KnownOfPayer | undefined)[])[]> {
  const all = asked.flatMap(({ tenant, today, policies, request }) => request.lines.flatMap((line) => (line.meaning.is === 'receipt' ? [{ tenant, today, policies, request: receiptFor(request, line) }] : [])));
  const known = [...await recordReceipt.known!(all, tx)];
  return asked.map(({ request }) => request.lines.map((line) => (line.meaning.is === 'receipt' ? known.shift() : undefined)));
}

/** The customer who is named, or '' where none is. */
export const payerOf = (known: KnownOfPayer | undefined, currency: string): string => (known === undefined ? '' : payer('', currency, known.documents).customer);

export const postBankLines: Command<PostBankLines, readonly (KnownOfPayer | undefined)[]> = {
  name: 'post-bank-lines',
  customer: () => BANK,
  streams: ({ statementId, currency, lines }) => [
    statementOf(statementId), ...lines.map((l) => entryOf(l.likeness)),
    ...lines.flatMap((l) => (l.meaning.is === 'receipt' ? [{ aggregate: receipt, id: receiptIdOf(statementId, l.line) }, { aggregate: account, id: accountId(l.payer || UNIDENTIFIED, currency) }] : [])),
  ],
  known: (asked, tx) => knownOfLines(tx, asked),
  decide(request, on) {
    const { statementId } = request;
    const before = on.state(statementOf(statementId));
    const fresh = before.status !== 'none' && before.continues;
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: [] }); // whether it may be booked at all
    // Those that many lines may need are reached for together.
    on.reach(request.lines.flatMap((line, i) => {
      if (line.meaning.is !== 'receipt') return [];
      const { receiptId, customer, currency, ...facts } = { ...receiptFor(request, line), customer: line.payer };
      return customer === '' ? accountsOfUnknown(on, { currency, ...facts }, on.known[i]?.matchable ?? []) : differencesOf(on, customer, currency, [receiptId]);
    }));
    const posted = request.lines.filter((l) => !isSettled(before, l.line)).map((line) => postLine(request, line, fresh, on));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: posted });
  },
};

function postLine(request: PostBankLines, given: LineToPost, continuing: boolean, on: Decision<readonly (KnownOfPayer | undefined)[]>): PostedLine {
  const { statementId, bankAccountId, currency } = request;
  const { payer: _payer, likeness, nth, referenced, meaning, references: _references, text: _text, endToEndId, name, account: iban, ...line } = given;
  const came = (outcome: PostedLine['outcome'], reason: string, bankEntryId = likeness, receiptId = ''): PostedLine => ({ line: line.line, outcome, reason, bankEntryId, receiptId });
  const stream = entryOf(likeness);
  const fresh = continuing && !referenced;
  if (meaning.is === 'ignored' && (meaning.reason === 'pending' || meaning.reason === 'information')) return came('ignored', meaning.reason, '');
  if (isThere({ statementId, nth, fresh }, on.state(stream))) return came('duplicate', '');
  if (meaning.is === 'receipt' && line.valueOn > on.today) return came('refused', 'value-date-in-future', '');
  const receiptId = meaning.is === 'receipt' ? receiptIdOf(statementId, line.line) : '';
  const [outcome, reason] = meaning.is === 'receipt' ? ['booked', ''] as const : [meaning.is, meaning.reason] as const;
  on.run(stream, { type: 'Record', bankEntryId: likeness, ...line, nth, fresh, bankAccountId, statementId, currency, outcome, reason, receiptId, endToEndId, counterparty: { name, iban, remittance: remittanceOf(given) } });
  const known = on.known[request.lines.indexOf(given)];
  if (meaning.is === 'receipt') recordReceipt.decide(receiptFor(request, given), { ...on, known: known! });
  return came(outcome, reason, likeness, receiptId);
}

export interface DecideOnStatement { readonly statementId: string; readonly by: string; readonly reason: string }

export const releaseBankStatement: Command<DecideOnStatement> = {
  name: 'release-bank-statement',
  streams: ({ statementId }) => [statementOf(statementId)],
  decide: (request, on) => void on.run(statementOf(request.statementId), { type: 'Release', ...request }),
};

export const discardBankStatement: Command<DecideOnStatement> = {
  name: 'discard-bank-statement',
  streams: ({ statementId }) => [statementOf(statementId)],
  decide: (request, on) => void on.run(statementOf(request.statementId), { type: 'Discard', ...request }),
};
