// A document as the file that was asked for: PDF, or UBL where XML can say it.
import { DocumentFormat } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import type { Refusal } from '@ar/domain/decider.js';
import type { BillingDocument } from './document.js';
import type { EinvoiceRefusal } from './einvoice-rules.js';
import { pdfOf } from './pdf.js';
import { ublOf } from './ubl.js';

export interface DocumentFile { readonly fileName: string; readonly mimeType: string; readonly content: Buffer }
export const FORMATS: readonly DocumentFormat[] = [DocumentFormat.PDF, DocumentFormat.UBL];

export async function fileOf(document: BillingDocument, format: DocumentFormat): Promise<DocumentFile | Refusal<EinvoiceRefusal>> {
  if (format === DocumentFormat.PDF) return { fileName: `${document.number}.pdf`, mimeType: 'application/pdf', content: Buffer.from(await pdfOf(document)) };
  const xml = ublOf(document);
  return 'refused' in xml ? xml : { fileName: `${document.number}.xml`, mimeType: 'application/xml', content: Buffer.from(xml) };
}
