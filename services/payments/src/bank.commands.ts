// Bank accounts and statements: which streams, what must be known, what is decided. What a bank booked is recorded as its entry, as a line of its statement, and as a receipt, in one append.
import type { AnyStream, Asked, Command, Decision, Tx } from '@ar/runtime/forms.js';
import { derivedId } from '@ar/domain/id.js';
import { cut } from '@ar/domain/text.js';
import type { BankLine } from './bank/lines.js';
import type { StatementFacts } from './bank/statements.js';
import { accountOf, accountsOfUnknown, creditOf, differencesOf, receiptOf } from './applying.js';
import { announceOwn, knownOfBankAdvices, streamsOfAdvices, tellAdvice } from './bank-advices.js';
import { adviceOf } from './by-advice.js';
import { debitOf, recordCollected, streamsOfAttempt } from './collecting.js';
import type { KnownOfAdvice } from './remittance.commands.js';
import { account, accountId, UNIDENTIFIED } from './domain/account.js';
import { BANK, bankAccount, type BookingMessage, continues, type CsvProfile, gapBefore } from './domain/bank-account.js';
import { bankEntry, isThere } from './domain/bank-entry.js';
import { bankReturn, type ReturnFacts } from './domain/bank-return.js';
import { bankStatement, isSettled, type PostedLine } from './domain/bank-statement.js';
import { receiptIn } from './domain/debit.js';
import { derivedReceiptId } from './domain/receipt-id.js';
import { receipt } from './domain/receipt.js';
import { toldOfLines, type ToldOfLine } from './projections/bank-details.js';
import { attemptsCalled, type KnownDebit } from './projections/debits.js';
import { type KnownOfPayer, payer, paysForIn, type RecordReceipt, recordReceipt } from './payments.commands.js';
import { shareIdOf } from './paying-for.js';

export const returnOf = (returnId: string) => ({ aggregate: bankReturn, id: returnId });
const bankAccountOf = (bankAccountId: string) => ({ aggregate: bankAccount, id: bankAccountId });
export const statementOf = (statementId: string) => ({ aggregate: bankStatement, id: statementId });
export const entryOf = (likeness: string) => ({ aggregate: bankEntry, id: likeness });

export interface RegisterBankAccount { readonly bankAccountId: string; readonly account: string; readonly currency: string; readonly message: BookingMessage; readonly withoutBalances: boolean; readonly csv?: CsvProfile }

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
    on.run(bankAccountOf(bankAccountId), { type: 'AskToBook', bankAccountId });
    const [last, allowed, enriches] = of.status === 'registered' ? [of.last, of.withoutBalances, of.message !== statement.message] : [null, false, false];
    const holds = statement.holds.filter((h) => !((allowed || enriches) && h === 'without-balances'));
    const before = enriches ? { gap: null, continues: false, enriches } as const : { gap: gapBefore(statement, last), continues: continues(statement, last) };
    const came = on.run(statementOf(statementId), { type: 'Receive', ...statement, holds, ...before });
    if (!enriches && came.length > 0 && holds.length === 0 && closingMinor !== null) on.run(bankAccountOf(bankAccountId), { type: 'Report', bankAccountId, statementId, number, closingMinor, on: date });
  },
};

/** `payer`: who paid as far as was known before, so that his account is locked from the beginning; who it is is decided again. */
export interface LineToPost extends BankLine { readonly payer: string }
export interface PostBankLines { readonly statementId: string; readonly bankAccountId: string; readonly currency: string; readonly lines: readonly LineToPost[] }

/** The receipt of a line: the same however often it is tried. */
const receiptIdOf = (statementId: string, line: number): string => derivedReceiptId(statementId, String(line));
const returnIdOf = (statementId: string, line: number): string => derivedId('brt', statementId, String(line));
const isReturn = ({ meaning, credit }: Pick<BankLine, 'meaning' | 'credit'>): boolean => meaning.is === 'recognised' && !credit;

