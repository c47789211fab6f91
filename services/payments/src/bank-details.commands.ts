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
import { shareIdOf } from './paying-for.js';
import { identifyReceipt, type KnownLink, namesIn, payer, paysForIn } from './payments.commands.js';
import { entriesBooked, type EntryFound } from './projections/bank-details.js';
import { segmentsOf } from './projections/customers.js';
import { linksOf } from './projections/payer-links.js';
import { documentsNamed, type NamedDocument } from './projections/documents.js';

export interface EnrichBankEntries { readonly statementId: string; readonly bankAccountId: string; readonly currency: string; readonly lines: readonly BankLine[] }
interface Known { readonly found: EntryFound | undefined; readonly documents: readonly NamedDocument[]; /** Of who may have paid, where rules ask for it. */ readonly segments: Readonly<Record<string, string>>; /** Who pays for whom, of those whose documents are named. */ readonly links: readonly KnownLink[] }
/** The one customer whose documents a line names, or the one who pays for all of them. */
const payerIn = (currency: string, line: BankLine, documents: readonly NamedDocument[], links: readonly KnownLink[]): string => payer('', currency, documents, links, line.valueOn).customer;
const isNobodys = (state: ReceiptState): boolean => state.status === 'recorded' && state.customer === UNIDENTIFIED;

export const enrichBankEntries: Command<EnrichBankEntries, readonly Known[]> = {
  name: 'enrich-bank-entries',
  customer: () => BANK,
  streams: ({ statementId, lines }) => [statementOf(statementId), ...lines.map((l) => entryOf(l.whole))],

  async known(asked, tx) {
    const lines = asked.flatMap(({ tenant, request }) => request.lines.map((line) => ({ tenant, bankAccountId: request.bankAccountId, line })));
    const [found, documents] = [await entriesBooked(tx, lines), await documentsNamed(tx, lines.map(({ tenant, line }) => ({ tenant, names: namesIn({ named: [], remitter: { name: '', iban: '', remittance: remittanceOf(line) } }) })))];
    const links = await linksOf(tx, lines.map(({ tenant }, i) => ({ tenant, customers: documents[i]!.map((d) => d.customer) })));
    const payers = asked.flatMap((a) => a.request.lines.map(() => a)).map(({ tenant, request }, i) => ({ tenant, customer: payerIn(request.currency, lines[i]!.line, documents[i]!, links[i]!) }));
    const segments = asked.some(asksForSegment) ? await segmentsOf(tx, payers) : [];
    let n = 0;
    return asked.map(({ request }) => request.lines.map(() => ({ found: found[n], segments: segments[n] ? { [payers[n]!.customer]: segments[n]! } : {}, links: links[n]!, documents: documents[n++]! })));
  },

  decide(request, on) {
    const { statementId } = request;
    const before = on.state(statementOf(statementId));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: [] }); // whether it may be gone through at all
    const asked = request.lines.flatMap((line, i) => (isSettled(before, line.line) ? [] : [{ line, known: on.known[i]! }]));
    on.reach(asked.flatMap(({ line, known: { found } }) => (found === undefined ? [] : [entryOf(found.bankEntryId), ...(found.ignored ? returnsOf(statementId, line) : []), ...(found.receiptId === '' ? [] : [{ aggregate: receipt, id: found.receiptId }])])));
    const nobodys = asked.flatMap(({ line, known: { found, documents, segments, links } }) => (found?.whole && found.receiptId !== '' ? [{ receiptId: found.receiptId, customer: payerIn(request.currency, line, documents, links), segments, documents, links }] : []))
      .filter(({ receiptId, customer }) => customer !== UNIDENTIFIED && isNobodys(on.state({ aggregate: receipt, id: receiptId })));
    on.reach(nobodys.flatMap(({ receiptId, customer, segments, documents, links }) => {
      const state = on.state({ aggregate: receipt, id: receiptId });
      const { paysFor = [] } = state.status === 'none' ? {} : paysForIn(links, customer, state.facts.valueOn);
      const shares = paysFor.filter((c) => documents.some((d) => d.customer === c)).map((c) => ({ aggregate: receipt, id: shareIdOf(receiptId, c, 0) }));
      return [...[UNIDENTIFIED, customer, ...paysFor].map((c) => accountOf(c, request.currency)), ...shares, ...differencesOf(on, customer, request.currency, [receiptId], segments[customer])];
    }));
    on.run(statementOf(statementId), { type: 'Post', statementId, lines: asked.map(({ line, known }) => enrich(request, line, known, on)) });
  },
};

function enrich({ statementId, bankAccountId, currency }: EnrichBankEntries, line: BankLine, { found, documents, segments, links }: Known, on: Decision<unknown>): PostedLine {
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
  const customer = payerIn(currency, line, documents, links);
  if (!state || !isNobodys(state) || customer === UNIDENTIFIED) return came('enriched', found === undefined ? 'not-booked-yet' : '', bankEntryId, receiptId);
  identifyReceipt.decide({ receiptId, customer, by: BANK, remittance }, { ...on, known: { customerKnown: true, documents, segments, links } });
  return came('enriched', 'identified', bankEntryId, receiptId);
}
