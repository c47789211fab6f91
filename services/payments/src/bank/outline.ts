// What is read of a large XML file: of some elements what they say, at places that a table names. Nothing else is kept.
//
// - An outline names what an element may say and the paths from it at which that may stand, the one that counts first: `Refs/AcctSvcrRef | Refs/TxId`. Where several stand at one path, the first does.
//   `@Ccy` says that the currency is read with it, `.` is the element itself. No path stands in two places of an outline.
// - Names are taken without their prefix. What stands at no path is passed over with all that is within it, whatever that is called.
// - A text is all characters of the element itself, whatever elements are between them. Depth, elements and lengths are bounded, also of what is passed over.
import { BankFileInvalid } from './bank-file.js';

const DEEPEST = 40;
/** Of one element that begins a `Said`, without those within it that have ended. */
const MOST_ELEMENTS = 2_000;
const LONGEST_TEXT = 10_000;
const CURRENCY = '@Ccy';

/** Names, and the paths where what they mean is written. */
export type Outline<N extends string> = Readonly<Record<N, string>>;
/** The places of one name: the texts kept from `first` to before `end`. */
interface Kept { readonly first: number; readonly end: number }
export interface Amount { readonly text: string; readonly currency: string }

/** What an element has said, by its outline, until the next one of its kind begins. */
export class Said<N extends string> {
  readonly #texts: (string | undefined)[] = [];
  readonly #currencies: string[] = [];
  readonly #kept: Readonly<Record<string, Kept>>;
  /** In the order in which they are kept. */
  readonly paths: readonly string[];

  constructor(outline: Outline<N>) {
    const [paths, kept]: [string[], Record<string, Kept>] = [[], {}];
    for (const [name, written] of Object.entries<string>(outline)) {
      const first = paths.length;
      paths.push(...written.split(' | '));
      kept[name] = { first, end: paths.length };
    }
    [this.paths, this.#kept] = [paths, kept];
    for (const _ of paths) { this.#texts.push(undefined); this.#currencies.push(''); }
  }

  begin(): void { this.#texts.fill(undefined); }
  keep(at: number, text: string): void { this.#texts[at] ??= text.trim(); }
  keepCurrency(at: number, currency: string): void {
    if (this.#texts[at] === undefined && this.#currencies[at] !== currency) this.#currencies[at] = currency; // mostly the same again, and a text that was looked up before is found at once
  }

  /** Whether it has it, though it may say nothing. */
  has(name: N): boolean {
    const { first, end } = this.#kept[name]!;
    for (let at = first; at < end; at++) if (this.#texts[at] !== undefined) return true;
    return false;
  }

  /** The first of its places that says anything, else ''. */
  text(name: N): string {
    const { first, end } = this.#kept[name]!;
    for (let at = first; at < end; at++) {
      const text = this.#texts[at];
      if (text) return text;
    }
    return '';
  }

  /** The first of its places that is there. */
  amount(name: N): Amount | undefined {
    const { first, end } = this.#kept[name]!;
    for (let at = first; at < end; at++) {
      const text = this.#texts[at];
      if (text !== undefined) return { text, currency: this.#currencies[at]! };
    }
    return undefined;
  }
}

/** An element that is read, or has such within it, at its place in the file. */
export class Place {
  readonly #within = new Map<string, Place>();
  #any: Place | undefined;
  /** What was found last within it; and of a place, how it was written, and what was found after it. */
  #latest: Place | undefined;
  #written = '';
  #then: Place | undefined;
  /** Who is told what it says, and where that is kept. */
  tells: Said<string> | undefined;
  at = 0;
  withCurrency = false;
  /** Who is told what is within it. */
  begins: Said<string> | undefined;
  ends: (() => void) | undefined;

  /** Each element at the path tells `said` by its outline; `ends` is when one has ended. `*` is an element of any name. */
  each(path: string, said: Said<string>, ends: () => void): Place {
    const place = this.#at(path);
    [place.begins, place.ends] = [said, ends];
    said.paths.forEach((written, at) => {
      const told = written === '.' ? place : place.#at(written.replace(CURRENCY, ''));
      if (told.tells) throw new Error(`${written} stands in two places of an outline`);
      [told.tells, told.at, told.withCurrency] = [said, at, written.endsWith(CURRENCY)];
    });
    return place;
  }

  #at(path: string): Place {
    return path.split('/').reduce<Place>((place, name) => {
      if (name === '*') return (place.#any ??= new Place());
      const within = place.#within.get(name) ?? new Place();
      place.#within.set(name, within);
      return within;
    }, this);
  }

  /** The place of an element within it, by its name as it is written. Files repeat themselves: what came next the last time is looked at first. */
  of(written: string): Place | undefined {
    const latest = this.#latest;
    const expected = latest === undefined ? undefined : latest.#then;
    if (expected !== undefined && expected.#written === written) return (this.#latest = expected);
    const prefix = written.indexOf(':');
    const found = this.#within.get(prefix < 0 ? written : written.slice(prefix + 1)) ?? this.#any;
    if (found === undefined) return undefined;
    found.#written = written;
    if (latest) latest.#then = found;
    return (this.#latest = found);
  }
}

/** Follows a file through its elements, from the place that is above the first one. */
export class Walk {
  /** Of the elements that are open, from none: places of those that are read, texts, names. */
  readonly #places: (Place | undefined)[];
  readonly #texts: string[] = [''];
  readonly #names: string[] = [''];
  #depth = 0;
  #elements = 0;
  /** How many are open that began a `Said`: outside of them nothing is counted. */
  #begun = 0;
  constructor(above: Place) { this.#places = [above]; }

  get depth(): number { return this.#depth; }

  open(written: string, attributes: Readonly<Record<string, string>>): void {
    const above = this.#depth;
    if (above >= DEEPEST) throw new BankFileInvalid(`its elements are more than ${DEEPEST} deep`);
    if (this.#begun > 0 && ++this.#elements > MOST_ELEMENTS) throw new BankFileInvalid(`a ${plainName(this.#names[above]!)} has more than ${MOST_ELEMENTS} elements`);
    const place = this.#places[above]?.of(written);
    const depth = this.#depth = above + 1;
    this.#places[depth] = place;
    this.#texts[depth] = '';
    this.#names[depth] = written;
    if (place === undefined) return;
    if (place.begins) { place.begins.begin(); this.#begun++; }
    if (place.withCurrency) place.tells!.keepCurrency(place.at, attributes['Ccy'] ?? '');
  }

  characters(text: string): void {
    const before = this.#texts[this.#depth]!;
    if (this.#begun === 0 || (before === '' && isBlank(text))) return; // between elements, a file that is set out for reading has much of nothing
    if (before.length + text.length > LONGEST_TEXT) throw new BankFileInvalid(`${plainName(this.#names[this.#depth]!)} has more than ${LONGEST_TEXT} characters`);
    this.#texts[this.#depth] = before + text;
  }

  close(): void {
    const depth = this.#depth--;
    const place = this.#places[depth];
    if (place === undefined) return;
    if (place.tells) place.tells.keep(place.at, this.#texts[depth]!);
    if (place.ends) { this.#begun--; place.ends(); }
  }

  /** What was counted is let go: whoever it was told to has done with it. */
  countAgain(): void { this.#elements = 0; }
}

const plainName = (written: string): string => written.slice(written.indexOf(':') + 1);
/** Most texts begin with a letter or a digit. */
const isBlank = (text: string): boolean => { const code = text.charCodeAt(0); return (code <= 0x20 || code > 0x7e) && text.trim() === ''; };
