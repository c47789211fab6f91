// ISO 20022 camt.053 (statement) and camt.054 (notification), versions 2, 4 and 8, read as they arrive: memory holds one entry, not the file.
//
// - What is read stands in the outlines below, path by path; the version comes from the namespace of the document.
// - OPBD, or else PRCD, is the booked balance a statement begins with, CLBD the one it ends with. ITBD between pages, and available balances, are not looked at.
// - Version 2 writes the status of an entry as text, version 8 as a code; the parties of version 8 have one more level. All are read by all.
// - CdtDbtInd is the real direction, of an entry with RvslInd too.
// - An entry of more transactions than are kept is one entry without transactions: its sum is what counts.
// - A file may not declare a document type: no entity is expanded beyond the five of XML, nothing outside is read. Depth and lengths are bounded.
import { SaxesParser } from 'saxes';
import { amountIn, type Balance, type BankEntry, BankFileInvalid, type BankMessageKind, type BankParser, type BankPart, type BankSink, type BankTransaction, dayIn, nothingOf, plain } from './bank-file.js';
import { type Amount, Place, Said, Walk } from './outline.js';

const MOST_TRANSACTIONS = 10_000;
const NAMESPACE = /^urn:(?:iso:std:iso:20022:tech:)?xsd:(camt\.05[34])\.001\.(\d{2})$/;
const VERSIONS = new Set(['02', '04', '08']);

/** Stmt, Ntfctn */
const STATEMENT = {
  id: 'Id',
  account: 'Acct/Id/IBAN | Acct/Id/Othr/Id',
  currency: 'Acct/Ccy',
  number: 'ElctrncSeqNb | LglSeqNb',
  page: 'StmtPgntn/PgNb | NtfctnPgntn/PgNb',
  lastPage: 'StmtPgntn/LastPgInd | NtfctnPgntn/LastPgInd',
};

/** Bal */
const BALANCE = {
  code: 'Tp/CdOrPrtry/Cd | Tp/CdOrPrtry/Prtry',
  amount: 'Amt@Ccy',
  direction: 'CdtDbtInd',
  on: 'Dt/Dt | Dt/DtTm',
};

/** `PMNT/RCDT/ESCT`, or the bank's own code. */
const CODE = {
  domain: 'BkTxCd/Domn',
  domainCode: 'BkTxCd/Domn/Cd',
  family: 'BkTxCd/Domn/Fmly/Cd',
  subFamily: 'BkTxCd/Domn/Fmly/SubFmlyCd',
  ownCode: 'BkTxCd/Prtry/Cd',
};

/** Ntry */
const ENTRY = {
  ...CODE,
  amount: 'Amt@Ccy',
  direction: 'CdtDbtInd',
  status: 'Sts/Cd | Sts/Prtry | Sts',
  reversal: 'RvslInd',
  bookedOn: 'BookgDt/Dt | BookgDt/DtTm',
  valueOn: 'ValDt/Dt | ValDt/DtTm',
  reference: 'AcctSvcrRef | NtryRef',
  text: 'AddtlNtryInf',
};

/** TxDtls */
const TRANSACTION = {
  ...CODE,
  amount: 'Amt@Ccy | AmtDtls/TxAmt/Amt@Ccy',
  direction: 'CdtDbtInd',
  reference: 'Refs/AcctSvcrRef | Refs/TxId',
  endToEndId: 'Refs/EndToEndId',
  returnCode: 'RtrInf/Rsn/Cd | RtrInf/Rsn/Prtry',
  debtor: 'RltdPties/Dbtr/Nm | RltdPties/Dbtr/Pty/Nm | RltdPties/UltmtDbtr/Nm | RltdPties/UltmtDbtr/Pty/Nm',
  debtorAccount: 'RltdPties/DbtrAcct/Id/IBAN | RltdPties/DbtrAcct/Id/Othr/Id',
  creditor: 'RltdPties/Cdtr/Nm | RltdPties/Cdtr/Pty/Nm | RltdPties/UltmtCdtr/Nm | RltdPties/UltmtCdtr/Pty/Nm',
  creditorAccount: 'RltdPties/CdtrAcct/Id/IBAN | RltdPties/CdtrAcct/Id/Othr/Id',
  text: 'AddtlTxInf',
};

/** RmtInf/Strd, RmtInf/Ustrd */
const STRUCTURED = { reference: 'CdtrRefInf/Ref | RfrdDocInf/Nb' };
const UNSTRUCTURED = { text: '.' };

/** Chrgs/Rcrd, or Chrgs itself where it has none. */
const CHARGE = {
  amount: 'Amt@Ccy | TtlChrgsAndTaxAmt@Ccy',
  direction: 'CdtDbtInd',
  included: 'ChrgInclInd',
};