/** The return that a line may open. */
export const returnsOf = (statementId: string, line: Pick<BankLine, 'line' | 'meaning' | 'credit'>): readonly AnyStream[] => (isReturn(line) ? [returnOf(returnIdOf(statementId, line.line))] : []);

/** Money that came in goes out again: to be matched with its receipt. */
export function openReturn(on: Decision<unknown>, { statementId, bankAccountId, currency }: Pick<PostBankLines, 'statementId' | 'bankAccountId' | 'currency'>, line: BankLine, bankEntryId: string): void {
  if (!isReturn(line) || line.meaning.is !== 'recognised') return;
  const returnId = returnIdOf(statementId, line.line);
  const { minor, chargesMinor, bookedOn, reference, endToEndId, returnCode: code, meaning: { reason } } = line;
  const facts: ReturnFacts = { bankAccountId, statementId, bankEntryId, currency, minor, chargesMinor, bookedOn, reference, endToEndId, code, reason, counterparty: { name: line.name, iban: line.account, remittance: remittanceOf(line) } };
  on.run(returnOf(returnId), { type: 'Open', returnId, ...facts });
}
const METHODS: readonly (readonly [RegExp, string])[] = [[/^PMNT\/IDDT\//, 'PAYMENT_METHOD_DIRECT_DEBIT'], [/^PMNT\/RCHQ\/|^[NFS]CHK$|^BAI\/(115|116|175|301)$|^X12\/CHK$/, 'PAYMENT_METHOD_CHEQUE']];
export const remittanceOf = ({ references, text, endToEndId }: Pick<BankLine, 'references' | 'text' | 'endToEndId'>): string => cut([...references, text, endToEndId].filter((t, i, every) => t !== '' && every.indexOf(t) === i).join(' '), 1_000).trim();

const receiptFor = ({ statementId, currency }: Pick<PostBankLines, 'statementId' | 'currency'>, line: BankLine): RecordReceipt => ({
  receiptId: receiptIdOf(statementId, line.line), customer: '', currency, receivedMinor: line.minor, valueOn: line.valueOn, method: METHODS.find(([code]) => code.test(line.code))?.[1] ?? 'PAYMENT_METHOD_BANK_TRANSFER',
  bankReference: line.reference, remitter: { name: line.name, iban: line.account, remittance: remittanceOf(line) }, named: [], onAccount: false,
});

/** Of a line: what another message has told of it, what RecordReceipt would know where it is a receipt, and the direct debit of ours that it is the money of. */
export interface KnownOfLine { readonly told: ToldOfLine | undefined; readonly payer: KnownOfPayer | undefined; /** Of what its payer says that it is for. */ readonly advice?: KnownOfAdvice | undefined; readonly debit?: KnownDebit | undefined }

/** What is told elsewhere completes a line; what its own message says stays. */
const completed = (line: BankLine, told: ToldOfLine | undefined): BankLine => (told === undefined ? line : {
  ...line, name: line.name || told.name, account: line.account || told.account, text: cut([line.text, told.remittance].filter((t) => t !== '').join(' '), 900), endToEndId: line.endToEndId || told.endToEndId, returnCode: line.returnCode || told.returnCode,
  meaning: told.returnCode !== '' && line.meaning.is === 'ignored' && line.meaning.reason === 'debit' ? { is: 'recognised', reason: 'return' } : line.meaning,
});

export async function knownOfLines(tx: Tx, asked: readonly Pick<Asked<PostBankLines>, 'tenant' | 'request' | 'today' | 'policies'>[]): Promise<readonly (readonly KnownOfLine[])[]> {
  const told = [...await toldOfLines(tx, asked.flatMap(({ tenant, request }) => request.lines.map((line) => ({ tenant, line }))))];
  const all = asked.map(({ request }) => request.lines.map((line) => { const of = told.shift(); return { line, told: of, whole: completed(line, of) }; }));
  const receipts = asked.flatMap(({ tenant, today, policies, request }, n) => all[n]!.flatMap(({ whole }) => (whole.meaning.is === 'receipt' ? [{ tenant, today, policies, request: receiptFor(request, whole) }] : [])));
  const known = [...await recordReceipt.known!(receipts, tx)];
  const ours = [...await attemptsCalled(tx, asked.flatMap(({ tenant }, n) => all[n]!.map(({ whole }) => ({ tenant, endToEndId: whole.credit ? whole.endToEndId : '' }))))];
  const advices = await knownOfBankAdvices(asked, tx);
  return all.map((lines, n) => lines.map(({ line, told: of }, i) => { const debit = ours.shift(); return { told: of, payer: line.meaning.is === 'receipt' ? known.shift() : undefined, ...(debit?.minor === line.minor && debit.currency === asked[n]!.request.currency ? { debit } : {}), ...(advices[n]![i] ? { advice: advices[n]![i] } : {}) }; }));
}

/** A line that is the money of a direct debit of ours: recorded once, whether the bank or the provider had said so before or not. One that went back is none any more. */
function collectedByDebit(on: Decision<readonly KnownOfLine[]>, { debit, payer: known }: KnownOfLine, line: BankLine): string | undefined {
  const state = debit && on.state(debitOf(debit.debitId));
  const became = debit && state && state.status !== 'none' ? state.attempts[debit.attempt]?.became : undefined;
  if (!debit || became === undefined || became === 'returned') return undefined;
  recordCollected(on, { debitId: debit.debitId, attempt: debit.attempt, reference: line.reference, valueOn: line.valueOn, rates: known?.rates });
  return receiptIn(on.state(debitOf(debit.debitId)), debit.debitId, debit.attempt);
}

/** The customer who is named, or '' where none is. */
export const payerOf = (known: KnownOfLine, currency: string): string => (known.payer === undefined ? '' : payer('', currency, (known.advice ?? known.payer).documents).customer);

export const postBankLines: Command<PostBankLines, readonly KnownOfLine[]> = {
  name: 'post-bank-lines',
  customer: () => BANK,
  streams: ({ statementId, currency, lines }) => [
    statementOf(statementId), ...lines.map((l) => entryOf(l.likeness)),
    ...lines.flatMap((l) => returnsOf(statementId, l)),
    ...lines.flatMap((l) => (l.meaning.is === 'receipt' ? [{ aggregate: receipt, id: receiptIdOf(statementId, l.line) }, { aggregate: account, id: accountId(l.payer || UNIDENTIFIED, currency) }] : [])),
  ],
  known: (asked, tx) => knownOfLines(tx, asked),
  decide(request, on) {
    const { statementId } = request;
    const before = on.state(statementOf(statementId));
    const fresh = before.status !== 'none' && before.continues;
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: [] }); // whether it may be booked at all
    // Those that many lines may need are reached for together.
    reachForPayers(on, request);
    on.reach(request.lines.flatMap((line, i) => {
      const whole = completed(line, on.known[i]!.told);
      if (line.meaning.is !== 'receipt') return returnsOf(statementId, whole);
      const { debit } = on.known[i]!;
      if (debit) return streamsOfAttempt(debit);
      const { receiptId, customer, currency, ...facts } = { ...receiptFor(request, whole), customer: line.payer };
      return customer === '' ? accountsOfUnknown(on, { currency, ...facts }, on.known[i]!.payer?.matchable ?? []) : differencesOf(on, customer, currency, [receiptId], on.known[i]!.payer?.segments?.[customer]);
    }));
    const posted = request.lines.filter((l) => !isSettled(before, l.line)).map((line) => postLine(request, line, fresh, on));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: posted });
  },
};

