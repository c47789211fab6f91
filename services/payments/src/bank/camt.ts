// ISO 20022 camt.053 (statement) and camt.054 (notification), versions 2, 4 and 8, read as they arrive: memory holds one entry, not the file.
//
// - Names are taken without their prefix; the version comes from the namespace of the document.
// - OPBD, or else PRCD, is the booked balance a statement begins with, CLBD the one it ends with. ITBD between pages, and available balances, are not looked at.
// - Version 2 writes the status of an entry as text, version 8 as a code; the parties of version 8 have one more level. All are read by all.
// - CdtDbtInd is the real direction, of an entry with RvslInd too.
// - An entry of more transactions than are kept is one entry without transactions: its sum is what counts.
// - A file may not declare a document type: no entity is expanded beyond the five of XML, nothing outside is read. Depth and lengths are bounded.
import { SaxesParser } from 'saxes';
import { amountIn, type Balance, type BankEntry, BankFileInvalid, type BankMessageKind, type BankParser, type BankSink, type BankTransaction, dayIn, nothingOf, plain } from './bank-file.js';

const DEEPEST = 40;
const MOST_TRANSACTIONS = 10_000;
/** Elements of one entry without its transactions, and of one transaction. */
const MOST_ELEMENTS = 2_000;
const LONGEST_TEXT = 10_000;
const NAMESPACE = /^urn:(?:iso:std:iso:20022:tech:)?xsd:(camt\.05[34])\.001\.(\d{2})$/;
const VERSIONS = new Set(['02', '04', '08']);

/** An element, and those within it, one after the other: a file has millions, and lists of them would be most of the memory that is used. */
interface Node { readonly name: string; readonly currency: string; text: string; first: Node | undefined; last: Node | undefined; next: Node | undefined }

const nodeOf = (name: string, currency = ''): Node => ({ name, currency, text: '', first: undefined, last: undefined, next: undefined });
function giveTo(parent: Node, child: Node): void {
  if (parent.last) parent.last.next = child;
  else parent.first = child;
  parent.last = child;
}
/** Without the last one of those within it. */
function letGo(parent: Node): void {
  let before = parent.first === parent.last ? undefined : parent.first;
  while (before && before.next !== parent.last) before = before.next;
  if (before) before.next = undefined;
  else parent.first = undefined;
  parent.last = before;
}
/** The first at the end of a path of at most four names. */
function one(node: Node | undefined, a: string, b?: string, c?: string, d?: string): Node | undefined {
  for (let child = node?.first; child; child = child.next) {
    const found = child.name !== a ? undefined : b === undefined ? child : one(child, b, c, d);
    if (found) return found;
  }
  return undefined;
}
function all(node: Node, a: string, b?: string, into: Node[] = []): readonly Node[] {
  for (let child = node.first; child; child = child.next) {
    if (child.name !== a) continue;
    if (b === undefined) into.push(child);
    else all(child, b, undefined, into);
  }
  return into;
}
const textAt = (node: Node | undefined, a: string, b?: string, c?: string, d?: string): string => one(node, a, b, c, d)?.text.trim() ?? '';
/** The first that says anything. */
const first = (...texts: readonly string[]): string => texts.find((t) => t !== '') ?? '';

export function camtParser(sink: BankSink): BankParser {
  const xml = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  const open: Node[] = [];
  let message: BankMessageKind | undefined;
  let statement: Statement | undefined;
  let elements = 0;
  let finished = false;

  xml.on('error', (error) => { throw new BankFileInvalid(error.message.slice(0, 200)); });
  xml.on('doctype', () => { throw new BankFileInvalid('it declares a document type'); });
  xml.on('opentag', ({ name: written, attributes }) => {
    const name = written.slice(written.indexOf(':') + 1);
    if (open.length >= DEEPEST) throw new BankFileInvalid(`its elements are more than ${DEEPEST} deep`);
    if (open.length === 0) message = messageOf(Object.entries(attributes).flatMap(([key, value]) => (key.startsWith('xmlns') ? [value] : [])));
    const node = nodeOf(name, attributes['Ccy']);
    const parent = open.at(-1);
    if (statement) {
      if (++elements > MOST_ELEMENTS) throw new BankFileInvalid(`a ${parent?.name ?? name} has more than ${MOST_ELEMENTS} elements`);
      giveTo(parent!, node);
    } else if (isStatement(name) && open.length === 2) statement = new Statement(message!, node);
    open.push(node);
  });
  const characters = (text: string): void => {
    const node = open.at(-1);
    if (!statement || !node || (node.text === '' && text.trim() === '')) return; // between elements, a file that is set out for reading has much of nothing
    if (node.text.length + text.length > LONGEST_TEXT) throw new BankFileInvalid(`${node.name} has more than ${LONGEST_TEXT} characters`);
    node.text += text;
  };
  xml.on('text', characters);
  xml.on('cdata', characters);
  xml.on('closetag', () => {
    const node = open.pop()!;
    if (open.length === 0) finished = true;
    if (!statement) return;
    const parent = open.at(-1);
    // What is read is let go: an entry keeps what its transactions say, a statement what its balances say.
    if (node.name === 'TxDtls') { statement.transaction(node); letGo(parent!); elements = 0; }
    else if (node.name === 'Ntry' && parent === statement.node) { sink.entry(statement.entry(node)); letGo(parent); elements = 0; }
    else if (node.name === 'Bal' && parent === statement.node) { statement.balance(node); letGo(parent); elements = 0; }
    else if (node === statement.node) { sink.part(statement.part()); statement = undefined; elements = 0; }
  });

  return {
    write(text) { xml.write(text); },
    end() {
      xml.close();
      if (!finished || message === undefined) throw new BankFileInvalid('it ends before its document does');
    },
  };
}