export function camtParser(sink: BankSink): BankParser {
  const xml = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  let message: BankMessageKind | undefined;
  let finished = false;
  const file = new Place();
  const walk = new Walk(file);
  for (const name of ['Stmt', 'Ntfctn']) readStatements(file, `*/*/${name}`, walk, sink, () => message!);

  xml.on('error', (error) => { throw new BankFileInvalid(error.message.slice(0, 200)); });
  xml.on('doctype', () => { throw new BankFileInvalid('it declares a document type'); });
  xml.on('opentag', ({ name, attributes }) => {
    if (walk.depth === 0) message = messageOf(Object.entries(attributes).flatMap(([key, value]) => (key.startsWith('xmlns') ? [value] : [])));
    walk.open(name, attributes);
  });
  const characters = (text: string): void => { walk.characters(text); };
  xml.on('text', characters);
  xml.on('cdata', characters);
  xml.on('closetag', () => {
    walk.close();
    if (walk.depth === 0) finished = true;
  });

  return {
    write(text) { xml.write(text); },
    end() {
      xml.close();
      if (!finished || message === undefined) throw new BankFileInvalid('it ends before its document does');
    },
  };
}

function messageOf(namespaces: readonly string[]): BankMessageKind {
  for (const namespace of namespaces) {
    const [, message, version = ''] = NAMESPACE.exec(namespace) ?? [];
    if (message !== undefined && !VERSIONS.has(version)) throw new BankFileInvalid(`${message}.001.${version} is not among the versions that are read: 02, 04, 08`);
    if (message !== undefined) return message as BankMessageKind;
  }
  throw new BankFileInvalid('it is neither camt.053 nor camt.054');
}

/** Each statement at a path: its balances and its entries as they end, then itself. */
function readStatements(file: Place, path: string, walk: Walk, sink: BankSink, message: () => BankMessageKind): void {
  const statement = new Said(STATEMENT);
  let balances = noBalances;
  const statements = file.each(path, statement, () => {
    sink.part(partOf(message(), statement, balances));
    balances = noBalances;
    walk.countAgain();
  });

  const balance = new Said(BALANCE);
  statements.each('Bal', balance, () => {
    balances = withBalance(balances, balance);
    walk.countAgain();
  });

  const entry = new Said(ENTRY);
  let transactions: Transaction[] = [];
  let tooMany = false;
  const entries = statements.each('Ntry', entry, () => {
    const read = entryOf(entry, tooMany ? [] : transactions, ofEntry.taken());
    transactions = [];
    tooMany = false;
    if (balances.currency === '') balances = { ...balances, currency: read.currency };
    sink.entry(read);
    walk.countAgain();
  });
  const ofEntry = new Charges(entries);

  const transaction = new Said(TRANSACTION);
  let references: string[] = [];
  let texts: string[] = [];
  const details = entries.each('NtryDtls/TxDtls', transaction, () => {
    const charges = ofTransaction.taken();
    if (transactions.length < MOST_TRANSACTIONS) transactions.push(transactionOf(transaction, charges, references.filter(isSaid), texts.filter(isSaid)));
    else tooMany = true;
    references = [];
    texts = [];
    walk.countAgain();
  });
  const ofTransaction = new Charges(details);
  const structured = new Said(STRUCTURED);
  details.each('RmtInf/Strd', structured, () => { references.push(structured.text('reference')); });
  const unstructured = new Said(UNSTRUCTURED);
  details.each('RmtInf/Ustrd', unstructured, () => { texts.push(unstructured.text('text')); });
}

const isSaid = (text: string): boolean => text !== '';

/** What was read of the balances of one statement; its currency is theirs, or that of its entries. */
interface Balances { readonly opening: Balance | null; readonly previous: Balance | null; readonly closing: Balance | null; readonly currency: string }
const noBalances: Balances = { opening: null, previous: null, closing: null, currency: '' };

function withBalance(balances: Balances, said: Said<keyof typeof BALANCE>): Balances {
  const code = said.text('code');
  if (code !== 'OPBD' && code !== 'PRCD' && code !== 'CLBD') return balances;
  const { minor, currency } = amountOf('Bal', said);
  const balance = { minor: isCredit('Bal', said) ? minor : 0 - minor, currency, on: dayIn(said.text('on')) };
  const known = { ...balances, currency: balances.currency || currency };
  return code === 'OPBD' ? { ...known, opening: balance } : code === 'PRCD' ? { ...known, previous: balance } : { ...known, closing: balance };
}

function partOf(message: BankMessageKind, said: Said<keyof typeof STATEMENT>, { opening, previous, closing, currency }: Balances): BankPart {
  return {
    message, account: said.text('account').replace(/\s/g, '').toUpperCase(), currency: said.text('currency') || currency, bankId: plain(said.text('id'), 64), number: numberIn(said.text('number')), page: numberIn(said.text('page')),
    lastPage: said.text('lastPage') !== 'false', opening: opening ?? previous, closing,
  };
}

const numberIn = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);

