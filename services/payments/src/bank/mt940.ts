// SWIFT MT940 (customer statement) and MT942 (interim report), read line by line.
//
// - A field begins at a line with a tag that these messages have; other lines go on with the field before. A message begins with :20: and ends with a line `-`, the end of its block, or the next :20:.
// - :61: C is money in and D money out; RC takes a credit back and is money out, RD takes a debit back and is money in. The letter after the mark is the third of the currency, not part of it.
// - The comma parts whole units and always stands. The year of an entry date is the one that puts it nearest to its value date.
// - :60F: and :62F: are the booked balances; :60M: and :62M: stand between pages of one statement, :64: and :65: are no booked balances.
// - MT942 is interim: it is recognised by :34F: or :13D:, and books nothing.
// - :86: after :61: is its text: with `?20` and the like, with `/REMI/` and the like, or free. After :62: it is about the statement, and no entry.
import type { Day } from '@ar/domain/day.js';
import { daysBetween } from '@ar/domain/day.js';
import { amountIn, type Balance, type BankEntry, BankFileInvalid, type BankParser, type BankSink, dayIn, nothingOf, plain } from './bank-file.js';

const TAG = /^:(20|21|25P?|28C?|60[FM]|61|86|62[FM]|64|65|13D|34F|90[CD]|NS):/;
const LONGEST_LINE = 4_096;
const LONGEST_FIELD = 8_192;

interface Pending { valueOn: Day; bookedOn: Day; credit: boolean; reversal: boolean; amount: string; code: string; own: string; bank: string; info: string }
interface Message { account: string; number: number; page: number; opening: Balance | null; closing: Balance | null; intermediate: boolean; interim: boolean; ended: boolean; lastPage: boolean; entry: Pending | undefined; currency: string }

