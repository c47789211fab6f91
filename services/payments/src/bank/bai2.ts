// BAI2 cash management reports, read record by record.
//
// - 01 begins the file, 02 a group (a bank, a day), 03 an account, 16 is a transaction; 88 goes on with the record before; 49, 98 and 99 close what 03, 02 and 01 began, with the sum of all amounts in between and
//   how many records there are. What does not agree with them is damaged.
// - A record ends with `/`. The text of a transaction is its last field and may hold commas and slashes; what 88 adds to it is text too.
// - Amounts have no decimal sign: the digits of the currency are meant, so 12345 is 123.45 USD and 12,345 JPY. No currency anywhere is USD.
// - 010 is the booked balance that an account begins with, 015 the one it ends with; other codes of 03 are availability and sums.
// - Codes 100 to 399 are money in, 400 to 699 money out; 700 and above are loans and the bank's own, and no business here.
// - 115 is what a lockbox took in, 116 an item of it: where the items that follow sum to it they are its transactions. So are none where they do not.
// - A group is booked once it is final (as-of modifier 2 or 4); an interim one books nothing. Deletions, corrections and tests (status 2, 3, 4) are not read.
import type { Day } from '@ar/domain/day.js';
import { exponentOf } from '@ar/domain/money.js';
import { amountIn, type Balance, type BankEntry, BankFileInvalid, type BankParser, type BankSink, type BankTransaction, dayIn, nothingOf, plain } from './bank-file.js';

const LONGEST_LINE = 4_096;
const LONGEST_RECORD = 65_536;
const MOST_ITEMS = 10_000;
const [LOCKBOX, LOCKBOX_ITEM] = ['115', '116'];

/** What is between a record and the one that closes it. */
interface Within { sum: bigint; records: number; parts: number }
const nothingWithin = (): Within => ({ sum: 0n, records: 0, parts: 0 });

interface Group { readonly on: Day; readonly currency: string; readonly interim: boolean }
interface Account { readonly number: string; readonly currency: string; opening: Balance | null; closing: Balance | null }
type Transaction = BankTransaction & { readonly minor: number; readonly valueOn: Day };

export function bai2Parser(sink: BankSink): BankParser {
  let rest = '';
  let record: { readonly code: string; readonly bodies: string[]; length: number } | undefined;
  let file: { readonly id: string } | undefined;
  let group: Group | undefined;
  let account: Account | undefined;
  let finished = false;
  const within = { file: nothingWithin(), group: nothingWithin(), account: nothingWithin() };
  let lockbox: { readonly of: Transaction; readonly items: Transaction[] } | undefined;

  const told = (of: Transaction, transactions: readonly BankTransaction[] = []) => {
    const { valueOn, ...transaction } = of;
    sink.entry({ ...transaction, currency: account!.currency, status: 'booked', reversal: false, bookedOn: group!.on, valueOn, transactions } satisfies BankEntry);
  };
  const endLockbox = () => {
    if (!lockbox) return;
    const { of, items } = lockbox;
    lockbox = undefined;
    const whole = items.length > 0 && items.reduce((sum, i) => sum + i.minor, 0) === of.minor;
    told(of, whole ? items : []);
    if (!whole) items.forEach((i) => told(i));
  };

  const closes = (of: Within, fields: readonly string[], name: string, parts: number | undefined) => {
    const [total = '', ...counts] = fields;
    if (signed(total) !== of.sum) throw new BankFileInvalid(`${name} sums to ${of.sum}, not to ${total}`);
    const wanted = parts === undefined ? [of.records] : [parts, of.records];
    wanted.forEach((count, i) => { if (counts[i] !== '' && counts[i] !== undefined && Number(counts[i]) !== count) throw new BankFileInvalid(`${name} has ${count} of ${counts[i]} records or parts`); });
  };

  const end = () => {
    if (!record) return;
    const { code, bodies } = record;
    record = undefined;
    within.account.records += bodies.length;
    if (finished) throw new BankFileInvalid('something stands behind its end');
    switch (code) {
      case '01': {
        if (file) throw new BankFileInvalid('it begins twice');
        const [, , created = '', , id = ''] = fieldsOf(bodies);
        file = { id: `${created}/${id}` };
        within.file.records += within.account.records;
        within.account = nothingWithin();
        return;
      }
      case '02': {
        if (!file || group) throw new BankFileInvalid('a group stands where none may');
        const [, , status = '', on = '', , currency = '', modifier = ''] = fieldsOf(bodies);
        if (status !== '1' && status !== '') throw new BankFileInvalid(`a group has status ${status.slice(0, 5)}: only updates are read, no deletions, corrections or tests`);
        group = { on: dateIn(on), currency: currency || 'USD', interim: modifier === '1' || modifier === '3' };
        within.group = within.account;
        within.account = nothingWithin();
        return;
      }
      case '03': {
        if (!group || account) throw new BankFileInvalid('an account stands where none may');
        const [number = '', currency = '', ...sums] = fieldsOf(bodies);
        account = { number: number.replace(/\s/g, '').toUpperCase(), currency: currency || group.currency, opening: null, closing: null };
        for (let at = 0; at < sums.length;) {
          const [type = '', amount = ''] = [sums[at], sums[at + 1]];
          if (amount !== '') within.account.sum += signed(amount);
          if (amount !== '' && (type === '010' || type === '015')) {
            const minor = inMinor(amount.replace(/^[+-]/, ''), account.currency);
            const balance = { minor: amount.startsWith('-') ? 0 - minor : minor, currency: account.currency, on: group.on };
            if (type === '010') account.opening = balance; else account.closing = balance;
          }
          at = afterFunds(sums, at + 3);
        }
        return;
      }
      case '16': {
        if (!account || !group) throw new BankFileInvalid('a transaction stands outside an account');
        const [type = '', amount = '', ...more] = bodies[0]!.split(',');
        within.account.sum += signed(amount || '0');
        const transaction = transactionOf(type, amount || '0', more, bodies.slice(1), account.currency, group.on);
        if (!transaction) return;
        if (type === LOCKBOX_ITEM && lockbox && lockbox.items.length < MOST_ITEMS) { lockbox.items.push(transaction); return; }
        endLockbox();
        if (type === LOCKBOX) lockbox = { of: transaction, items: [] };
        else told(transaction);
        return;
      }
      case '49': {
        if (!account || !group || !file) throw new BankFileInvalid('an account ends that did not begin');
        endLockbox();
        closes(within.account, fieldsOf(bodies), 'an account', undefined);
        const { number, currency, opening, closing } = account;
        sink.part({ message: group.interim ? 'bai2-interim' : 'bai2', account: number, currency, bankId: plain(file.id, 64), number: 0, page: 0, lastPage: true, opening, closing });
        account = undefined;
        within.group.sum += within.account.sum;
        within.group.records += within.account.records;
        within.group.parts++;
        within.account = nothingWithin();
        return;
      }
      case '98': {
        if (!group || account) throw new BankFileInvalid('a group ends that did not begin, or before its account does');
        within.group.records += within.account.records;
        closes(within.group, fieldsOf(bodies), 'a group', within.group.parts);
        within.file.sum += within.group.sum;
        within.file.records += within.group.records;
        within.file.parts++;
        [group, within.account] = [undefined, nothingWithin()];
        return;
      }
      case '99': {
        if (!file || group) throw new BankFileInvalid('it ends before its group does');
        within.file.records += within.account.records;
        closes(within.file, fieldsOf(bodies), 'the file', within.file.parts);
        finished = true;
      }
    }
  };

  const line = (text: string) => {
    const [, code = '', body = ''] = /^(01|02|03|16|49|88|98|99)(?:,|(?=\/))(.*)$/.exec(text) ?? [];
    if (text === '') return;
    if (code === '') throw new BankFileInvalid(`${text.slice(0, 20)} is no record`);
    const plainBody = body.endsWith('/') ? body.slice(0, -1) : body;
    if (code !== '88') { end(); record = { code, bodies: [plainBody], length: body.length }; return; }
    if (!record) throw new BankFileInvalid('it goes on with nothing');
    record.bodies.push(plainBody);
    if ((record.length += body.length) > LONGEST_RECORD) throw new BankFileInvalid(`a record has more than ${LONGEST_RECORD} characters`);
  };

  return {
    write(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (rest.length > LONGEST_LINE) throw new BankFileInvalid(`a line has more than ${LONGEST_LINE} characters`);
      for (const l of lines) line(l.trimEnd());
    },
    end() {
      line(rest.trimEnd());
      end();
      if (!finished) throw new BankFileInvalid('it ends before its last record');
    },
  };
}

