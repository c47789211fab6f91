import { describe, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { attachments, type AttachmentEvent, MOST_ATTACHMENTS } from './attachments.js';

const { given } = testing(attachments);
const file = (n: number) => ({ attachmentId: `att_${n}`, fileName: `file ${n}.pdf`, mimeType: 'application/pdf', sizeBytes: 5, sha256: 'ab' });
const attached = (n: number): AttachmentEvent => ({ type: 'FileAttached', invoiceId: 'inv_1', customerId: 'c1', ...file(n), pii: { keyId: '', data: { content: 'aGVsbG8=' } } });
const removed = (n: number): AttachmentEvent => ({ type: 'AttachmentRemoved', invoiceId: 'inv_1', customerId: 'c1', attachmentId: `att_${n}` });
const attach = (n: number, more: object = {}) => ({ type: 'AttachFile', invoiceId: 'inv_1', customerId: 'c1', ...file(n), content: 'aGVsbG8=', ...more }) as const;
const remove = (n: number) => ({ type: 'RemoveAttachment', attachmentId: `att_${n}` }) as const;

describe('the files of an invoice', () => {
  it('come one after the other', () => { given().when(attach(1)).then(attached(1)); given(attached(1)).when(attach(2)).then(attached(2)); });
  it('need the invoice', () => given().when(attach(1, { customerId: '' })).thenRefused('invoice-not-found'));
  it('have an id and a name of their own', () => { given(attached(1)).when(attach(1)).thenRefused('attachment-exists'); given(attached(1)).when(attach(2, { fileName: 'file 1.pdf' })).thenRefused('attachment-exists'); });
  it('are ten at most', () => {
    const ten = Array.from({ length: MOST_ATTACHMENTS }, (_, n) => attached(n));
    given(...ten.slice(1)).when(attach(0)).then(attached(0));
    given(...ten).when(attach(10)).thenRefused('too-many-attachments');
    given(...ten, removed(3)).when(attach(10)).then(attached(10));
  });
  it('are taken away, and only once', () => { given(attached(1)).when(remove(1)).then(removed(1)); given(attached(1), removed(1)).when(remove(1)).thenRefused('attachment-not-found'); given().when(remove(1)).thenRefused('attachment-not-found'); });
  it('leave their name to another, their id to none', () => { given(attached(1), removed(1)).when(attach(2, { fileName: 'file 1.pdf' })).then({ ...attached(2), fileName: 'file 1.pdf' } as AttachmentEvent); given(attached(1), removed(1)).when(attach(1)).thenRefused('attachment-exists'); });
});
