// What a bank says of our debits: ISO 20022 pain.002.001.10 (and .03, whose names are the same), read as camt files are.
//
// - What counts is each transaction: its end-to-end id, its status, its reason. A status of the whole group, or of a payment, holds for those of its transactions that are named and say nothing else;
//   where it names none, nothing is said of any debit: banks list what they reject.
// - A file may not declare a document type: no entity is expanded beyond the five of XML, nothing outside is read. Bytes, depth, elements and lengths are bounded.
import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { BankFileInvalid } from './bank-file.js';

/** `status` as the bank says it, `code` its reason, `reference` the bank's own. */
export interface ToldDebit { readonly endToEndId: string; readonly status: string; readonly code: string; readonly reference: string }

export const MOST_BYTES = 2 * 1_048_576;
export const MOST_TOLD = 10_000;
const DEEPEST = 30;
const MOST_ELEMENTS = 400_000;
const LONGEST = 1_000;
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(03|10)$/;

/** Throws BankFileInvalid. */
export function pain002In(bytes: Uint8Array): readonly ToldDebit[] {
  if (bytes.length > MOST_BYTES) throw new BankFileInvalid(`it has ${bytes.length} bytes; ${MOST_BYTES} are allowed`);
  const xml = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  const told: ToldDebit[] = [];
  const path: string[] = [];
  let [elements, words, group, payment] = [0, '', '', ''];
  let groupCode = '';
  let paymentCode = '';
  let of: { endToEndId: string; status: string; code: string; reference: string } | undefined;

  xml.on('error', (error) => { throw new BankFileInvalid(error.message.slice(0, 200)); });
  xml.on('doctype', () => { throw new BankFileInvalid('it declares a document type'); });
  xml.on('opentag', ({ name: written, attributes }) => {
    const name = written.slice(written.indexOf(':') + 1);
    if (++elements > MOST_ELEMENTS) throw new BankFileInvalid(`it has more than ${MOST_ELEMENTS} elements`);
    if (path.length >= DEEPEST) throw new BankFileInvalid(`its elements are more than ${DEEPEST} deep`);
    if (path.length === 0 && !Object.entries(attributes).some(([key, value]) => key.startsWith('xmlns') && NAMESPACE.test(value))) throw new BankFileInvalid('it is no pain.002.001.10');
    path.push(name);
    words = '';
    if (name === 'OrgnlPmtInfAndSts') [payment, paymentCode] = ['', ''];
    if (name === 'TxInfAndSts') {
      if (told.length >= MOST_TOLD) throw new BankFileInvalid(`it tells of more than ${MOST_TOLD} debits`);
      of = { endToEndId: '', status: '', code: '', reference: '' };
    }
  });
  const characters = (more: string): void => {
    words += more;
    if (words.length > LONGEST) throw new BankFileInvalid(`a ${path.at(-1)} has more than ${LONGEST} characters`);
  };
  xml.on('text', characters);
  xml.on('cdata', characters);
  xml.on('closetag', () => {
    const [name, said] = [path.pop()!, words.trim()];
    words = '';
    const within = path.at(-1);
    if (name === 'TxInfAndSts') {
      const one = of!;
      if (one.endToEndId === '') throw new BankFileInvalid('it tells of a debit without its end-to-end id');
      told.push({ ...one, status: one.status || payment || group, code: one.code || paymentCode || groupCode });
      of = undefined;
    } else if (of) {
      if (name === 'OrgnlEndToEndId') of.endToEndId = said;
      else if (name === 'TxSts') of.status = said;
      else if (name === 'AcctSvcrRef') of.reference = said;
      else if ((name === 'Cd' || name === 'Prtry') && within === 'Rsn' && of.code === '') of.code = said;
    } else if (name === 'GrpSts') group = said;
    else if (name === 'PmtInfSts') payment = said;
    else if ((name === 'Cd' || name === 'Prtry') && within === 'Rsn') { if (path.includes('OrgnlPmtInfAndSts')) paymentCode ||= said; else groupCode ||= said; }
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let whole: string;
  try { whole = decoder.decode(bytes); } catch { throw new BankFileInvalid('it is not UTF-8'); }
  const encoding = /^<\?xml[^>]*\bencoding\s*=\s*["']([^"']{1,40})["']/.exec(whole)?.[1] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'utf-8') throw new BankFileInvalid(`characters of ${encoding} are not read`);
  xml.write(whole).close();
  if (elements === 0) throw new BankFileInvalid('it is no pain.002.001.10');
  return told;
}