/** The advices of all lines; the accounts of their payers and of whom these pay for; then the credit notes that payers count in, and the receipts of what is passed on. */
function reachForPayers(on: Decision<readonly KnownOfLine[]>, request: PostBankLines): void {
  const { statementId, currency } = request;
  const lines = request.lines.flatMap((line, i) => {
    const { payer: known, advice } = on.known[i]!;
    if (line.meaning.is !== 'receipt' || !known) return [];
    const links = advice ? advice.links : known.links;
    const named = payer('', currency, (advice ?? known).documents, links, line.valueOn).customer;
    const payers = [named, ...(known.advices ?? []).map((a) => a.customer)].filter((c) => c !== UNIDENTIFIED);
    return [{ receiptId: receiptIdOf(statementId, line.line), known, advice, payers, paidFor: [...new Set(payers.flatMap((c) => [...paysForIn(links, c, line.valueOn).paysFor ?? [], ...paysForIn(known.links, c, line.valueOn).paysFor ?? []]))] }];
  });
  on.reach([
    ...streamsOfAdvices(on, request, request.lines.map((line, i) => ({ line, known: on.known[i]!.advice }))),
    ...lines.flatMap(({ known, payers, paidFor }) => [...(known.advices ?? []).map((a) => adviceOf(a.adviceId)), ...[...payers, ...paidFor].map((c) => accountOf(c, currency))]),
  ]);
  on.reach(lines.flatMap(({ receiptId, known, advice, paidFor }) => [
    ...[advice?.credits ?? {}, ...(known.advices ?? []).map((a) => a.known.credits)].flatMap((credits) => Object.values(credits).map(creditOf)),
    ...paidFor.filter((c) => on.state(accountOf(c, currency)).items.size > 0).map((c) => receiptOf(shareIdOf(receiptId, c, 0))),
  ]));
}