export function mt940Parser(sink: BankSink): BankParser {
  let rest = '';
  let field: { tag: string; text: string } | undefined;
  let message: Message | undefined;
  let before: { readonly account: string; readonly number: number; readonly page: number } | undefined;
  let messages = 0;

  const flush = () => {
    const { entry } = message ?? {};
    if (!entry || !message) return;
    message.entry = undefined;
    sink.entry(entryOf(entry, '', message.currency));
  };
  const endMessage = () => {
    endField();
    if (!message) return;
    flush();
    const { account, number, page, opening, closing, interim, lastPage, currency, ended } = message;
    if (!interim && !ended) throw new BankFileInvalid('a statement has no closing balance');
    sink.part({ message: interim ? 'mt942' : 'mt940', account, currency, bankId: number > 0 ? String(number) : '', number, page, lastPage, opening, closing });
    before = lastPage ? undefined : { account, number, page };
    message = undefined;
  };
  const endField = () => {
    if (!field) return;
    const { tag, text } = field;
    field = undefined;
    if (tag === '20') { message = { account: '', number: 0, page: 1, opening: null, closing: null, intermediate: false, interim: false, ended: false, lastPage: true, entry: undefined, currency: '' }; messages++; return; }
    if (!message) throw new BankFileInvalid(`:${tag}: stands before :20:`);
    const of = message;
    switch (tag) {
      case '25': case '25P': of.account = text.split('\n')[0]!.replace(/\s/g, '').toUpperCase(); return;
      case '28': case '28C': { const [number = '0', page = '0'] = text.split('/'); [of.number, of.page] = [count(number), count(page)]; return; }
      case '60F': case '60M': {
        of.opening = balanceOf(text);
        of.currency = of.opening.currency;
        of.account = withoutCurrency(of.account, of.currency);
        of.intermediate = tag === '60M';
        of.page = !of.intermediate ? 1 : before && before.account === of.account && before.number === of.number ? before.page + 1 : Math.max(2, of.page);
        return;
      }
      case '61': flush(); of.entry = pendingOf(text); return;
      case '86':
        if (!of.entry) return;
        sink.entry(entryOf(of.entry, text, of.currency));
        of.entry = undefined;
        return;
      case '62F': case '62M':
        flush();
        [of.closing, of.ended, of.lastPage] = [balanceOf(text), true, tag === '62F'];
        return;
      case '34F': of.interim = true; of.currency ||= text.slice(0, 3); of.account = withoutCurrency(of.account, of.currency); return;
      case '13D': of.interim = true; return;
      case '90C': case '90D': case '64': case '65': flush(); return;
    }
  };
  const line = (text: string) => {
    if (text.length > LONGEST_LINE) throw new BankFileInvalid(`a line has more than ${LONGEST_LINE} characters`);
    const stripped = text.replace(/^\{1:.*?\{4:/, '');
    const [whole = '', tag] = TAG.exec(stripped) ?? [];
    if (tag === '20') endMessage();
    if (tag !== undefined) {
      endField();
      field = { tag, text: stripped.slice(whole.length) };
    } else if (stripped === '-' || stripped.startsWith('-}')) endMessage();
    else if (field) {
      if (field.text.length + stripped.length > LONGEST_FIELD) throw new BankFileInvalid(`:${field.tag}: has more than ${LONGEST_FIELD} characters`);
      field.text += `\n${stripped}`;
    } else if (stripped.trim() !== '' && !/^[{}]/.test(stripped)) throw new BankFileInvalid(`a line belongs to no field: ${plain(stripped, 40)}`);
  };

  return {
    write(text) {
      if (text.includes('\u0000')) throw new BankFileInvalid('it holds a NUL character');
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop()!;
      if (rest.length > LONGEST_LINE) throw new BankFileInvalid(`a line has more than ${LONGEST_LINE} characters`);
      lines.forEach(line);
    },
    end() {
      line(rest.replace(/\r$/, ''));
      endMessage();
      if (messages === 0) throw new BankFileInvalid('it holds no message');
    },
  };
}

const count = (text: string): number => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : 0);
/** Some banks write the currency behind the number of the account. */
const withoutCurrency = (account: string, currency: string): string => (/^[A-Z]{2}\d{2}[A-Z0-9]{11,33}$/.test(account) && account.endsWith(currency) ? account.slice(0, -3) : account);

/** `261122` → 2026-11-22; from 80 on it is the last century. */
const dayOf = (yymmdd: string): Day => dayIn(`${Number(yymmdd.slice(0, 2)) < 80 ? '20' : '19'}${yymmdd.slice(0, 2)}-${yymmdd.slice(2, 4)}-${yymmdd.slice(4, 6)}`);

function balanceOf(text: string): Balance {
  const [, side, date, currency = '', amount = ''] = /^([CD])(\d{6})([A-Z]{3})(\d[\d,]*)/.exec(text) ?? [];
  if (side === undefined) throw new BankFileInvalid(`${plain(text, 40)} is not a balance`);
  const minor = amountIn(amount, currency, ',');
  return { minor: side === 'C' ? minor : 0 - minor, currency, on: dayOf(date!) };
}

function pendingOf(text: string): Pending {
  const [head = '', ...info] = text.split('\n');
  const [, value, entryDate, side, amount, code, rest = ''] = /^(\d{6})(\d{4})?(R?[CD])[A-Z]?(\d+,\d*)([A-Z][A-Z0-9]{3})(.*)$/.exec(head) ?? [];
  if (value === undefined) throw new BankFileInvalid(`:61:${plain(head, 40)} is not an entry`);
  const slashes = rest.indexOf('//');
  const valueOn = dayOf(value);
  return {
    valueOn, bookedOn: entryDate === undefined ? valueOn : nearest(entryDate, valueOn), credit: side === 'C' || side === 'RD', reversal: side!.startsWith('R'), amount: amount!, code: code!,
    own: slashes < 0 ? rest : rest.slice(0, slashes), bank: slashes < 0 ? '' : rest.slice(slashes + 2), info: info.join(' '),
  };
}

/** A day without its year, in the year that puts it nearest to another day. */
function nearest(mmdd: string, to: Day): Day {
  const days = [-1, 0, 1].flatMap((more) => {
    const day = `${Number(to.slice(0, 4)) + more}-${mmdd.slice(0, 2)}-${mmdd.slice(2)}`;
    try { return [dayIn(day)]; } catch { return []; } // 29 February is a day in some years alone
  });
  if (days.length === 0) throw new BankFileInvalid(`${mmdd} is not a day`);
  return days.reduce((best, day) => (Math.abs(daysBetween(to, day)) < Math.abs(daysBetween(to, best)) ? day : best));
}

function entryOf(p: Pending, text: string, currency: string): BankEntry {
  if (currency === '') throw new BankFileInvalid('an entry stands before the balance that says its currency');
  const own = /^NONREF$/i.test(p.own.trim()) ? '' : p.own;
  const said = detailsIn(text);
  return {
    ...nothingOf, minor: amountIn(p.amount, currency, ','), currency, credit: p.credit, reversal: p.reversal, status: 'booked', bookedOn: p.bookedOn, valueOn: p.valueOn, reference: plain(p.bank, 64), code: p.code, transactions: [],
    endToEndId: plain(said.endToEnd || own, 64), name: plain(said.name, 140), account: plain(said.account, 34), text: plain(said.text || p.info, 900),
  };
}

/** The text of an entry in the ways that banks write it: `166?00…?20…?32…`, `/EREF/…/REMI/…`, or as it is. */
function detailsIn(text: string): { readonly text: string; readonly name: string; readonly account: string; readonly endToEnd: string } {
  const joined = text.replaceAll('\n', '');
  const [, separator] = /^\d{3}([^0-9A-Za-z\s])\d{2}/.exec(joined) ?? [];
  if (separator !== undefined) {
    const fields = new Map<string, string>();
    for (const part of joined.slice(3).split(separator)) if (/^\d{2}/.test(part)) fields.set(part.slice(0, 2), (fields.get(part.slice(0, 2)) ?? '') + part.slice(2));
    const purpose = ['20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '60', '61', '62', '63'].map((n) => fields.get(n) ?? '').join('');
    const marked = markedIn(purpose, /(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE)\+/);
    return { text: marked.get('SVWZ') ?? (marked.size === 0 ? purpose : ''), name: `${fields.get('32') ?? ''}${fields.get('33') ?? ''}`, account: fields.get('31') ?? '', endToEnd: known(marked.get('EREF')) };
  }
  if (joined.startsWith('/')) {
    const marked = markedIn(joined, /\/(EREF|REMI|NAME|IBAN|BENM|ORDP|TRTP|CSID|MARF|BIC|PREF|RTRN|SVCL|PURP|ISDT|ID)\//);
    if (marked.size > 0) return { text: (marked.get('REMI') ?? '').replace(/^USTD\/\//, ''), name: marked.get('NAME') ?? '', account: marked.get('IBAN') ?? '', endToEnd: known(marked.get('EREF')) };
  }
  return { text: text.replaceAll('\n', ' '), name: '', account: '', endToEnd: '' };
}

const known = (text: string | undefined): string => (text === undefined || /^(NOTPROVIDED|NONREF)$/.test(text.trim()) ? '' : text);

/** `EREF+A1SVWZ+invoice 7` → EREF: A1, SVWZ: invoice 7. */
function markedIn(text: string, labels: RegExp): ReadonlyMap<string, string> {
  const parts = text.split(labels);
  return new Map(parts.slice(1).flatMap((label, i) => (i % 2 === 0 ? [[label, (parts[i + 2] ?? '').trim()] as const] : [])));
}
