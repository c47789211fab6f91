// An issued credit note or debit note as the document that is printed of it: by what seller and buyer said of themselves when it was issued, so that it is the same for ever.
//
// - It names the invoice that it belongs to (BG-3), and takes from it what the buyer wants to read: reference and order, why a category bears no tax, where and when
//   was supplied, and the rate into the base currency; one that belongs to none has a rate of its own.
// - A credit note of an invoice speaks to the buyer as that invoice does, also where the buyer has another address or tax id since.
// - The reason of a note is for who audits it, and is not printed.
// - What allowances and charges came to is in the net of a line: where its price no longer makes that net, the price is what does.
import type { CreditNote } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import type { CreditNoteLine } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import type { DebitNote } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import type { InvoiceLine } from '@ar/contracts/gen/ar/invoicing/v1/invoice.js';
import type { Invoice } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { convert, isMoney, money, moneyOf, product } from '@ar/domain/money.js';
import { taxKey, type BillingDocument, type DocumentLine, type DocumentTaxTotal, type TaxCategory } from './document.js';
import { exemptionOf, partiesIn, priceOf, type Parties } from './of-invoice.js';

export function ofCreditNote(note: CreditNote, invoice: Invoice | undefined, parties: Parties): BillingDocument {
  return { ...common(note, note.lines, invoice, parties), kind: 'credit-note', instalments: [], paymentReference: '' };
}

export function ofDebitNote(note: DebitNote, invoice: Invoice | undefined, parties: Parties): BillingDocument {
  return { ...common(note, note.lines, invoice, parties), kind: 'debit-note', instalments: [{ dueDate: note.dueDate, amount: moneyOf(note.total) }], paymentReference: note.paymentReference };
}

type Note = Pick<CreditNote | DebitNote, 'number' | 'issueDate' | 'currencyCode' | 'externalNumber' | 'taxTotals' | 'net' | 'tax' | 'total' | 'booking'>;

function common(note: Note, noteLines: readonly (CreditNoteLine | InvoiceLine)[], invoice: Invoice | undefined, parties: Parties): Omit<BillingDocument, 'kind' | 'instalments' | 'paymentReference'> {
  const { currencyCode } = note;
  const [zero, net, tax, total] = [money(0, currencyCode), moneyOf(note.net), moneyOf(note.tax), moneyOf(note.total)];
  const lines = noteLines.map((line, i) => lineOf(line, i, currencyCode));
  const said = note.taxTotals.map((t): DocumentTaxTotal => ({ taxCategory: t.taxCategory as TaxCategory, taxRate: t.taxRate, net: moneyOf(t.net), tax: moneyOf(t.tax), exemptionReason: invoice ? exemptionOf(invoice, t.taxCategory) : '', exemptionCode: '' }));
  // A line of nothing has a rate, though no tax was counted by it.
  const unsaid = [...new Map(lines.filter((line) => !said.some((t) => taxKey(t) === taxKey(line))).map((line) => [taxKey(line), line])).values()]
    .map(({ taxCategory, taxRate }): DocumentTaxTotal => ({ taxCategory, taxRate, net: zero, tax: zero, exemptionReason: invoice ? exemptionOf(invoice, taxCategory) : '', exemptionCode: '' }));
  const inBase = invoice?.booking ? convert(tax, invoice.booking.rate, moneyOf(invoice.booking.tax).currency) : note.booking && moneyOf(note.booking.tax);
  return {
    number: note.number, issueDate: note.issueDate, currencyCode, ...partiesIn(parties),
    buyerReference: invoice?.buyerReference || parties.buyer.profile.buyerReference, orderNumber: invoice?.orderNumber ?? '', contractReference: note.externalNumber, corrects: invoice ? [{ number: invoice.number, issueDate: invoice.issueDate }] : [],
    ...(invoice?.supplyDate || invoice?.supplyCountry ? { delivery: { ...(invoice.supplyDate ? { date: invoice.supplyDate } : {}), ...(invoice.supplyCountry ? { countryCode: invoice.supplyCountry } : {}) } } : {}),
    lines, allowances: [], charges: [], taxTotals: [...said, ...unsaid], totals: { lines: net, allowances: zero, charges: zero, net, tax, total, prepaid: zero, rounding: zero, payable: total },
    ...(inBase && isMoney(inBase) ? { taxInBaseCurrency: inBase } : {}), discountTiers: [], terms: '', notes: [], attachments: [],
  };
}

function lineOf(line: CreditNoteLine | InvoiceLine, index: number, currencyCode: string): DocumentLine {
  const net = moneyOf(line.net);
  const plain = product([line.quantity, line.unitPrice], currencyCode, 'half-up');
  const netPrice = isMoney(plain) && plain.minor === net.minor ? line.unitPrice : priceOf(net.minor, currencyCode, line.quantity);
  return {
    id: String(index + 1), name: line.description, description: '', sellersArticle: 'articleId' in line ? line.articleId : '', quantity: line.quantity, unitCode: line.unitCode, netPrice, grossPrice: '', allowances: [], charges: [], net,
    taxCategory: line.taxCategory as TaxCategory, taxRate: line.taxRate,
  };
}
