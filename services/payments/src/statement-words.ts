// The words printed around the figures of a statement of account.
import type { Language } from '@ar/platform/languages.js';

const en = {
  title: 'Statement of account', customer: 'Customer', asOf: 'As of', period: 'Period', to: 'to', date: 'Date', document: 'Document', due: 'Due', debit: 'Debit', credit: 'Credit', balance: 'Balance', original: 'Amount', open: 'Open', pastDue: 'Days past due',
  opening: 'Balance brought forward', closing: 'Balance', unapplied: 'Not used yet', current: 'Not due', days: 'days', over: 'over', payment: 'Payment', takenBack: 'Payment taken back', other: 'Adjustment', writtenOff: 'written off', reinstated: 'owed again', cancelled: 'cancelled', pay: 'Please pay to', page: 'Page',
};
export type StatementWords = typeof en;
const de: StatementWords = {
  title: 'Kontoauszug', customer: 'Kunde', asOf: 'Stand', period: 'Zeitraum', to: 'bis', date: 'Datum', document: 'Beleg', due: 'Fällig', debit: 'Soll', credit: 'Haben', balance: 'Saldo', original: 'Betrag', open: 'Offen', pastDue: 'Tage überfällig',
  opening: 'Saldovortrag', closing: 'Saldo', unapplied: 'Noch nicht verrechnet', current: 'Nicht fällig', days: 'Tage', over: 'über', payment: 'Zahlung', takenBack: 'Rückzahlung', other: 'Anpassung', writtenOff: 'ausgebucht', reinstated: 'wieder offen', cancelled: 'storniert', pay: 'Bitte zahlen Sie an', page: 'Seite',
};
const nl: StatementWords = {
  title: 'Rekeningoverzicht', customer: 'Klant', asOf: 'Per', period: 'Periode', to: 't/m', date: 'Datum', document: 'Document', due: 'Vervaldag', debit: 'Debet', credit: 'Credit', balance: 'Saldo', original: 'Bedrag', open: 'Open', pastDue: 'Dagen te laat',
  opening: 'Beginsaldo', closing: 'Saldo', unapplied: 'Nog niet verrekend', current: 'Niet vervallen', days: 'dagen', over: 'meer dan', payment: 'Betaling', takenBack: 'Teruggeboekte betaling', other: 'Correctie', writtenOff: 'afgeschreven', reinstated: 'weer open', cancelled: 'geannuleerd', pay: 'Gelieve te betalen op', page: 'Pagina',
};
const fr: StatementWords = {
  title: 'Relevé de compte', customer: 'Client', asOf: 'Au', period: 'Période', to: 'au', date: 'Date', document: 'Document', due: 'Échéance', debit: 'Débit', credit: 'Crédit', balance: 'Solde', original: 'Montant', open: 'Ouvert', pastDue: 'Jours de retard',
  opening: 'Solde reporté', closing: 'Solde', unapplied: 'Non encore imputé', current: 'Non échu', days: 'jours', over: 'plus de', payment: 'Paiement', takenBack: 'Paiement annulé', other: 'Régularisation', writtenOff: 'passé en perte', reinstated: 'à nouveau dû', cancelled: 'annulé', pay: 'À payer sur le compte', page: 'Page',
};
export const statementWords: Readonly<Record<Language, StatementWords>> = { en, de, nl, fr };