const isStatement = (name: string): boolean => name === 'Stmt' || name === 'Ntfctn';

function messageOf(namespaces: readonly string[]): BankMessageKind {
  for (const namespace of namespaces) {
    const [, message, version = ''] = NAMESPACE.exec(namespace) ?? [];
    if (message !== undefined && !VERSIONS.has(version)) throw new BankFileInvalid(`${message}.001.${version} is not among the versions that are read: 02, 04, 08`);
    if (message !== undefined) return message as BankMessageKind;
  }
  throw new BankFileInvalid('it is neither camt.053 nor camt.054');
}

class Statement {
  #transactions: Transaction[] = [];
  #tooMany = false;
  #opening: Balance | null = null;
  #previous: Balance | null = null;
  #closing: Balance | null = null;
  #currency = '';

  constructor(private readonly message: BankMessageKind, readonly node: Node) {}

  balance(node: Node): void {
    const code = first(textAt(node, 'Tp', 'CdOrPrtry', 'Cd'), textAt(node, 'Tp', 'CdOrPrtry', 'Prtry'));
    if (code !== 'OPBD' && code !== 'PRCD' && code !== 'CLBD') return;
    const { minor, currency } = amountOf(node);
    const balance = { minor: isCredit(node) ? minor : 0 - minor, currency, on: dayIn(first(textAt(node, 'Dt', 'Dt'), textAt(node, 'Dt', 'DtTm'))) };
    this.#currency ||= currency;
    if (code === 'OPBD') this.#opening = balance;
    else if (code === 'PRCD') this.#previous = balance;
    else this.#closing = balance;
  }

