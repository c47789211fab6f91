// How an account's CSV is read, as it is asked for: columns that must be there, and forms that can be read.
import type { BankCsvProfile } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import type { Fields } from '@ar/platform/fields.js';
import { ENCODINGS } from '../bank/reading.js';
import type { CsvProfile } from '../domain/bank-account.js';

const DATE_FORMATS: readonly CsvProfile['dateFormat'][] = ['YYYY-MM-DD', 'YYYYMMDD', 'DD.MM.YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY'];
const DELIMITERS = [',', ';', '|', '\t'];
const MOST_TEXTS = 10;

export function readCsvProfile(f: Fields<BankCsvProfile>, { encoding, delimiter, dateFormat, decimal, amount, credit, debit, texts }: BankCsvProfile): CsvProfile {
  const column = (name: Exclude<keyof BankCsvProfile & string, 'linesBefore' | 'texts'>) => f.text(name, { max: 100, optional: name !== 'bookedColumn' });
  const one = <T extends string>(name: keyof BankCsvProfile & string, allowed: readonly T[], text: string): T => {
    const found = allowed.find((a) => a === text);
    if (found === undefined) f.wrong(name, 'FIELD_INVALID', `must be one of ${allowed.map((a) => (a === '\t' ? 'a tabulator' : a)).join(' ')}`);
    return found ?? allowed[0]!;
  };
  if (amount === '' ? credit === '' || debit === '' : credit !== '' || debit !== '') f.wrong('amount', 'FIELD_INVALID', 'is one column with its sign, or credit and debit are two');
  if (texts.length > MOST_TEXTS || texts.some((t) => t === '' || t.length > 100)) f.wrong('texts', 'FIELD_INVALID', `are at most ${MOST_TEXTS} names of columns`);
  return {
    encoding: one('encoding', [...ENCODINGS], encoding || 'utf-8'), delimiter: one('delimiter', DELIMITERS, delimiter), linesBefore: f.integer('linesBefore', 0, 100), dateFormat: one('dateFormat', DATE_FORMATS, dateFormat), decimal: one('decimal', ['.', ','] as const, decimal),
    bookedOn: column('bookedColumn'), valueOn: column('valueColumn'), amount: column('amount'), credit: column('credit'), debit: column('debit'), currency: column('currency'), name: column('name'), account: column('account'), reference: column('reference'),
    endToEndId: column('endToEndId'), texts,
  };
}
