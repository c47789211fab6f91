// Ids of receipts that are made here, of what they are of: a line of a bank statement, an attempt to collect, a payment by a link, a share of another receipt. They have a form of their own,
// which no caller may use: whoever took such an id before would stand in the way of the money. What was made before they had one keeps its id.
import { derivedId } from '@ar/domain/id.js';

export const derivedReceiptId = (...of: readonly string[]): string => derivedId('rcp', ...of).replace('_', '.');

/** `rcp.` and 32 hex digits. */
export const isDerivedReceiptId = (receiptId: string): boolean => /^rcp\.[0-9a-f]{32}$/.test(receiptId);