  /** One more of the entry that is being read. */
  transaction(node: Node): void {
    if (this.#transactions.length >= MOST_TRANSACTIONS) this.#tooMany = true;
    else this.#transactions.push(transactionOf(node));
  }

  entry(node: Node): BankEntry {
    const { minor, currency } = amountOf(node);
    this.#currency ||= currency;
    const credit = isCredit(node);
    const details = this.#tooMany ? [] : this.#transactions;
    [this.#transactions, this.#tooMany] = [[], false];
    for (const { told, money, direction } of details) {
      told.credit = direction === '' ? credit : direction === 'CRDT';
      told.minor = money?.currency === currency ? money.minor : null;
    }
    const status = first(textAt(node, 'Sts', 'Cd'), textAt(node, 'Sts', 'Prtry'), textAt(node, 'Sts'));
    const bookedOn = first(textAt(node, 'BookgDt', 'Dt'), textAt(node, 'BookgDt', 'DtTm'), textAt(node, 'ValDt', 'Dt'), textAt(node, 'ValDt', 'DtTm'));
    if (bookedOn === '' && status === 'BOOK') throw new BankFileInvalid('an entry is booked, and has no date');
    const valueOn = first(textAt(node, 'ValDt', 'Dt'), textAt(node, 'ValDt', 'DtTm'), bookedOn);
    const only = details.length === 1 ? details[0]!.told : nothingOf;
    return {
      minor, currency, credit, endToEndId: only.endToEndId, returnCode: only.returnCode, name: only.name, account: only.account, references: only.references,
      status: status === 'BOOK' ? 'booked' : status === 'INFO' ? 'information' : 'pending', reversal: textAt(node, 'RvslInd') === 'true' || textAt(node, 'RvslInd') === '1',
      bookedOn: bookedOn === '' ? '' : dayIn(bookedOn), valueOn: valueOn === '' ? '' : dayIn(valueOn),
      reference: plain(first(textAt(node, 'AcctSvcrRef'), textAt(node, 'NtryRef'), only.reference), 64), code: first(codeOf(node), only.code),
      chargesMinor: chargesOf(node, currency) || only.chargesMinor, text: first(only.text, plain(textAt(node, 'AddtlNtryInf'), 900)),
      transactions: details.length === 1 ? [] : details.map((t) => t.told), // one alone is the entry
    };
  }

  part() {
    const { message, node } = this;
    const account = one(node, 'Acct');
    return {
      message, account: first(textAt(account, 'Id', 'IBAN'), textAt(account, 'Id', 'Othr', 'Id')).replace(/\s/g, '').toUpperCase(), currency: first(textAt(account, 'Ccy'), this.#currency), bankId: plain(textAt(node, 'Id'), 64),
      number: numberIn(first(textAt(node, 'ElctrncSeqNb'), textAt(node, 'LglSeqNb'))), page: numberIn(first(textAt(node, 'StmtPgntn', 'PgNb'), textAt(node, 'NtfctnPgntn', 'PgNb'))),
      lastPage: first(textAt(node, 'StmtPgntn', 'LastPgInd'), textAt(node, 'NtfctnPgntn', 'LastPgInd'), 'true') !== 'false', opening: this.#opening ?? this.#previous, closing: this.#closing,
    };
  }
}

const numberIn = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);
function isCredit(node: Node): boolean {
  const indicator = textAt(node, 'CdtDbtInd');
  if (indicator !== 'CRDT' && indicator !== 'DBIT') throw new BankFileInvalid(`a ${node.name} says neither CRDT nor DBIT`);
  return indicator === 'CRDT';
}

function amountOf(node: Node): { readonly minor: number; readonly currency: string } {
  const amount = one(node, 'Amt');
  if (!amount) throw new BankFileInvalid(`a ${node.name} has no amount`);
  return { minor: amountIn(amount.text.trim(), amount.currency), currency: amount.currency };
}

/** What the bank took off: the records that say so, in the currency of the entry. */
function chargesOf(node: Node, currency: string): number {
  if (!one(node, 'Chrgs')) return 0;
  const records = [...all(node, 'Chrgs', 'Rcrd'), ...all(node, 'Chrgs').filter((c) => !one(c, 'Rcrd'))];
  return records.filter((r) => textAt(r, 'CdtDbtInd') !== 'CRDT' && textAt(r, 'ChrgInclInd') !== 'false').reduce((sum, r) => {
    const amount = one(r, 'Amt') ?? one(r, 'TtlChrgsAndTaxAmt');
    return amount?.currency === currency ? sum + amountIn(amount.text.trim(), currency) : sum;
  }, 0);
}

/** `PMNT/RCDT/ESCT`, or the bank's own code. */
function codeOf(node: Node): string {
  const domain = one(node, 'BkTxCd', 'Domn');
  return plain(domain ? [textAt(domain, 'Cd'), textAt(domain, 'Fmly', 'Cd'), textAt(domain, 'Fmly', 'SubFmlyCd')].join('/') : textAt(node, 'BkTxCd', 'Prtry', 'Cd'), 35);
}

/** What it tells is whole when its entry has ended: without a direction of its own it has that one's, and its amount counts in that one's currency. */
interface Transaction { readonly told: { -readonly [K in keyof BankTransaction]: BankTransaction[K] }; readonly money: { readonly minor: number; readonly currency: string } | undefined; readonly direction: string }

function transactionOf(node: Node): Transaction {
  const direction = textAt(node, 'CdtDbtInd');
  const amount = one(node, 'Amt') ?? one(node, 'AmtDtls', 'TxAmt', 'Amt');
  const money = amount && { minor: amountIn(amount.text.trim(), amount.currency), currency: amount.currency };
  const isDebit = direction === 'DBIT';
  const [party, account] = isDebit ? ['Cdtr', 'CdtrAcct'] : ['Dbtr', 'DbtrAcct'];
  const parties = one(node, 'RltdPties');
  const told = {
    minor: null, credit: !isDebit, reference: plain(first(textAt(node, 'Refs', 'AcctSvcrRef'), textAt(node, 'Refs', 'TxId')), 64),
    endToEndId: plain(textAt(node, 'Refs', 'EndToEndId').replace(/^NOTPROVIDED$/, ''), 64), code: codeOf(node), returnCode: plain(first(textAt(node, 'RtrInf', 'Rsn', 'Cd'), textAt(node, 'RtrInf', 'Rsn', 'Prtry')), 10),
    chargesMinor: money ? chargesOf(node, money.currency) : 0, name: plain(first(textAt(parties, party, 'Nm'), textAt(parties, party, 'Pty', 'Nm'), textAt(parties, `Ultmt${party}`, 'Nm'), textAt(parties, `Ultmt${party}`, 'Pty', 'Nm')), 140),
    account: plain(first(textAt(parties, account, 'Id', 'IBAN'), textAt(parties, account, 'Id', 'Othr', 'Id')), 34),
    references: all(node, 'RmtInf', 'Strd').flatMap((s) => { const r = first(textAt(s, 'CdtrRefInf', 'Ref'), textAt(s, 'RfrdDocInf', 'Nb')); return r === '' ? [] : [plain(r, 64)]; }).slice(0, 100),
    text: plain(first(all(node, 'RmtInf', 'Ustrd').map((u) => u.text).join(' '), textAt(node, 'AddtlTxInf')), 900),
  };
  return { told, money, direction };
}
