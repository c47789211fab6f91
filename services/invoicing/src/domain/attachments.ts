// Files that go with a document when it is delivered: a proof of delivery, a time sheet.
//
// - At most 10 for a document, each of at most 512 KiB, of the kinds that EN 16931 knows (BT-125).
// - They may come while it is a draft, and later; those that are there when it leaves go with it. The document itself stays as it is.
// - One may be taken away again, and its name be used anew. What had left with it has left.
import type { Aggregate } from '@ar/domain/aggregate.js';
import { refuse } from '@ar/domain/decider.js';

export const MOST_ATTACHMENTS = 10;
export const MOST_ATTACHMENT_BYTES = 524_288;

export interface AttachedFile { readonly attachmentId: string; readonly fileName: string; readonly mimeType: string; readonly sizeBytes: number; /** Hexadecimal. */ readonly sha256: string }

export type AttachmentEvent =
  | { type: 'FileAttached'; invoiceId: string; customerId: string; /** Its bytes, in base64. */ pii: { readonly keyId: string; readonly data: { readonly content: string } } } & AttachedFile
  | { type: 'AttachmentRemoved'; invoiceId: string; customerId: string; attachmentId: string };
export type AttachmentCommand =
  | { type: 'AttachFile'; invoiceId: string; /** Of that invoice; empty where there is none. */ customerId: string; content: string } & AttachedFile
  | { type: 'RemoveAttachment'; attachmentId: string };
export type AttachmentRefusal = 'invoice-not-found' | 'attachment-exists' | 'attachment-not-found' | 'too-many-attachments';

export interface AttachmentState { readonly invoiceId: string; readonly customerId: string; readonly files: readonly { readonly attachmentId: string; readonly fileName: string }[]; readonly removed: readonly string[] }

export const attachments: Aggregate<AttachmentState, AttachmentCommand, AttachmentEvent, AttachmentRefusal> = {
  type: 'attachments',
  initial: { invoiceId: '', customerId: '', files: [], removed: [] },
  customer: (_id, state) => state.customerId,

  decide(command, { invoiceId, customerId, files, removed }) {
    switch (command.type) {
      case 'AttachFile': {
        const { attachmentId, fileName } = command;
        if (command.customerId === '') return refuse('invoice-not-found', { invoiceId: command.invoiceId });
        const same = files.find((f) => f.attachmentId === attachmentId || f.fileName === fileName);
        if (same || removed.includes(attachmentId)) return refuse('attachment-exists', { attachmentId: same?.attachmentId ?? attachmentId, fileName: same?.fileName ?? '' });
        if (files.length >= MOST_ATTACHMENTS) return refuse('too-many-attachments', { most: MOST_ATTACHMENTS });
        const { type: _, content, ...file } = command;
        return [{ type: 'FileAttached', ...file, pii: { keyId: '', data: { content } } }];
      }
      case 'RemoveAttachment': return files.some((f) => f.attachmentId === command.attachmentId) ? [{ type: 'AttachmentRemoved', invoiceId, customerId, attachmentId: command.attachmentId }] : refuse('attachment-not-found', { attachmentId: command.attachmentId });
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'FileAttached': return { ...state, invoiceId: event.invoiceId, customerId: event.customerId, files: [...state.files, { attachmentId: event.attachmentId, fileName: event.fileName }] };
      case 'AttachmentRemoved': return { ...state, files: state.files.filter((f) => f.attachmentId !== event.attachmentId), removed: [...state.removed, event.attachmentId].slice(-100) };
    }
  },
};