function postLine(request: PostBankLines, asked: LineToPost, continuing: boolean, on: Decision<readonly KnownOfLine[]>): PostedLine {
  const known = on.known[request.lines.indexOf(asked)]!;
  const { payer: _payer, ...bare } = asked;
  const given = completed(bare, known.told);
  const { statementId, bankAccountId, currency } = request;
  const { likeness, nth, referenced, place: _place, whole: _whole, wholeMinor: _wholeMinor, meaning, references: _references, text: _text, advice: _advice, endToEndId, name, account: iban, ...line } = given;
  const came = (outcome: PostedLine['outcome'], reason: string, bankEntryId = likeness, receiptId = ''): PostedLine => ({ line: line.line, outcome, reason, bankEntryId, receiptId });
  const stream = entryOf(likeness);
  const fresh = continuing && !referenced;
  if (asked.advice && known.advice && meaning.is === 'ignored' && meaning.reason === 'information') return came(...tellAdvice(on, request, given, known.advice), '');
  if (meaning.is === 'ignored' && (meaning.reason === 'pending' || meaning.reason === 'information')) return came('ignored', meaning.reason, '');
  if (isThere({ statementId, nth, fresh }, on.state(stream))) return came('duplicate', '');
  if (meaning.is === 'receipt' && line.valueOn > on.today) return came('refused', 'value-date-in-future', '');
  const collected = meaning.is === 'receipt' ? collectedByDebit(on, known, given) : undefined;
  const receiptId = collected ?? (meaning.is === 'receipt' ? receiptIdOf(statementId, line.line) : '');
  const [outcome, reason] = collected !== undefined ? ['recognised', 'direct-debit'] as const : meaning.is === 'receipt' ? ['booked', ''] as const : [meaning.is, meaning.reason] as const;
  on.run(stream, { type: 'Record', bankEntryId: likeness, ...line, nth, fresh, bankAccountId, statementId, currency, outcome, reason, receiptId, endToEndId, counterparty: { name, iban, remittance: remittanceOf(given) } });
  openReturn(on, request, given, likeness);
  if (meaning.is === 'receipt' && collected === undefined) {
    const own = known.advice && announceOwn(on, request, given, known.advice);
    recordReceipt.decide(receiptFor(request, given), { ...on, known: own ? { ...known.payer!, documents: [], advices: [own], ...(known.advice?.links ? { links: known.advice.links } : {}) } : known.payer! });
  }
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
