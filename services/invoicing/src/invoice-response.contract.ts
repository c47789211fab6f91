// Answers to invoices in the domain and in the contract: codes are enum values there, and a clarification's code is one of two.
import {
  InvoiceResponseAction as WireAction, InvoiceResponseCode as WireCode, InvoiceResponseReason as WireReason, type InvoiceResponseClarification,
} from '@ar/contracts/gen/ar/invoicing/v1/invoice_response.js';
import type { Clarification, ResponseAction, ResponseCode, ResponseReason } from './domain/invoice-response.js';

export const wireCode: Readonly<Record<ResponseCode, WireCode>> = { AB: WireCode.AB, IP: WireCode.IP, UQ: WireCode.UQ, CA: WireCode.CA, RE: WireCode.RE, AP: WireCode.AP, PD: WireCode.PD };
export const wireReason: Readonly<Record<ResponseReason, WireReason>> = {
  NON: WireReason.NON, REF: WireReason.REF, LEG: WireReason.LEG, REC: WireReason.REC, QUA: WireReason.QUA, DEL: WireReason.DEL, PRI: WireReason.PRI, QTY: WireReason.QTY, ITM: WireReason.ITM, PAY: WireReason.PAY,
  UNR: WireReason.UNR, FIN: WireReason.FIN, PPD: WireReason.PPD, OTH: WireReason.OTH,
};
export const wireAction: Readonly<Record<ResponseAction, WireAction>> = {
  NOA: WireAction.NOA, PIN: WireAction.PIN, NIN: WireAction.NIN, CNF: WireAction.CNF, CNP: WireAction.CNP, CNA: WireAction.CNA, OTH: WireAction.OTH,
};

export const wireClarification = (c: Clarification): InvoiceResponseClarification => ({
  code: c.kind === 'reason' ? { $case: 'reason', value: wireReason[c.code] } : { $case: 'action', value: wireAction[c.code] }, text: c.text, conditions: c.conditions.map((x) => ({ ...x })),
});
