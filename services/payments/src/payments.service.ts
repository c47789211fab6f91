// Everything payments can do, once.
import type { Service } from '@ar/runtime/forms.js';
import { account } from './domain/account.js';
import { receipt } from './domain/receipt.js';
import { applyReceipt, changeDue, disputeItems, endDispute, finishVoid, identifyReceipt, postInvoice, recordReceipt, reverseReceipt, unapplyReceipt, voidInvoice } from './payments.commands.js';
import { publisher } from './payments.publisher.js';
import { closeVoidedInvoice, excludeDisputed, finishPendingVoid, includeClosed, includeResolved, moveDueDate, postIssuedInvoice } from './payments.reactions.js';
import { applications } from './projections/applications.js';
import { customers } from './projections/customers.js';
import { documents } from './projections/documents.js';
import { itemSpans } from './projections/item-spans.js';
import { journal } from './projections/journal.js';
import { receiptResource, receipts } from './projections/receipts.js';

export const payments: Service = {
  name: 'payments',
  aggregates: [receipt, account],
  commands: [recordReceipt, identifyReceipt, applyReceipt, unapplyReceipt, reverseReceipt, postInvoice, voidInvoice, finishVoid, changeDue, disputeItems, endDispute],
  resources: [receiptResource],
  reactions: [postIssuedInvoice, closeVoidedInvoice, finishPendingVoid, moveDueDate, excludeDisputed, includeResolved, includeClosed],
  daily: [],
  projections: [customers, documents, applications, receipts, itemSpans, journal],
  effects: [],
  publisher,
};
