// The bytes of a bank's file, as they arrive: what they are, in which characters, handed on to the parser of that message.
//
// - XML says its characters in its first line, UTF-8 where it says none; a byte that is none of them ends the reading.
// - SWIFT's messages and BAI2 have Latin letters; where all bytes are UTF-8 they are read so, else as Windows-1252. Which it is turns out at the end of the first reading.
import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { type BankMessageKind, BankFileInvalid, type BankParser, type BankSink } from './bank-file.js';
import { bai2Parser } from './bai2.js';
import { camtParser } from './camt.js';
import { type CsvOf, csvParser } from './csv.js';
import { mt940Parser } from './mt940.js';
import { x12Parser } from './x12.js';

const HEAD = 1_024;
export const ENCODINGS: ReadonlySet<string> = new Set(['utf-8', 'iso-8859-1', 'iso-8859-15', 'windows-1252', 'us-ascii', 'utf-16']);

export interface BankReader {
  /** Whether only the end tells how it is to be read, so that all of it is read again; undefined before anything tells. */
  readonly again: boolean | undefined;
  write(bytes: Uint8Array): void;
  /** Throws BankFileInvalid where the file is not whole. */
  end(): void;
}
/** What the first reading of a file has found out, for the second. */
export interface Found { utf8?: boolean }

/** `csv`: what the file is, and whose, where it is CSV. `sender`: whose it is, as its sender says. */
export function bankReader(given: BankSink, found: Found, expected?: BankMessageKind, csv?: CsvOf, sender?: Pick<CsvOf, 'account'>): BankReader {
  const sink: BankSink = expected === undefined ? given : { entry: (e) => given.entry(e), part: (p) => { if (p.message.replace('-interim', '') !== expected) throw new BankFileInvalid(`it is ${p.message}, not ${expected}`); given.part(p); } };
  let head: Uint8Array | undefined = new Uint8Array();
  let parser: BankParser | undefined;
  let decoder: TextDecoder | undefined;
  let strict: TextDecoder | undefined;
  let plainText = false;
  /** Whether the bytes so far end with a whole character, as they do where the last is ASCII. */
  let betweenCharacters = true;
  const begin = (bytes: Uint8Array) => {
    const start = new TextDecoder('latin1').decode(bytes);
    const utf16 = start.startsWith('ÿþ') ? 'utf-16le' : start.startsWith('þÿ') ? 'utf-16be' : undefined;
    if (csv !== undefined) {
      decoder = new TextDecoder(utf16 ?? csv.profile.encoding, { fatal: true, ignoreBOM: true });
      parser = csvParser(sink, csv);
    } else if (utf16 !== undefined || /^(ï»¿)?\s*</.test(start)) {
      const said = /^[^<]*<\?xml[^>]*\bencoding\s*=\s*["']([^"']{1,40})["']/.exec(start)?.[1]?.toLowerCase() ?? 'utf-8';
      if (!ENCODINGS.has(said)) throw new BankFileInvalid(`characters of ${said} are not read`);
      decoder = new TextDecoder(utf16 ?? (said === 'utf-16' ? 'utf-16be' : said), { fatal: true, ignoreBOM: true });
      parser = camtParser(sink);
    } else if (/^(ï»¿)?\s*(\{1:|:20:|01,)/.test(start)) {
      plainText = true;
      if (found.utf8 === undefined) strict = new TextDecoder('utf-8', { fatal: true });
      decoder = new TextDecoder(found.utf8 ? 'utf-8' : 'windows-1252', { ignoreBOM: true });
      parser = /^(ï»¿)?\s*01,/.test(start) ? bai2Parser(sink) : mt940Parser(sink);
    } else if (/^(ï»¿)?\s*ISA[^A-Za-z0-9]/.test(start)) {
      plainText = true;
      if (found.utf8 === undefined) strict = new TextDecoder('utf-8', { fatal: true });
      decoder = new TextDecoder(found.utf8 ? 'utf-8' : 'windows-1252', { ignoreBOM: true });
      parser = x12Parser(sink, sender);
    } else throw new BankFileInvalid('it is neither camt.053, camt.054, MT940, MT942, BAI2 nor X12 820');
  };
  const isUtf8 = (bytes: Uint8Array | undefined): boolean => {
    try { strict!.decode(bytes, { stream: bytes !== undefined }); return true; } catch { return false; }
  };
  const decoded = (bytes?: Uint8Array): string => {
    if (strict && !isUtf8(bytes)) { strict = undefined; found.utf8 = false; }
    if (bytes !== undefined && bytes.length > 0 && !decoder!.encoding.startsWith('utf-16')) { // in all others, ASCII is ASCII
      const between = betweenCharacters;
      betweenCharacters = bytes.at(-1)! < 0x80;
      if (between && isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'); // most of most files, and much faster
    }
    try {
      return decoder!.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new BankFileInvalid('it holds bytes that are no characters of its encoding');
    }
  };
  const withoutMark = (text: string): string => text.replace(/^(\uFEFF|ï»¿)/, '');
  return {
    get again() { return parser && plainText; },
    write(bytes) {
      if (head === undefined) { parser!.write(decoded(bytes)); return; }
      head = Buffer.concat([head, bytes]);
      if (head.length < HEAD) return;
      begin(head);
      parser!.write(withoutMark(decoded(head)));
      head = undefined;
    },
    end() {
      if (head !== undefined) {
        begin(head);
        parser!.write(withoutMark(decoded(head)));
      }
      const rest = decoded();
      if (rest !== '') parser!.write(rest);
      if (strict) found.utf8 = true;
      parser!.end();
    },
  };
}
