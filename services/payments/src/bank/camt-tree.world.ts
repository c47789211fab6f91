// camt as plainly as it can be read, for tests: the whole file as a tree, each thing looked up by its path. And random files, of which most is where nobody expects it.
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { amountIn, type BankEntry, type BankMessageKind, type BankPart, type BankTransaction, dayIn, plain } from './bank-file.js';

interface Element { readonly name: string; readonly currency: string; text: string; readonly children: Element[] }

function treeOf(file: string): Element {
  const xml = new SaxesParser();
  const open: Element[] = [{ name: '', currency: '', text: '', children: [] }];
  xml.on('opentag', ({ name, attributes }) => {
    const element: Element = { name: name.slice(name.indexOf(':') + 1), currency: attributes['Ccy'] ?? '', text: '', children: [] };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  for (const event of ['text', 'cdata'] as const) xml.on(event, (text: string) => { open.at(-1)!.text += text; });
  xml.on('closetag', () => { open.pop(); });
  xml.write(file).close();
  return open[0]!;
}

const all = (of: Element, path: string): readonly Element[] => path.split('/').reduce<readonly Element[]>((found, name) => found.flatMap((e) => e.children.filter((c) => name === '*' || c.name === name)), [of]);
const text = (of: Element, ...paths: readonly string[]): string => paths.map((path) => all(of, path)[0]?.text.trim() ?? '').find((t) => t !== '') ?? '';
const money = (of: Element, ...paths: readonly string[]) => {
  const amount = paths.flatMap((path) => all(of, path).slice(0, 1))[0];
  return amount && { minor: amountIn(amount.text.trim(), amount.currency), currency: amount.currency };
};

const code = (of: Element): string => plain(all(of, 'BkTxCd/Domn').length > 0 ? ['Cd', 'Fmly/Cd', 'Fmly/SubFmlyCd'].map((p) => text(of, `BkTxCd/Domn/${p}`)).join('/') : text(of, 'BkTxCd/Prtry/Cd'), 35);
const charges = (of: Element, currency: string): number => all(of, 'Chrgs').flatMap((c) => (all(c, 'Rcrd').length > 0 ? all(c, 'Rcrd') : [c]))
  .filter((c) => text(c, 'CdtDbtInd') !== 'CRDT' && text(c, 'ChrgInclInd') !== 'false')
  .map((c) => money(c, 'Amt', 'TtlChrgsAndTaxAmt')).reduce((sum, c) => (c?.currency === currency ? sum + c.minor : sum), 0);

function transactionOf(of: Element, entry: { readonly credit: boolean; readonly currency: string }): BankTransaction {
  const amount = money(of, 'Amt', 'AmtDtls/TxAmt/Amt');
  const side = text(of, 'CdtDbtInd');
  const party = side === 'DBIT' ? 'Cdtr' : 'Dbtr';
  const ustrd = all(of, 'RmtInf/Ustrd').map((u) => u.text.trim()).filter((t) => t !== '').join(' ');
  return {
    minor: amount?.currency === entry.currency ? amount.minor : null, credit: side === '' ? entry.credit : side === 'CRDT', reference: plain(text(of, 'Refs/AcctSvcrRef', 'Refs/TxId'), 64),
    endToEndId: plain(text(of, 'Refs/EndToEndId').replace(/^NOTPROVIDED$/, ''), 64), code: code(of), returnCode: plain(text(of, 'RtrInf/Rsn/Cd', 'RtrInf/Rsn/Prtry'), 10), chargesMinor: amount ? charges(of, amount.currency) : 0,
    name: plain(text(of, `RltdPties/${party}/Nm`, `RltdPties/${party}/Pty/Nm`, `RltdPties/Ultmt${party}/Nm`, `RltdPties/Ultmt${party}/Pty/Nm`), 140),
    account: plain(text(of, `RltdPties/${party}Acct/Id/IBAN`, `RltdPties/${party}Acct/Id/Othr/Id`), 34),
    references: all(of, 'RmtInf/Strd').map((s) => text(s, 'CdtrRefInf/Ref', 'RfrdDocInf/Nb')).filter((r) => r !== '').map((r) => plain(r, 64)), text: plain(ustrd || text(of, 'AddtlTxInf'), 900),
  };
}

function entryOf(of: Element): BankEntry {
  const { minor, currency } = money(of, 'Amt')!;
  const credit = text(of, 'CdtDbtInd') === 'CRDT';
  const transactions = all(of, 'NtryDtls/TxDtls').map((t) => transactionOf(t, { credit, currency }));
  const only = transactions.length === 1 ? transactions[0] : undefined;
  const status = text(of, 'Sts/Cd', 'Sts/Prtry', 'Sts');
  return {
    minor, currency, credit, status: status === 'BOOK' ? 'booked' : status === 'INFO' ? 'information' : 'pending', reversal: ['true', '1'].includes(text(of, 'RvslInd')),
    bookedOn: dayIn(text(of, 'BookgDt/Dt', 'BookgDt/DtTm', 'ValDt/Dt', 'ValDt/DtTm')), valueOn: dayIn(text(of, 'ValDt/Dt', 'ValDt/DtTm', 'BookgDt/Dt', 'BookgDt/DtTm')),
    reference: plain(text(of, 'AcctSvcrRef', 'NtryRef'), 64) || (only?.reference ?? ''), code: code(of) || (only?.code ?? ''), chargesMinor: charges(of, currency) || (only?.chargesMinor ?? 0),
    text: (only?.text ?? '') || plain(text(of, 'AddtlNtryInf'), 900), endToEndId: only?.endToEndId ?? '', returnCode: only?.returnCode ?? '', name: only?.name ?? '', account: only?.account ?? '', references: only?.references ?? [],
    transactions: only ? [] : transactions,
  };
}

function partOf(of: Element, message: BankMessageKind): BankPart {
  const balance = (...codes: readonly string[]) => codes.map((c) => all(of, 'Bal').filter((b) => text(b, 'Tp/CdOrPrtry/Cd', 'Tp/CdOrPrtry/Prtry') === c).at(-1)).flatMap((b) => (b
    ? [{ minor: money(b, 'Amt')!.minor * (text(b, 'CdtDbtInd') === 'CRDT' ? 1 : -1) + 0, currency: money(b, 'Amt')!.currency, on: dayIn(text(b, 'Dt/Dt', 'Dt/DtTm')) }] : []))[0] ?? null;
  const number = (...paths: readonly string[]) => { const t = text(of, ...paths); return /^\d{1,9}$/.test(t) ? Number(t) : 0; };
  const moneyOf = of.children.filter((c) => c.name === 'Ntry' || (c.name === 'Bal' && ['OPBD', 'PRCD', 'CLBD'].includes(text(c, 'Tp/CdOrPrtry/Cd', 'Tp/CdOrPrtry/Prtry'))))[0];
  return {
    message, account: text(of, 'Acct/Id/IBAN', 'Acct/Id/Othr/Id').replace(/\s/g, '').toUpperCase(), currency: text(of, 'Acct/Ccy') || (moneyOf ? money(moneyOf, 'Amt')!.currency : ''), bankId: plain(text(of, 'Id'), 64),
    number: number('ElctrncSeqNb', 'LglSeqNb'), page: number('StmtPgntn/PgNb', 'NtfctnPgntn/PgNb'), lastPage: text(of, 'StmtPgntn/LastPgInd', 'NtfctnPgntn/LastPgInd') !== 'false', opening: balance('OPBD', 'PRCD'), closing: balance('CLBD'),
  };
}

export function readAsTree(file: string, message: BankMessageKind): { readonly entries: readonly BankEntry[]; readonly parts: readonly BankPart[] } {
  const statements = all(treeOf(file), '*/*/*').filter((e) => e.name === 'Stmt' || e.name === 'Ntfctn');
  return { entries: statements.flatMap((s) => all(s, 'Ntry').map(entryOf)), parts: statements.map((s) => partOf(s, message)) };
}

/** What may stand within what, and by that often in the wrong place. Names without a line have a text. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  Stmt: ['Id', 'ElctrncSeqNb', 'LglSeqNb', 'StmtPgntn', 'NtfctnPgntn', 'Acct', 'Bal', 'Ntry', 'Ntry', 'Ntry', 'Xtra', 'TxDtls'], StmtPgntn: ['PgNb', 'LastPgInd'], NtfctnPgntn: ['PgNb', 'LastPgInd'], Acct: ['Id', 'Ccy', 'Xtra'],
  Bal: ['Tp', 'Dt', 'Xtra'], Tp: ['CdOrPrtry'], CdOrPrtry: ['Cd', 'Prtry'], Id: ['IBAN', 'Othr', 'Xtra'], Othr: ['Id'],
  Ntry: ['NtryRef', 'Amt', 'CdtDbtInd', 'RvslInd', 'Sts', 'BookgDt', 'ValDt', 'AcctSvcrRef', 'BkTxCd', 'Chrgs', 'NtryDtls', 'NtryDtls', 'AddtlNtryInf', 'AmtDtls', 'Xtra', 'TxDtls', 'Ntry'],
  Sts: ['Cd', 'Prtry'], BookgDt: ['Dt', 'DtTm'], ValDt: ['Dt', 'DtTm'], BkTxCd: ['Domn', 'Prtry'], Domn: ['Cd', 'Fmly'], Fmly: ['Cd', 'SubFmlyCd'], Chrgs: ['Rcrd', 'Rcrd', 'Amt', 'CdtDbtInd', 'ChrgInclInd', 'TtlChrgsAndTaxAmt'],
  Rcrd: ['Amt', 'CdtDbtInd', 'ChrgInclInd', 'TtlChrgsAndTaxAmt', 'Xtra'], NtryDtls: ['TxDtls', 'TxDtls', 'Btch'], Btch: ['Amt', 'CdtDbtInd', 'TxDtls'],
  TxDtls: ['Refs', 'Amt', 'CdtDbtInd', 'AmtDtls', 'BkTxCd', 'Chrgs', 'RltdPties', 'RltdPties', 'RmtInf', 'RmtInf', 'RtrInf', 'AddtlTxInf', 'Xtra', 'Sts'], Refs: ['AcctSvcrRef', 'TxId', 'EndToEndId'],
  AmtDtls: ['InstdAmt', 'TxAmt', 'TxAmt'], InstdAmt: ['Amt'], TxAmt: ['Amt', 'CcyXchg'], CcyXchg: ['Amt', 'Ccy'], RltdPties: ['Dbtr', 'DbtrAcct', 'Cdtr', 'CdtrAcct', 'UltmtDbtr', 'UltmtCdtr'], Dbtr: ['Nm', 'Pty', 'Id'], Cdtr: ['Nm', 'Pty', 'Id'],
  UltmtDbtr: ['Nm', 'Pty'], UltmtCdtr: ['Nm', 'Pty'], Pty: ['Nm'], DbtrAcct: ['Id'], CdtrAcct: ['Id'], RmtInf: ['Ustrd', 'Ustrd', 'Strd', 'Strd'], Strd: ['CdtrRefInf', 'RfrdDocInf', 'Xtra'], CdtrRefInf: ['Ref', 'Tp'], RfrdDocInf: ['Nb', 'Tp'], RtrInf: ['Rsn'],
  Rsn: ['Cd', 'Prtry'], Xtra: ['Amt', 'Ntry', 'TxDtls', 'Refs', 'Sts', 'Cd', 'Strd', 'Xtra', 'Nm'],
};
const SAYS: Readonly<Record<string, readonly string[]>> = {
  CdtDbtInd: ['CRDT', 'DBIT'], RvslInd: ['true', 'false', '1'], Sts: ['BOOK', 'PDNG', 'INFO', ''], LastPgInd: ['true', 'false'], ChrgInclInd: ['true', 'false'], PgNb: ['1', '2', 'x'], ElctrncSeqNb: ['7', ''], Dt: ['2026-03-02', '2026-03-03'],
  DtTm: ['2026-03-04T23:59:59Z'], Ccy: ['EUR', 'CHF'], EndToEndId: ['NOTPROVIDED', 'E-1', 'E-2'], Prtry: ['PDNG', 'OPBD', 'X1'], Cd: ['BOOK', 'OPBD', 'PRCD', 'CLBD', 'PMNT', ''],
};
const AMOUNTS = ['Amt', 'TtlChrgsAndTaxAmt'];
const NEEDED: Readonly<Record<string, readonly string[]>> = { Ntry: ['Amt', 'CdtDbtInd', 'BookgDt'], Bal: ['Amt', 'CdtDbtInd', 'Bal.Dt'], BookgDt: ['Dt'], Stmt: ['Ntry'] };
const DEEPEST = 7;

const written = (name: string, attributes: string, content: string): string => `<${name}${attributes}>${content}</${name}>`;
const wordsOf = (name: string): fc.Arbitrary<string> => fc.constantFrom(...(SAYS[name] ?? ['', ' a ', 'ä &amp; b', '<![CDATA[R&D <1>]]>', '<!-- c -->x', 'two  words', ' \n', 'z'.repeat(70)]));
const dates = new Set(['BookgDt', 'ValDt']);

/** An element: what it needs, then anything in any order, as often as it comes. */
function elementOf(name: string, depth: number): fc.Arbitrary<string> {
  if (AMOUNTS.includes(name)) return fc.tuple(fc.constantFrom('EUR', 'EUR', 'CHF', 'JPY'), fc.constantFrom('1', '2.00', ' 30 ', '400.000')).map(([currency, amount]) => written(name, ` Ccy="${currency}"`, amount));
  if (name === 'Bal.Dt') return elementOf('Dt', depth).map((day) => written('Dt', '', day));
  const within = depth >= DEEPEST ? undefined : WITHIN[name];
  const needed = (NEEDED[name] ?? []).map((n) => elementOf(n, Math.min(depth + 1, DEEPEST - 2)));
  const more = within ? fc.array(fc.constantFrom(...within).chain((n) => elementOf(n, depth + 1)), { maxLength: name === 'Ntry' || name === 'TxDtls' ? 9 : 3 }) : fc.constant([]);
  const words = within && !SAYS[name] && name !== 'Id' && name !== 'Xtra' ? fc.constantFrom('', '\n  ') : dates.has(name) ? fc.constant('') : wordsOf(name);
  return fc.tuple(fc.tuple(...needed), more, words, fc.boolean()).map(([first, rest, said, before]) => written(name, '', `${before ? said : ''}${first.join('')}${rest.join('')}${before ? '' : said}`));
}

/** Statements of random entries, in one of the messages, with and without a prefix. */
export const anyCamt = fc.tuple(fc.array(elementOf('Stmt', 0), { minLength: 1, maxLength: 3 }), fc.constantFrom('02', '04', '08'), fc.boolean()).map(([statements, version, prefixed]) => {
  const file = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><Ntry/></GrpHdr>${statements.join('\n')}</BkToCstmrStmt></Document>`;
  return prefixed ? file.replace(/<(\/?)([A-Z])/g, (tag, slash, first, at: number) => (file.startsWith('<![', at) || file.slice(0, at).endsWith('R&D ') ? tag : `<${slash}n:${first}`)).replace('xmlns=', 'xmlns:n=') : file;
});
