// Which documents a payer names.
//
// - A reference is compared without spaces and regardless of case.
// - A structured creditor reference (ISO 11649: RF, two check digits, up to 21 characters) names a document when its check digits are right; it is
//   looked up as it stands and by what follows the check digits.
// - Free text names what is found in it: each word, without punctuation around it, that is the reference of a known document. Other words name nothing, but for
//   creditor references, which are explicit wherever they stand.
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

/** Structured references in a free text, written without spaces: they name their document even when it is not known yet. */
export const creditorReferencesIn = (remittance: string): readonly string[] => [...new Set(wordsOf(remittance).filter(isCreditorReference))];

const mostWords = 50;

/** Words of a free text that may be references, in their order, at most 50. */
export function wordsOf(remittance: string): readonly string[] {
  const words = remittance.split(/[\s,;|]+/).map((w) => normalReference(w.replace(/^[^0-9A-Za-z]+|[^0-9A-Za-z]+$/g, ''))).filter((w) => w.length >= 2);
  return [...new Set(words.flatMap(namesOf))].slice(0, mostWords);
}

function remainder(text: string): number {
  let rest = 0;
  for (const digit of [...text].map((c) => parseInt(c, 36)).join('')) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
