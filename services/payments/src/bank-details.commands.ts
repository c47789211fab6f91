// Messages that do not book on their account: which entry each of their lines tells of, and who paid where nobody knew.
//
// - What a line tells is kept with the entry, booked or still to come: by the bank's reference, else the only one of that amount and date. Told again, it is the same.
// - It is never money. A receipt that it tells of alone, and that is nobody's yet, is identified by the documents that it names.
import type { Command, Decision } from '@ar/runtime/forms.js';
import { accountOf, asksForSegment, differencesOf } from './applying.js';
import type { BankLine } from './bank/lines.js';
import { entryOf, openReturn, remittanceOf, returnsOf, statementOf } from './bank.commands.js';
import { UNIDENTIFIED } from './domain/account.js';
import { BANK } from './domain/bank-account.js';
import { isSettled, type PostedLine } from './domain/bank-statement.js';
import { receipt, type ReceiptState } from './domain/receipt.js';
import { identifyReceipt, namesIn, payer } from './payments.commands.js';
import { entriesBooked, type EntryFound } from './projections/bank-details.js';
import { segmentsOf } from './projections/customers.js';
import { documentsNamed, type NamedDocument } from './projections/documents.js';

export interface EnrichBankEntries { readonly statementId: string; readonly bankAccountId: string; readonly currency: string; readonly lines: readonly BankLine[] }
interface Known { readonly found: EntryFound | undefined; readonly documents: readonly NamedDocument[]; /** Of who may have paid, where rules ask for it. */ readonly segments: Readonly<Record<string, string>> }
const isNobodys = (state: ReceiptState): boolean => state.status === 'recorded' && state.customer === UNIDENTIFIED;

export const enrichBankEntries: Command<EnrichBankEntries, readonly Known[]> = {
  name: 'enrich-bank-entries',
  customer: () => BANK,
  streams: ({ statementId, lines }) => [statementOf(statementId), ...lines.map((l) => entryOf(l.whole))],

  async known(asked, tx) {
    const lines = asked.flatMap(({ tenant, request }) => request.lines.map((line) => ({ tenant, bankAccountId: request.bankAccountId, line })));
    const [found, documents] = [await entriesBooked(tx, lines), await documentsNamed(tx, lines.map(({ tenant, line }) => ({ tenant, names: namesIn({ named: [], remitter: { name: '', iban: '', remittance: remittanceOf(line) } }) })))];
    const payers = asked.flatMap((a) => a.request.lines.map(() => a)).map(({ tenant, request }, i) => ({ tenant, customer: payer('', request.currency, documents[i]!).customer }));
    const segments = asked.some(asksForSegment) ? await segmentsOf(tx, payers) : [];
    let n = 0;
    return asked.map(({ request }) => request.lines.map(() => ({ found: found[n], segments: segments[n] ? { [payers[n]!.customer]: segments[n]! } : {}, documents: documents[n++]! })));
  },

  decide(request, on) {
    const { statementId } = request;
    const before = on.state(statementOf(statementId));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: [] }); // whether it may be gone through at all
    const asked = request.lines.flatMap((line, i) => (isSettled(before, line.line) ? [] : [{ line, known: on.known[i]! }]));
    on.reach(asked.flatMap(({ line, known: { found } }) => (found === undefined ? [] : [entryOf(found.bankEntryId), ...(found.ignored ? returnsOf(statementId, line) : []), ...(found.receiptId === '' ? [] : [{ aggregate: receipt, id: found.receiptId }])])));
    const nobodys = asked.flatMap(({ known: { found, documents, segments } }) => (found?.whole && found.receiptId !== '' ? [{ receiptId: found.receiptId, customer: payer('', request.currency, documents).customer, segments }] : []))
      .filter(({ receiptId, customer }) => customer !== UNIDENTIFIED && isNobodys(on.state({ aggregate: receipt, id: receiptId })));
    on.reach(nobodys.flatMap(({ receiptId, customer, segments }) => [accountOf(UNIDENTIFIED, request.currency), accountOf(customer, request.currency), ...differencesOf(on, customer, request.currency, [receiptId], segments[customer])]));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: asked.map(({ line, known }) => enrich(request, line, known, on)) });
  },
};

function enrich({ statementId, bankAccountId, currency }: EnrichBankEntries, line: BankLine, { found, documents, segments }: Known, on: Decision<unknown>): PostedLine {
  const came = (outcome: PostedLine['outcome'], reason: string, bankEntryId = '', receiptId = ''): PostedLine => ({ line: line.line, outcome, reason, bankEntryId, receiptId });
  if (line.meaning.is === 'ignored' && line.meaning.reason !== 'debit') return came('ignored', line.meaning.reason);
  if (found === undefined && !line.referenced) return came('refused', 'not-booked-yet');
  const bankEntryId = found?.bankEntryId ?? line.whole;
  const receiptId = found?.whole ? found.receiptId : '';
  const remittance = remittanceOf(line);
  const told = on.ask(entryOf(bankEntryId), {
    type: 'Enrich', bankEntryId, bankAccountId, statementId, line: line.line, part: line.place, receiptId, credit: line.credit, currency, minor: line.minor, bookedOn: line.bookedOn, endToEndId: line.endToEndId, returnCode: line.returnCode,
    counterparty: { name: line.name, iban: line.account, remittance },
  });
  if ('refused' in told) return told.refused === 'bank-detail-exists' ? came('duplicate', '', bankEntryId, receiptId) : came('ignored', told.refused, bankEntryId, receiptId);
  if (found?.ignored) openReturn(on, { statementId, bankAccountId, currency }, line, bankEntryId); // the bank says only here that it took back what had come in
  const state = receiptId === '' ? undefined : on.state({ aggregate: receipt, id: receiptId });
  const { customer } = payer('', currency, documents);
  if (!state || !isNobodys(state) || customer === UNIDENTIFIED) return came('enriched', found === undefined ? 'not-booked-yet' : '', bankEntryId, receiptId);
  identifyReceipt.decide({ receiptId, customer, by: BANK, remittance }, { ...on, known: { customerKnown: true, documents, segments } });
  return came('enriched', 'identified', bankEntryId, receiptId);
}
