import { describe, expect, it } from '@jest/globals';
import { ConsolidateDraftsRequest, CreateInvoiceDraftRequest, IssueInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { SendDocumentRequest } from '@ar/contracts/gen/ar/invoicing/v1/delivery_service.js';
import { IssueDebitNoteRequest } from '@ar/contracts/gen/ar/invoicing/v1/debit_note_service.js';
import { DocumentType } from '@ar/contracts/gen/ar/invoicing/v1/tenant.js';
import { derivedId } from '@ar/domain/id.js';
import { ApiError, type Violation } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { issueDebitNoteRpc } from './debit-note.grpc.js';
import { sendDocumentRpc } from './delivery.grpc.js';
import { consolidateDraftsRpc, createInvoiceDraftRpc, issueInvoiceRpc } from './invoice.grpc.js';

/** Whether a call finds the id wrong, whatever else it misses. */
const wrong = (id: string): readonly boolean[] => [
  [issueInvoiceRpc, IssueInvoiceRequest.fromPartial({ invoiceId: id })], [createInvoiceDraftRpc, CreateInvoiceDraftRequest.fromPartial({ invoiceId: id, draft: {} })],
  [consolidateDraftsRpc, ConsolidateDraftsRequest.fromPartial({ invoiceId: id, draftIds: ['inv_1'] })], [issueDebitNoteRpc, IssueDebitNoteRequest.fromPartial({ debitNoteId: id })],
].map(([rpc, request]) => {
  const violations: Violation[] = [];
  (rpc as typeof issueInvoiceRpc).read(new Fields(request as IssueInvoiceRequest, violations), request as IssueInvoiceRequest);
  return violations.some((v) => ['invoice_id', 'debit_note_id'].includes(v.field));
});

describe('the id of a document', () => {
  const [takenOn, fee] = [derivedId('tko', 'SAP', 'R-1'), derivedId('dbn', 'rcp_1')];
  it('may be the caller\'s own, or is made', () => expect(['', 'inv_1', 'tko_1', `${takenOn}.a`].map(wrong)).toEqual(Array.from({ length: 4 }, () => [false, false, false, false])));
  it('may not be one of a document that is taken on', () => expect([takenOn, `${takenOn}.2`].map(wrong)).toEqual([[true, true, true, true], [true, true, true, true]]));
  it('of a debit note may not be one of a fee', () => expect(wrong(fee)).toEqual([false, false, false, true]));
});

it('a delivery may not have the id of one that follows its document', () => {
  const wrongOf = (deliveryId: string) => {
    const violations: Violation[] = [];
    const request = SendDocumentRequest.fromPartial({ deliveryId, documentType: DocumentType.INVOICE, documentId: 'inv_1' });
    try { sendDocumentRpc.read(new Fields(request, violations), request); } catch (error) { if (!(error instanceof ApiError)) throw error; } // what is wrong is told before the rest is read
    return violations.map((v) => v.field);
  };
  expect(['', 'dlv_1', derivedId('dlv', 't', 'inv_1')].map(wrongOf)).toEqual([[], [], ['delivery_id']]);
});
