// The languages that documents are made in, and how numbers and days are written there.
import { formatMoney, isDecimal } from '@ar/domain/money.js';
import type { Day } from '@ar/domain/day.js';

export type Language = 'en' | 'de' | 'nl' | 'fr';
const LANGUAGES: readonly string[] = ['en', 'de', 'nl', 'fr'] satisfies Language[];
/** That of a customer, English where there are no words for it. */
export const languageOf = (language: string): Language => (LANGUAGES.includes(language) ? language as Language : 'en');

const separators: Readonly<Record<Language, { readonly thousand: string; readonly decimal: string }>> = {
  en: { thousand: ',', decimal: '.' }, de: { thousand: '.', decimal: ',' }, nl: { thousand: '.', decimal: ',' }, fr: { thousand: '\u00a0', decimal: ',' },
};

/** A decimal text as it is written in the language: `1234.50` → `1,234.50`, `1.234,50`, `1 234,50`. */
export function numberIn(language: Language, text: string): string {
  if (!isDecimal(text)) throw new RangeError(`not a decimal number: ${text}`);
  const { thousand, decimal } = separators[language];
  const [whole = '', fraction] = text.replace(/^(-?)0+(?=\d)/, '$1').split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, thousand) + (fraction === undefined ? '' : decimal + fraction);
}

export const amountIn = (language: Language, amount: { readonly minor: number | bigint; readonly currency: string }, withCurrency = true): string => numberIn(language, formatMoney(amount)) + (withCurrency ? ` ${amount.currency}` : '');

/** `2026-03-05` → 5 March is `2026-03-05` in English, `05.03.2026` in German, `05-03-2026` in Dutch, `05/03/2026` in French: nobody can mistake the month. */
export function dayIn(language: Language, day: Day): string {
  const [year, month, date] = day.split('-');
  switch (language) {
    case 'en': return day;
    case 'de': return `${date}.${month}.${year}`;
    case 'nl': return `${date}-${month}-${year}`;
    case 'fr': return `${date}/${month}/${year}`;
  }
}