function isCredit(name: 'Bal' | 'Ntry', said: Said<'direction'>): boolean {
  const direction = said.text('direction');
  if (direction !== 'CRDT' && direction !== 'DBIT') throw new BankFileInvalid(`a ${name} says neither CRDT nor DBIT`);
  return direction === 'CRDT';
}

interface Money { readonly minor: number; readonly currency: string }
const moneyIn = ({ text, currency }: Amount): Money => ({ minor: amountIn(text, currency), currency });

function amountOf(name: 'Bal' | 'Ntry', said: Said<'amount'>): Money {
  const amount = said.amount('amount');
  if (!amount) throw new BankFileInvalid(`a ${name} has no amount`);
  return moneyIn(amount);
}

const codeOf = (said: Said<keyof typeof CODE>): string =>
  plain(said.has('domain') ? `${said.text('domainCode')}/${said.text('family')}/${said.text('subFamily')}` : said.text('ownCode'), 35);

/** What the bank took off an entry or a transaction: the records that say so. */
class Charges {
  #taken: Amount[] = [];

  constructor(of: Place) {
    const [all, record] = [new Said(CHARGE), new Said(CHARGE)];
    let records = 0;
    of.each('Chrgs', all, () => { if (records === 0) this.#add(all); records = 0; }).each('Rcrd', record, () => { this.#add(record); records++; });
  }

  #add(said: Said<keyof typeof CHARGE>): void {
    const amount = said.amount('amount');
    if (amount && said.text('direction') !== 'CRDT' && said.text('included') !== 'false') this.#taken.push(amount);
  }

  /** Once for each entry or transaction. */
  taken(): readonly Amount[] {
    const taken = this.#taken;
    if (taken.length > 0) this.#taken = [];
    return taken;
  }
}
/** Those in a currency together. */
const sumOf = (charges: readonly Amount[], currency: string): number => charges.reduce((sum, c) => (c.currency === currency ? sum + amountIn(c.text, currency) : sum), 0);

/** What it tells is whole when its entry has ended: without a direction of its own it has that one's, and its amount counts in that one's currency. */
interface Transaction { readonly told: { -readonly [K in keyof BankTransaction]: BankTransaction[K] }; readonly money: Money | undefined; readonly direction: string }

function transactionOf(said: Said<keyof typeof TRANSACTION>, charges: readonly Amount[], references: readonly string[], texts: readonly string[]): Transaction {
  const direction = said.text('direction');
  const amount = said.amount('amount');
  const money = amount && moneyIn(amount);
  const isDebit = direction === 'DBIT';
  const endToEndId = said.text('endToEndId');
  const told = {
    minor: null, credit: !isDebit, reference: plain(said.text('reference'), 64), endToEndId: endToEndId === 'NOTPROVIDED' ? '' : plain(endToEndId, 64), code: codeOf(said), returnCode: plain(said.text('returnCode'), 10),
    chargesMinor: money ? sumOf(charges, money.currency) : 0, name: plain(said.text(isDebit ? 'creditor' : 'debtor'), 140), account: plain(said.text(isDebit ? 'creditorAccount' : 'debtorAccount'), 34),
    references: references.slice(0, 100).map((r) => plain(r, 64)), text: plain(texts.join(' ') || said.text('text'), 900),
  };
  return { told, money, direction };
}

function entryOf(said: Said<keyof typeof ENTRY>, details: readonly Transaction[], charges: readonly Amount[]): BankEntry {
  const { minor, currency } = amountOf('Ntry', said);
  const credit = isCredit('Ntry', said);
  for (const { told, money, direction } of details) {
    told.credit = direction === '' ? credit : direction === 'CRDT';
    told.minor = money?.currency === currency ? money.minor : null;
  }
  const status = said.text('status');
  const [booked, value] = [said.text('bookedOn'), said.text('valueOn')];
  const bookedOn = booked || value;
  if (bookedOn === '' && status === 'BOOK') throw new BankFileInvalid('an entry is booked, and has no date');
  const valueOn = value || booked;
  const reversal = said.text('reversal');
  const only = details.length === 1 ? details[0]!.told : nothingOf;
  return {
    minor, currency, credit, endToEndId: only.endToEndId, returnCode: only.returnCode, name: only.name, account: only.account, references: only.references,
    status: status === 'BOOK' ? 'booked' : status === 'INFO' ? 'information' : 'pending', reversal: reversal === 'true' || reversal === '1',
    bookedOn: bookedOn === '' ? '' : dayIn(bookedOn), valueOn: valueOn === '' ? '' : dayIn(valueOn),
    reference: plain(said.text('reference') || only.reference, 64), code: codeOf(said) || only.code,
    chargesMinor: sumOf(charges, currency) || only.chargesMinor, text: only.text || plain(said.text('text'), 900),
    transactions: details.length === 1 ? [] : details.map((t) => t.told), // one alone is the entry
  };
}
