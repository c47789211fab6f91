// The words printed around the data, in the four languages that documents are made in.
import type { Language } from '@ar/platform/languages.js';
import type { TaxCategory } from './document.js';

const en = {
  invoice: 'Invoice', creditNote: 'Credit note', debitNote: 'Debit note', number: 'Number', issueDate: 'Date of issue', delivered: 'Delivered', order: 'Your order', reference: 'Your reference', contract: 'Contract', taxId: 'Tax ID', yourTaxId: 'Your tax ID',
  registration: 'Registration', corrects: 'This document corrects', of: 'of', position: 'No.', description: 'Description', quantity: 'Quantity', unit: 'Unit', price: 'Price', rate: 'Tax', amount: 'Amount',
  listPrice: 'list price', article: 'Article', period: 'Period', to: 'to', less: 'less', plus: 'plus', lines: 'Sum of the lines', net: 'Net', tax: 'Tax', total: 'Total', on: 'on', prepaid: 'Paid already', rounding: 'Rounding', payable: 'To be paid', credited: 'Credited',
  taxIn: 'Tax in', dueOn: 'Due on', discount: 'discount', paidBy: 'if paid by', pay: 'Please pay to', iban: 'IBAN', bic: 'BIC', paymentReference: 'Payment reference', enclosed: 'Enclosed', page: 'Page', terms: 'Terms of payment',
};
export type Words = typeof en;

const de: Words = {
  invoice: 'Rechnung', creditNote: 'Gutschrift', debitNote: 'Belastungsanzeige', number: 'Nummer', issueDate: 'Datum', delivered: 'Geliefert', order: 'Ihre Bestellung', reference: 'Ihre Referenz', contract: 'Vertrag', taxId: 'USt-IdNr. / Steuernummer', yourTaxId: 'Ihre USt-IdNr.',
  registration: 'Register', corrects: 'Dieses Dokument berichtigt', of: 'von', position: 'Pos.', description: 'Bezeichnung', quantity: 'Menge', unit: 'Einheit', price: 'Preis', rate: 'Steuer', amount: 'Betrag',
  listPrice: 'Listenpreis', article: 'Artikel', period: 'Zeitraum', to: 'bis', less: 'abzüglich', plus: 'zuzüglich', lines: 'Summe der Positionen', net: 'Netto', tax: 'Steuer', total: 'Gesamtbetrag', on: 'auf', prepaid: 'Bereits bezahlt', rounding: 'Rundung', payable: 'Zu zahlen', credited: 'Gutgeschrieben',
  taxIn: 'Steuer in', dueOn: 'Fällig am', discount: 'Skonto', paidBy: 'bei Zahlung bis', pay: 'Bitte zahlen Sie an', iban: 'IBAN', bic: 'BIC', paymentReference: 'Verwendungszweck', enclosed: 'Anlagen', page: 'Seite', terms: 'Zahlungsbedingungen',
};
const nl: Words = {
  invoice: 'Factuur', creditNote: 'Creditnota', debitNote: 'Debetnota', number: 'Nummer', issueDate: 'Datum', delivered: 'Geleverd', order: 'Uw bestelling', reference: 'Uw referentie', contract: 'Contract', taxId: 'Btw-nummer', yourTaxId: 'Uw btw-nummer',
  registration: 'Register', corrects: 'Dit document corrigeert', of: 'van', position: 'Nr.', description: 'Omschrijving', quantity: 'Aantal', unit: 'Eenheid', price: 'Prijs', rate: 'Btw', amount: 'Bedrag',
  listPrice: 'lijstprijs', article: 'Artikel', period: 'Periode', to: 't/m', less: 'min', plus: 'plus', lines: 'Som van de regels', net: 'Netto', tax: 'Btw', total: 'Totaal', on: 'over', prepaid: 'Reeds betaald', rounding: 'Afronding', payable: 'Te betalen', credited: 'Gecrediteerd',
  taxIn: 'Btw in', dueOn: 'Te betalen op', discount: 'korting', paidBy: 'bij betaling uiterlijk', pay: 'Gelieve te betalen op', iban: 'IBAN', bic: 'BIC', paymentReference: 'Betalingskenmerk', enclosed: 'Bijlagen', page: 'Pagina', terms: 'Betalingsvoorwaarden',
};
const fr: Words = {
  invoice: 'Facture', creditNote: 'Avoir', debitNote: 'Note de débit', number: 'Numéro', issueDate: 'Date', delivered: 'Livré', order: 'Votre commande', reference: 'Votre référence', contract: 'Contrat', taxId: 'Numéro de TVA', yourTaxId: 'Votre numéro de TVA',
  registration: 'Registre', corrects: 'Ce document rectifie', of: 'du', position: 'N°', description: 'Désignation', quantity: 'Quantité', unit: 'Unité', price: 'Prix', rate: 'TVA', amount: 'Montant',
  listPrice: 'prix catalogue', article: 'Article', period: 'Période', to: 'au', less: 'moins', plus: 'plus', lines: 'Somme des lignes', net: 'Net', tax: 'TVA', total: 'Total', on: 'sur', prepaid: 'Déjà payé', rounding: 'Arrondi', payable: 'À payer', credited: 'Crédité',
  taxIn: 'TVA en', dueOn: 'À payer le', discount: 'escompte', paidBy: 'pour paiement au plus tard le', pay: 'À payer sur le compte', iban: 'IBAN', bic: 'BIC', paymentReference: 'Référence de paiement', enclosed: 'Annexes', page: 'Page', terms: 'Conditions de paiement',
};

