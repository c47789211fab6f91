// The mail that a document comes with, in the language of the document.
import { formatMoney } from '@ar/domain/money.js';
import type { BillingDocument } from './document.js';
import { amountIn, dayIn, type Language } from '@ar/platform/languages.js';
import { words } from './words.js';

interface Letter { readonly dear: string; readonly enclosed: (what: string) => string; readonly due: (amount: string, day: string) => string; readonly several: (amount: string) => string; readonly quote: (reference: string) => string; readonly regards: string }

const letters: Readonly<Record<Language, Letter>> = {
  en: { dear: 'Dear', enclosed: (what) => `please find enclosed ${what}.`, due: (amount, day) => `${amount} is due on ${day}.`, several: (amount) => `${amount} is due in the instalments that it lists.`, quote: (reference) => `Please quote ${reference} when you pay.`, regards: 'Kind regards' },
  de: { dear: 'Guten Tag', enclosed: (what) => `anbei erhalten Sie ${what}.`, due: (amount, day) => `${amount} sind am ${day} fällig.`, several: (amount) => `${amount} sind in den genannten Raten fällig.`, quote: (reference) => `Bitte geben Sie bei der Zahlung ${reference} an.`, regards: 'Mit freundlichen Grüßen' },
  nl: { dear: 'Geachte', enclosed: (what) => `hierbij ontvangt u ${what}.`, due: (amount, day) => `${amount} is verschuldigd op ${day}.`, several: (amount) => `${amount} is verschuldigd in de vermelde termijnen.`, quote: (reference) => `Gelieve bij betaling ${reference} te vermelden.`, regards: 'Met vriendelijke groet' },
  fr: { dear: 'Bonjour', enclosed: (what) => `veuillez trouver ci-joint : ${what}.`, due: (amount, day) => `${amount} à payer le ${day}.`, several: (amount) => `${amount} à payer selon l’échéancier indiqué.`, quote: (reference) => `Merci d’indiquer ${reference} lors du paiement.`, regards: 'Cordialement' },
};

/** Names come from callers: a mail header is one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** One line of subject, and the text. A credit note asks for nothing. */
export function covering(document: BillingDocument): { readonly subject: string; readonly body: string } {
  const { language, kind, number, seller, buyer, instalments, totals, paymentReference } = document;
  const [letter, w] = [letters[language], words[language]];
  const what = `${{ invoice: w.invoice, 'credit-note': w.creditNote, 'debit-note': w.debitNote }[kind]} ${number}`;
  const amount = amountIn(language, totals.payable);
  const asks = kind === 'credit-note' || instalments.length === 0 ? []
    : [instalments.length === 1 ? letter.due(amount, dayIn(language, instalments[0]!.dueDate)) : letter.several(amount), ...(paymentReference === '' ? [] : [letter.quote(paymentReference)]), ''];
  return {
    subject: oneLine(`${what}, ${seller.name}, ${formatMoney(totals.payable)} ${totals.payable.currency}`),
    body: [`${letter.dear} ${oneLine(buyer.name)},`, '', letter.enclosed(what), '', ...asks, `${letter.regards}`, oneLine(seller.name), ''].join('\n'),
  };
}
