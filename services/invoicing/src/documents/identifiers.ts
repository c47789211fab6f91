// Numbers of companies and places whose scheme has a form or check digits that Peppol asks for (PEPPOL-COMMON-R040 to R053).
const digits = (text: string) => [...text].map(Number);
const sum = (numbers: readonly number[]) => numbers.reduce((all, n) => all + n, 0);
const luhn = (text: string) => sum(digits(text).reverse().map((d, i) => (i % 2 === 0 ? d : d * 2 > 9 ? d * 2 - 9 : d * 2))) % 10 === 0;

const held: Readonly<Record<string, (id: string) => boolean>> = {
  /** Swedish organisation number. */
  '0007': (id) => /^\d{10}$/.test(id) && luhn(id),
  /** Global location number. */
  '0088': (id) => /^\d{13}$/.test(id) && sum(digits(id).map((d, i) => (i % 2 === 0 ? d : d * 3))) % 10 === 0,
  /** Danish production unit, CVR and SE number. */
  '0096': (id) => /^\d{10}$/.test(id),
  '0184': (id) => /^(DK)?\d{8}$/.test(id),
  '0198': (id) => /^DK\d{8}$/.test(id),
  /** Australian business number. */
  '0151': (id) => /^\d{11}$/.test(id) && sum(digits(id).map((d, i) => (i === 0 ? (d - 1) * 10 : d * (2 * i - 1)))) % 89 === 0,
  '0192': norwegian,
  /** Belgian enterprise number. */
  '0208': (id) => /^\d{10}$/.test(id) && 97 - (Number(id.slice(0, 8)) % 97) === Number(id.slice(8)),
};

/** Norwegian organisation number: nine digits, modulo 11. */
export function norwegian(id: string): boolean {
  const weighted = sum(digits(id.slice(0, 8)).reverse().map((d, i) => d * ((i % 6) + 2)));
  return /^\d{9}$/.test(id) && (11 - (weighted % 11)) % 11 === Number(id[8]);
}

/** Whether the id has the form that its scheme asks for; a scheme without one holds for every id. */
export const identifierHolds = (scheme: string, id: string): boolean => held[scheme]?.(id) ?? true;
