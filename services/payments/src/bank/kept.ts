// What was read of a file and waits to be booked, in memory: in blocks, each compressed by itself while more is read. They come back in their order.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw, type InputType, type ZlibOptions } from 'node:zlib';
import type { BankEntry, BankTransaction } from './bank-file.js';

/** Blocks are of about this size: whole pieces for the compressor, which works beside the reading. */
const BLOCK = 256 * 1_024;
const CHUNK = 64 * 1_024;
const MOST_AT_ONCE = 3;
const compressed: (block: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(deflateRaw);
const whole: (block: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(inflateRaw);
/** Who waits for it hears of an error; a file that is given up is waited for by nobody. */
const heardLater = <T>(promise: Promise<T>): Promise<T> => { promise.catch(() => undefined); return promise; };

/** A file as its bytes. What is filled is compressed, and filled again: a file has hundreds of blocks, and memory a few. */
export class KeptBytes {
  readonly #blocks: Promise<Buffer>[] = [];
  readonly #free: Buffer[] = [];
  #filling: Buffer | undefined;
  #length = 0;

  add(bytes: Uint8Array): void {
    this.#room(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }
  addText(text: string): void {
    const block = this.#room(Buffer.byteLength(text));
    this.#length += block.write(text, this.#length);
  }

  /** Lets go of what makes a block. A few are compressed at a time: who brings more waits. */
  async settle(): Promise<void> { await this.#blocks.at(-MOST_AT_ONCE); }

  async end(): Promise<void> {
    this.#let();
    await Promise.all(this.#blocks);
  }

  /** A piece is in one block as a whole. */
  #room(bytes: number): Buffer {
    if (this.#filling && this.#length + bytes > this.#filling.length) this.#let();
    return this.#filling ??= bytes > BLOCK ? Buffer.allocUnsafeSlow(bytes) : this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK);
  }

  #let(): void {
    const filled = this.#filling;
    if (!filled) return;
    this.#blocks.push(heardLater(compressed(filled.subarray(0, this.#length), { level: 1, chunkSize: CHUNK }).then((b) => {
      if (filled.length === BLOCK && this.#free.length < MOST_AT_ONCE) this.#free.push(filled);
      return Buffer.from(b); // what the compressor gives is a view of much more
    })));
    [this.#filling, this.#length] = [undefined, 0];
  }

  /** Blocks of the pieces that were added, whole ones. The next is unpacked while one is gone through. */
  async* all(): AsyncGenerator<Buffer> {
    const unpacked = (n: number) => { const block = this.#blocks[n]; return block && heardLater(block.then((b) => whole(b, { chunkSize: BLOCK }))); };
    for (let n = 0, next = unpacked(0); next; n++) {
      const block = await next;
      next = unpacked(n + 1);
      yield block;
    }
  }
}

/** Entries, each with its transactions. */
const MOST_IN_LINE = 100;

/** A file as the entries that were read of it, and the ends of its parts: in lines of some each. */
export class KeptEntries {
  readonly #bytes = new KeptBytes();
  #line: (EntryRow | typeof PART)[] = [];
  #inLine = 0;

  entry(entry: BankEntry): void { this.#add(entryRow(entry), 1 + entry.transactions.length); }
  part(): void { this.#add(PART, 1); }
  #add(row: EntryRow | typeof PART, count: number): void {
    this.#line.push(row);
    this.#inLine += count;
    if (this.#inLine >= MOST_IN_LINE) this.#endLine();
  }
  #endLine(): void {
    this.#bytes.addText(`${JSON.stringify(this.#line)}\n`);
    [this.#line, this.#inLine] = [[], 0];
  }

  async settle(): Promise<void> { await this.#bytes.settle(); }
  async end(): Promise<void> {
    this.#endLine();
    await this.#bytes.end();
  }

  /** Tells what was read as it was told at first; with a pause after each line. */
  async* again(sink: { entry(entry: BankEntry): void; part(): void }): AsyncGenerator<void> {
    for await (const block of this.#bytes.all()) for (let from = 0; from < block.length;) {
      const end = block.indexOf(LINE_FEED, from);
      for (const row of JSON.parse(block.toString('utf8', from, end)) as (EntryRow | typeof PART)[]) if (row === PART) sink.part(); else sink.entry(entryOf(row));
      from = end + 1;
      yield;
    }
  }
}

const LINE_FEED = 0x0a;
// Without names: of a hundred thousand entries they would be most of what is written and read again.
const PART = null;
const transactionRow = (t: BankTransaction) => [t.minor, t.credit, t.reference, t.endToEndId, t.code, t.returnCode, t.chargesMinor, t.name, t.account, t.references, t.text] as const;
const transactionOf = ([minor, credit, reference, endToEndId, code, returnCode, chargesMinor, name, account, references, text]: ReturnType<typeof transactionRow>): BankTransaction =>
  ({ minor, credit, reference, endToEndId, code, returnCode, chargesMinor, name, account, references, text });
const entryRow = (e: BankEntry) => [
  e.minor, e.credit, e.reference, e.endToEndId, e.code, e.returnCode, e.chargesMinor, e.name, e.account, e.references, e.text, e.currency, e.status, e.reversal, e.bookedOn, e.valueOn, e.transactions.map(transactionRow), e.advice ?? null,
] as const;
type EntryRow = ReturnType<typeof entryRow>;
function entryOf([minor, credit, reference, endToEndId, code, returnCode, chargesMinor, name, account, references, text, currency, status, reversal, bookedOn, valueOn, transactions, advice]: EntryRow): BankEntry {
  const entry = {
    minor, credit, reference, endToEndId, code, returnCode, chargesMinor, name, account, references, text, currency, status, reversal, bookedOn, valueOn, transactions: transactions.map(transactionOf),
  };
  return advice === null ? entry : { ...entry, advice };
}
