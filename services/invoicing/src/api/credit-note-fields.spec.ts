import { describe, expect, it } from '@jest/globals';
import { CancelInvoiceRequest, IssueCreditNoteRequest } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { derivedId } from '@ar/domain/id.js';
import type { ApiError } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { cancelInvoiceRpc, issueCreditNoteRpc } from './credit-note.grpc.js';

describe('an id of credit that is taken on', () => {
  const wrong = (creditNoteId: string) => {
    const [cancelled, issued] = [CancelInvoiceRequest.fromPartial({ invoiceId: 'inv_1', creditNoteId, reason: 'wrong' }), IssueCreditNoteRequest.fromPartial({ creditNoteId })];
    return [[cancelInvoiceRpc, cancelled] as const, [issueCreditNoteRpc, issued] as const].map(([{ read }, message]) => {
      const fields = new Fields(message);
      read(fields as never, message as never);
      try { fields.done(); return ''; } catch (error) { return (error as ApiError).message; }
    }).map((message) => message.includes('tkc_ and 32 hex digits'));
  };
  const takenOn = derivedId('tkc', 'SAP', 'receipt', 'ZE-1');
  it('is no caller’s', () => expect([wrong(takenOn), wrong(`${takenOn}.2`)]).toEqual([[true, true], [true, true]]));
  it('is not mistaken for what is like it', () => expect(['crn_1', 'tkc_1', `${takenOn}0`, `${takenOn}.a`].flatMap(wrong)).not.toContain(true));
});
