// Which documents a payer names.
//
// - A reference is compared without spaces and regardless of case.
// - A structured creditor reference (ISO 11649: RF, two check digits, up to 21 characters) names a document when its check digits are right; it is
//   looked up as it stands and by what follows the check digits.
// - Free text names what is found in it: each word, without punctuation around it, that is the reference of a known document. Other words name nothing, but for
//   creditor references, which are explicit wherever they stand, also in groups of four.
// - People write numbers otherwise than they are: with a space where a hyphen or nothing is (`R2026 00013`), without leading zeros (`R2026-13`), and several in one with their common beginning once
//   (`R2026-00013/14/15`). What they may mean is looked for as well, after the words themselves; it names nothing either unless a document has that reference.
export const normalReference = (text: string): string => text.replace(/\s+/g, '').toUpperCase();

/** Whether the check digits of a creditor reference are right (ISO 11649, mod 97-10 of ISO 7064). */
export function isCreditorReference(text: string): boolean {
  const reference = normalReference(text);
  return /^RF\d{2}[0-9A-Z]{1,21}$/.test(reference) && remainder(reference.slice(4) + reference.slice(0, 4)) === 1;
}

/** `539007547034` → `RF18539007547034`; what it is made of are 1 to 21 letters and digits. */
export function creditorReference(body: string): string {
  const normal = normalReference(body);
  return `RF${String(98 - remainder(`${normal}RF00`)).padStart(2, '0')}${normal}`;
}

/** Ways in which a document may be filed that an explicit reference names. */
export function namesOf(reference: string): readonly string[] {
  const normal = normalReference(reference);
  return isCreditorReference(normal) ? [normal, normal.slice(4)] : [normal];
}

/** Structured references in a free text: they name their document even when it is not known yet. */
export const creditorReferencesIn = (remittance: string): readonly string[] => [...new Set(readingsOf(remittance).filter(isCreditorReference))];

const mostWords = 50;
const mostMeant = 150;

const tokensOf = (remittance: string): readonly string[] => remittance.split(/[\s,;|]+/).map((w) => normalReference(w.replace(/^[^0-9A-Za-z]+|[^0-9A-Za-z]+$/g, '')));

/** Words of a free text that may be references, in their order, at most 50. */
export const wordsOf = (remittance: string): readonly string[] => [...new Set(tokensOf(remittance).filter((w) => w.length >= 2).flatMap(namesOf))].slice(0, mostWords);

/** The same words, and then what else they may mean, at most 150 more. */
export function readingsOf(remittance: string): readonly string[] {
  const words = wordsOf(remittance);
  const tokens = tokensOf(remittance).filter((w) => w !== '').slice(0, mostWords);
  const joined = tokens.flatMap((_, i) => [...inGroups(tokens, i), ...continued(tokens, i)]);
  const meant = [...[...joined, ...tokens.flatMap(listed)].flatMap((w) => [...namesOf(w), ...withZeros(w)]), ...tokens.flatMap(withZeros)];
  return [...words, ...[...new Set(meant)].filter((w) => w.length >= 2 && !words.includes(w)).slice(0, mostMeant)];
}

/** A word with the numbers that follow it, with and without a hyphen: `R2026` `00013`. */
function continued(tokens: readonly string[], i: number): readonly string[] {
  const joined: string[] = [];
  for (let n = 2; n <= 4 && /^\d[\d-]*$/.test(tokens[i + n - 1] ?? ''); n++) joined.push(tokens.slice(i, i + n).join(''), tokens.slice(i, i + n).join('-'));
  return joined;
}

/** A creditor reference as it is printed: groups of four, the last may be shorter. */
function inGroups(tokens: readonly string[], i: number): readonly string[] {
  if (!/^RF\d{2}$/.test(tokens[i]!)) return [];
  let end = i + 1;
  while (tokens[end]?.length === 4 && end - i < 6) end++;
  return [tokens.slice(i, end + 1), tokens.slice(i, end)].map((group) => group.join('')).filter(isCreditorReference).slice(0, 1);
}

/** The last number of a word with the zeros that it may lack, up to eight digits. A number alone is no reference that lacks something. */
function withZeros(word: string): readonly string[] {
  const [, before = '', digits = ''] = /^(.*[A-Z].*[^0-9]|[A-Z]+)(\d{1,7})$/.exec(word) ?? [];
  return digits === '' ? [] : Array.from({ length: 8 - digits.length }, (_, n) => before + digits.padStart(digits.length + n + 1, '0'));
}

/** `R2026-00013/14`: each by itself, and bare numbers in the place of the last digits of the one before them. */
function listed(word: string): readonly string[] {
  const parts = word.split(/[/+&]/).filter((part) => part !== '');
  if (parts.length < 2) return [];
  let last = '';
  return parts.map((part) => {
    const digits = /\d*$/.exec(last)![0];
    last = /^\d+$/.test(part) && part.length <= digits.length ? last.slice(0, last.length - part.length) + part : part;
    return last;
  });
}

function remainder(text: string): number {
  let rest = 0;
  for (const digit of [...text].map((c) => parseInt(c, 36)).join('')) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
