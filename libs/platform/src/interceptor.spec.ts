import { describe, expect, it } from '@jest/globals';
import { InvoiceServiceService, IssueInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { checkedCodecs, MESSAGE_LIMIT, Unreadable } from './interceptor.js';

const { requestDeserialize: read } = checkedCodecs({ issueInvoice: InvoiceServiceService.issueInvoice }).issueInvoice;
const bytes = (more: object) => Buffer.from(IssueInvoiceRequest.encode({ ...IssueInvoiceRequest.fromPartial({ tenantId: 't' }), ...more }).finish());
const why = (value: Buffer) => { const message = read(value) as unknown; return message instanceof Unreadable ? message.error.reason : message; };

describe('the bytes of a request', () => {
  it('are a message', () => expect(why(bytes({ labels: { constructor: 'x', a: 'b' } }))).toMatchObject({ tenantId: 't', labels: { constructor: 'x', a: 'b' } }));
  it('hold no label that an object cannot keep: it would be gone without a word', () => expect(why(bytes({ labels: JSON.parse('{"__proto__":"x"}') as object }))).toBe('MESSAGE_UNDECODABLE'));
  it('are UTF-8, decodable and within the limit', () => {
    expect(why(Buffer.from([0x0a, 0x01, 0xff]))).toBe('MESSAGE_UNDECODABLE');
    expect(why(Buffer.from([0x0a, 0x7f]))).toBe('MESSAGE_UNDECODABLE');
    expect(why(Buffer.alloc(MESSAGE_LIMIT + 1))).toBe('MESSAGE_TOO_LARGE');
  });
});