export const words: Readonly<Record<Language, Words>> = { en, de, nl, fr };

/** What the law wants to read where no tax is charged and the document gives no other reason; an exemption (E) has to give its own. */
const exemptions: Readonly<Record<Language, Readonly<Partial<Record<TaxCategory, string>>>>> = {
  en: { AE: 'Reverse charge', K: 'Intra-Community supply', G: 'Export outside the EU', O: 'Not subject to VAT' },
  de: { AE: 'Steuerschuldnerschaft des Leistungsempfängers', K: 'Innergemeinschaftliche Lieferung', G: 'Ausfuhrlieferung', O: 'Nicht steuerbar' },
  nl: { AE: 'Btw verlegd', K: 'Intracommunautaire levering', G: 'Uitvoer buiten de EU', O: 'Niet aan btw onderworpen' },
  fr: { AE: 'Autoliquidation', K: 'Livraison intracommunautaire', G: 'Exportation hors UE', O: 'Hors champ de la TVA' },
};
export const exemptionText = (language: Language, category: TaxCategory, own: string): string => own || (exemptions[language][category] ?? '');

const pieces: Readonly<Record<Language, string>> = { en: 'pcs', de: 'Stk', nl: 'st', fr: 'pce' };
const days: Readonly<Record<Language, string>> = { en: 'days', de: 'Tage', nl: 'dgn', fr: 'jours' };
const months: Readonly<Record<Language, string>> = { en: 'mths', de: 'Mon.', nl: 'mnd', fr: 'mois' };
const symbols: Readonly<Record<string, string>> = { HUR: 'h', MIN: 'min', KGM: 'kg', GRM: 'g', TNE: 't', MTR: 'm', CMT: 'cm', MMT: 'mm', KMT: 'km', MTK: 'm²', MTQ: 'm³', LTR: 'l', MLT: 'ml', KWH: 'kWh', P1: '%' };

/** A unit as people write it; of the many that there are, those that are common, else its code. */
export function unitIn(language: Language, code: string): string {
  switch (code) {
    case 'C62': case 'H87': case 'EA': return pieces[language];
    case 'DAY': return days[language];
    case 'MON': return months[language];
    default: return symbols[code] ?? code;
  }
}