const fieldsOf = (bodies: readonly string[]): readonly string[] => bodies.flatMap((b) => b.split(',').map((f) => f.trim()));

function signed(amount: string): bigint {
  if (!/^[+-]?\d{1,18}$/.test(amount.trim())) throw new BankFileInvalid(`${amount.slice(0, 30)} is not an amount`);
  return BigInt(amount.trim().replace(/^\+/, ''));
}

/** Digits without a decimal sign, as many after it as the currency has. */
function inMinor(digits: string, currency: string): number {
  const exponent = exponentOf(currency) ?? 0; // amountIn says what is wrong with it
  const padded = digits.padStart(exponent + 1, '0');
  return amountIn(exponent === 0 ? padded : `${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`, currency);
}

/** YYMMDD, or with a century. */
const dateIn = (text: string): Day => dayIn(text.length === 6 ? `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}` : `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`);

/** Where what follows the kind of funds begins: S has three amounts, V a date and a time, D so many pairs. `at` is the place of that kind. */
function afterFunds(fields: readonly string[], at: number): number {
  const kind = fields[at] ?? '';
  if (kind === 'S') return at + 4;
  if (kind === 'V') return at + 3;
  if (kind !== 'D') return at + 1;
  const pairs = Number(fields[at + 1] ?? '');
  if (!Number.isInteger(pairs) || pairs < 0 || pairs > 1_000) throw new BankFileInvalid('funds are distributed over no number of days');
  return at + 2 + 2 * pairs;
}

/** Undefined: it is neither money in nor money out. `more` is what follows the amount, `texts` what 88 adds. */
function transactionOf(type: string, amount: string, more: readonly string[], texts: readonly string[], currency: string, on: Day): Transaction | undefined {
  if (!/^\d{3}$/.test(type)) throw new BankFileInvalid(`${type.slice(0, 10)} is no code of a transaction`);
  if (amount.startsWith('-')) throw new BankFileInvalid('a transaction has a negative amount');
  const credit = type >= '100' && type <= '399';
  if (!credit && !(type >= '400' && type <= '699')) return undefined;
  const valueOn = more[0] === 'V' && /^(\d{6}|\d{8})$/.test(more[1] ?? '') ? dateIn(more[1]!) : on;
  const [fields, left] = [[...more], [...texts]];
  while (left.length > 0 && fields.length < afterFunds(fields, 0) + 2) fields.push(...left.shift()!.split(',')); // 88 may go on before the text
  const [reference = '', customerReference = '', ...text] = fields.slice(afterFunds(fields, 0));
  return {
    ...nothingOf, minor: inMinor(amount.replace(/^\+/, ''), currency), credit, valueOn, code: `BAI/${type}`, reference: plain(reference, 64), endToEndId: plain(customerReference, 64),
    text: plain([text.join(','), ...left].join(' '), 900),
  };
}
