// What callers ask of the ledger, command by command: how a request is made of what was seen before, and of chance. What was seen is as old as the wave before: much of it is stale by the time it is asked.
import type { BatchItem } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { BankMessage, BankReturnStatus, BankStatementStatus } from '@ar/contracts/gen/ar/payments/v1/bank.js';
import type { OpenItem } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import { OpenItemKind } from '@ar/contracts/gen/ar/payments/v1/account.js';
import { CollectedBy, MandateScheme } from '@ar/contracts/gen/ar/payments/v1/debit.js';
import { DebitOutcome, DebitStatus } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { MandateStatus, type Mandate } from '@ar/contracts/gen/ar/payments/v1/mandate_service.js';
import { PayLinkStatus } from '@ar/contracts/gen/ar/payments/v1/pay_link_service.js';
import { RevaluationMethod } from '@ar/contracts/gen/ar/payments/v1/revaluation.js';
import { DeductionReason, PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { RecommendationStatus, type Receipt } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { RefundStatus } from '@ar/contracts/gen/ar/payments/v1/refund_service.js';
import { RemittanceAdviceStatus } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { TakenOnCreditKind } from '@ar/contracts/gen/ar/payments/v1/take_on.js';
import { WriteOffMethod, WriteOffReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { WriteOffStatus } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import type { Dice } from './ledger-dice.world.js';
import { amountOf, CURRENCIES, CUSTOMERS, isOpen, minorOf, type Seen, type ToldInvoice } from './ledger-seen.world.js';

type Command = NonNullable<BatchItem['command']>;
/** A call of the contract that is one command, by its name in code. */
export type Call = Command['$case'];
type Loose<T> = T extends bigint | Uint8Array ? T : T extends readonly (infer Element)[] ? readonly Loose<Element>[] : T extends object ? { readonly [Key in keyof T]?: Loose<T[Key]> } : T;
export type RequestOf<Name extends Call> = Loose<Extract<Command, { $case: Name }>['value']>;

/** What a caller goes by. `fresh` is a number that nobody had before. */
export interface Knowing { readonly seen: Seen; readonly invoices: readonly ToldInvoice[]; readonly today: Day; fresh(): number }
/** What is asked; nothing where there is nothing to ask it of. */
type Row<Name extends Call> = (knowing: Knowing, dice: Dice) => RequestOf<Name> | undefined;

const left = (r: Receipt): boolean => minorOf(r.unapplied) > 0;
const openItems = ({ seen }: Knowing): readonly OpenItem[] => seen.items.filter(isOpen);
const currencyOf = (item: OpenItem): string => item.open!.currencyCode;
/** One of them, once in a while another, of which nothing good can come, and rarely one that nobody knows. */
const one = <T, Asked>(dice: Dice, good: readonly T[], all: readonly T[], idOf: (of: T) => string, ask: (id: string) => Asked): Asked | undefined => {
  if (dice.once(25)) return ask('nobody-knows');
  const found = dice.of(good.length > 0 && !dice.once(6) ? good : all);
  return found === undefined ? undefined : ask(idOf(found));
};
const someDay = (today: Day, dice: Dice): Day => (dice.once(2) ? '' : daysAfter(today, -dice.upTo(4)));
const customerOf = (dice: Dice): string => dice.among(...CUSTOMERS);
const shareOf = (item: OpenItem, dice: Dice, most: number) => ({ itemId: item.item!.itemId, amount: amountOf(Math.max(1, dice.once(3) ? dice.upTo(300) : Math.min(most, minorOf(item.open))), currencyOf(item)) });
type Group = { readonly applicationGroupId: string; readonly undone?: boolean };
/** Those that are undone are kept by receipts, not by credit notes. */
const groupsOf = (of: { readonly applicationGroups: readonly Group[] }): readonly Group[] => of.applicationGroups.filter((g) => !g.undone);
const groupOf = (of: { readonly applicationGroups: readonly Group[] }, dice: Dice): string => dice.of(dice.once(9) ? of.applicationGroups : groupsOf(of))?.applicationGroupId ?? 'no-group';
const grouped = (of: { readonly applicationGroups: readonly Group[] }): boolean => groupsOf(of).length > 0;
const debtor = (dice: Dice) => ({ name: 'Ada Byron', iban: dice.among('DE89370400440532013000', 'DE02120300000000202051') });
const collectable = (m: Mandate): boolean => m.status === MandateStatus.ACTIVE;

/** What an advice announces, and comes, maybe at the same time: another sum in each wave, so that it is clear what is meant. */
const announced = ({ seen }: Knowing) => amountOf(1_11 + seen.receipts.length, 'EUR');

export const requests: { readonly [Name in Call]: Row<Name> } = {
  recordReceipt(k, d) {
    if (d.once(5)) return { receiptId: `rcp_${k.fresh()}`, customerId: 'c1', amount: announced(k), method: PaymentMethod.BANK_TRANSFER, documents: [{ reference: 'R-999' }] };
    const currencyCode = d.among('EUR', 'EUR', 'EUR', 'USD');
    const [item, fresh] = [d.of(openItems(k).filter((i) => currencyOf(i) === currencyCode)), k.fresh()];
    const minor = item && !d.once(3) ? minorOf(item.open) + d.among(0, 0, 0, -1, -40, -7, 25, 100) : d.upTo(400);
    const number = item?.item!.documentNumber ?? `R-${k.invoices.length + 1}`; // the next invoice is not there yet, or told of at the same time
    const method = d.among(PaymentMethod.BANK_TRANSFER, PaymentMethod.BANK_TRANSFER, PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.CHEQUE);
    return {
      receiptId: d.once(20) ? d.of(k.seen.receipts.filter((r) => r.receiptId.startsWith('rcp_')))?.receiptId ?? '' : `rcp_${fresh}`, customerId: d.once(4) ? '' : item && !d.once(5) ? item.customerId : customerOf(d), amount: amountOf(Math.max(1, minor), currencyCode), valueDate: someDay(k.today, d), method,
      documents: d.once(2) ? [] : [{ reference: d.once(4) ? `R-${k.invoices.length + 1}` : number, ...(d.once(3) ? { amount: amountOf(Math.max(1, Math.floor(minor / 2)), currencyCode) } : {}) }],
      maturityDate: method === PaymentMethod.CHEQUE && d.once(2) ? daysAfter(k.today, d.upTo(2)) : '', onAccount: d.once(8), remitter: { name: d.once(3) ? `Customer ${item?.customerId ?? 'c1'}` : '', iban: '', remittance: d.once(3) ? `invoice ${number}` : '' },
      bankReference: `B-${fresh}`, bookingRate: currencyCode === 'USD' && d.once(5) ? '0.8' : '',
    };
  },
  identifyReceipt: (k, d) => one(d, k.seen.receipts.filter((r) => r.customerId === '~unidentified'), k.seen.receipts, (r) => r.receiptId, (receiptId) => ({ receiptId, customerId: customerOf(d) })),
  applyReceipt(k, d) {
    const receipt = d.of(k.seen.receipts.filter(left));
    if (!receipt) return undefined;
    const { receiptId, customerId, unapplied } = receipt;
    const item = d.of(openItems(k).filter((i) => (i.customerId === customerId || d.once(6)) && (d.once(4) || currencyOf(i) === unapplied!.currencyCode)));
    if (!item || d.once(4)) return { receiptId };
    const across = currencyOf(item) !== unapplied!.currencyCode;
    const kept = !across && d.once(4) ? [{ itemId: item.item!.itemId, amount: amountOf(1 + d.upTo(20), currencyOf(item)), reason: DeductionReason.PRICE, text: '' }] : [];
    return { receiptId, applications: [shareOf(item, d, minorOf(unapplied))], deductions: kept, ...(across && !d.once(4) ? (d.once(2) ? { rate: '0.9' } : { spent: amountOf(1 + d.upTo(100), unapplied!.currencyCode) }) : {}) };
  },
  unapplyReceipt: (k, d) => { const r = d.of(k.seen.receipts.filter(grouped)); return r && { receiptId: r.receiptId, applicationGroupId: groupOf(r, d), effectiveDate: someDay(k.today, d) }; },
  reverseReceipt: (k, d) => one(d, k.seen.receipts, k.seen.receipts, (r) => r.receiptId, (receiptId) => ({ receiptId, kind: d.among(ReversalKind.RETURN, ReversalKind.CHARGEBACK, ReversalKind.BOUNCED, ReversalKind.ERROR), code: 'AM04', effectiveDate: d.once(3) ? someDay(k.today, d) : '', outsideWindow: d.once(2) })),
  acceptRecommendation(k, d) {
    const r = d.of(k.seen.receipts.filter((x) => x.recommendations.some((y) => d.once(9) || y.status === RecommendationStatus.OPEN)));
    const [recommendation] = r?.recommendations.slice(-1) ?? [];
    const match = recommendation && d.of(recommendation.matches);
    return r && match && { receiptId: r.receiptId, recommendationId: recommendation.recommendationId, customerId: match.customerId, itemId: match.itemId };
  },
  declineRecommendation(k, d) {
    const r = d.of(k.seen.receipts.filter((x) => x.recommendations.some((y) => d.once(9) || y.status === RecommendationStatus.OPEN)));
    return r && { receiptId: r.receiptId, recommendationId: r.recommendations.at(-1)!.recommendationId };
  },
  applyCredit(k, d) {
    const note = d.of(k.seen.creditNotes.filter((n) => minorOf(n.unapplied) > 0));
    const item = note && d.of(openItems(k).filter((i) => i.customerId === note.customerId && (d.once(9) || currencyOf(i) === note.amount!.currencyCode)));
    return note && { creditNoteId: note.creditNoteId, applications: item && !d.once(4) ? [shareOf(item, d, minorOf(note.unapplied))] : [] };
  },
  unapplyCredit: (k, d) => { const n = d.of(k.seen.creditNotes.filter(grouped)); return n && { creditNoteId: n.creditNoteId, applicationGroupId: groupOf(n, d), effectiveDate: someDay(k.today, d) }; },

  writeOffOpenItems(k, d) {
    const item = d.of(d.once(9) ? k.seen.items : openItems(k));
    const other = item && d.of(openItems(k).filter((i) => i.customerId === item.customerId && currencyOf(i) === currencyOf(item) && (i !== item || d.once(9))));
    const asked = (of: OpenItem) => ({ itemId: of.item!.itemId, ...(d.once(2) ? { amount: amountOf(1 + d.upTo(Math.max(0, minorOf(of.open) - 1)), currencyOf(of)) } : {}) });
    return item && { writeOffId: `wof_${k.fresh()}`, customerId: item.customerId, currencyCode: currencyOf(item), items: [asked(item), ...(other && d.once(3) ? [asked(other)] : [])], method: d.among(WriteOffMethod.DIRECT, WriteOffMethod.ALLOWANCE), reasonCode: WriteOffReason.INSOLVENCY };
  },
  approveWriteOff: (k, d) => one(d, k.seen.writeOffs.filter((w) => w.status === WriteOffStatus.PENDING), k.seen.writeOffs, (w) => w.writeOffId, (writeOffId) => ({ writeOffId })),
  refuseWriteOff: (k, d) => one(d, k.seen.writeOffs.filter((w) => w.status === WriteOffStatus.PENDING), k.seen.writeOffs, (w) => w.writeOffId, (writeOffId) => ({ writeOffId })),
  reverseWriteOff: (k, d) => one(d, k.seen.writeOffs.filter((w) => w.status === WriteOffStatus.BOOKED), k.seen.writeOffs, (w) => w.writeOffId, (writeOffId) => ({ writeOffId })),
  recoverWriteOff(k, d) {
    const of = d.of(k.seen.writeOffs.filter((w) => w.status === WriteOffStatus.BOOKED));
    const receipt = of && d.of(k.seen.receipts.filter((r) => left(r) && (d.once(6) || r.customerId === of.customerId)));
    return receipt && { writeOffId: of.writeOffId, receiptId: receipt.receiptId, ...(d.once(2) ? { amount: amountOf(1 + d.upTo(100), receipt.amount!.currencyCode) } : {}) };
  },

  requestRefund(k, d) {
    const [receipt, note] = [d.of(k.seen.receipts.filter(left)), d.of(k.seen.creditNotes.filter((n) => minorOf(n.unapplied) > 0))];
    const of = note && d.once(2) ? { creditNoteId: note.creditNoteId, rest: note.unapplied! } : receipt && { receiptId: receipt.receiptId, rest: receipt.unapplied! };
    if (!of) return undefined;
    const { rest, ...which } = of;
    const minor = d.once(3) ? 6 : d.among(minorOf(rest), 1 + d.upTo(minorOf(rest)), ...[1, 2, 3, 4].map((script) => 100 * d.upTo(2) + script)); // the last digits say what the provider does: of 06 it never tells
    return { refundId: `rfd_${k.fresh()}`, ...which, amount: amountOf(Math.min(minor, minorOf(rest) + (d.once(9) ? 1 : 0)), rest.currencyCode), method: PaymentMethod.BANK_TRANSFER, payee: { name: 'Ada Byron', iban: 'DE89370400440532013000' } };
  },
  approveRefund: (k, d) => one(d, k.seen.refunds.filter((r) => r.status === RefundStatus.PENDING), k.seen.refunds, (r) => r.refundId, (refundId) => ({ refundId })),
  refuseRefund: (k, d) => one(d, k.seen.refunds.filter((r) => r.status === RefundStatus.PENDING), k.seen.refunds, (r) => r.refundId, (refundId) => ({ refundId })),
  cancelRefund: (k, d) => one(d, k.seen.refunds.filter((r) => r.status === RefundStatus.PENDING || r.status === RefundStatus.APPROVED), k.seen.refunds, (r) => r.refundId, (refundId) => ({ refundId })),
  recordRefundPaid: (k, d) => one(d, k.seen.refunds.filter((r) => r.status === RefundStatus.UNKNOWN), k.seen.refunds, (r) => r.refundId, (refundId) => ({ refundId, bankReference: 'B-P', paidDate: someDay(k.today, d) })),
  recordRefundFailed: (k, d) => one(d, k.seen.refunds.filter((r) => r.status === RefundStatus.UNKNOWN), k.seen.refunds, (r) => r.refundId, (refundId) => ({ refundId })),

  registerBankAccount: (k, d) => ({ accountNumber: d.among('DE89370400440532013000', 'DE02120300000000202051', `DE${k.fresh()}`), currencyCode: 'EUR', bookingMessage: BankMessage.CAMT_053 }),
  releaseBankStatement: (k, d) => one(d, k.seen.statements.filter((s) => s.status === BankStatementStatus.HELD), k.seen.statements, (s) => s.bankStatementId, (bankStatementId) => ({ bankStatementId })),
  discardBankStatement: (k, d) => one(d, k.seen.statements.filter((s) => s.status === BankStatementStatus.HELD), k.seen.statements, (s) => s.bankStatementId, (bankStatementId) => ({ bankStatementId })),
  matchBankReturn(k, d) {
    const of = d.of(k.seen.returns.filter((r) => r.status === BankReturnStatus.OPEN || d.once(9)));
    const receipt = of && d.of(k.seen.receipts.filter((r) => d.once(9) || r.amount!.value === of.amount!.value));
    return receipt && { bankReturnId: of.bankReturnId, receiptId: receipt.receiptId };
  },
  dismissBankReturn: (k, d) => one(d, k.seen.returns.filter((r) => r.status === BankReturnStatus.OPEN), k.seen.returns, (r) => r.bankReturnId, (bankReturnId) => ({ bankReturnId })),

  closePeriod: (k, d) => ({ lastDate: daysAfter(k.today, d.once(5) ? 0 : -1 - d.upTo(1)) }),
  reopenPeriod: (k) => ({ lastDate: k.seen.books.closed.at(-1)?.lastDate ?? daysAfter(k.today, -9) }),
  revaluePeriod: (k, d) => ({ lastDate: daysAfter(k.today, -1 - d.upTo(2)), method: d.among(RevaluationMethod.CLOSING_RATE, RevaluationMethod.LOSSES_ONLY) }),
  cutLedgerBatch: () => ({}),

  takeOnOpenItem: (k, d) => ({ customerId: customerOf(d), sourceSystem: 'OLD', documentNumber: `S-${d.upTo(30)}`, documentKind: OpenItemKind.INVOICE, ...((minor, currency) => ({ original: amountOf(minor + d.upTo(9), currency), open: amountOf(minor, currency) }))(1 + d.upTo(200), d.among(...CURRENCIES)), issueDate: daysAfter(k.today, -20), dueDate: daysAfter(k.today, d.upTo(9) - 6), dunningLevel: d.upTo(2) }),
  takeOnCredit: (k, d) => ({ customerId: customerOf(d), sourceSystem: 'OLD', documentNumber: `Z-${d.upTo(30)}`, creditKind: d.among(TakenOnCreditKind.RECEIPT, TakenOnCreditKind.CREDIT_NOTE), ...((minor, currency) => ({ original: amountOf(minor + d.upTo(9), currency), unapplied: amountOf(minor, currency) }))(1 + d.upTo(200), d.among(...CURRENCIES)), issueDate: daysAfter(k.today, -20), onAccount: d.once(3) }),
  cancelTakeOn: (k, d) => one(d, k.seen.takenOn.filter((t) => t.cancelledDate === ''), k.seen.takenOn, (t) => t.documentId, (documentId) => ({ documentId })),

  registerMandate(k, d) {
    const generic = d.once(4);
    return { customerId: customerOf(d), scheme: generic ? MandateScheme.GENERIC : MandateScheme.SEPA_CORE, reference: `M-${k.fresh()}`, signedDate: d.once(6) ? daysAfter(k.today, -365 * 3 + d.upTo(3) - 1) : daysAfter(k.today, -9), debtor: generic ? { name: 'Ada Byron', token: 'tok' } : debtor(d), collectedBy: generic || d.once(2) ? CollectedBy.PROVIDER : CollectedBy.FILE, autopay: d.once(2), oneOff: d.once(6) };
  },
  amendMandate: (k, d) => one(d, k.seen.mandates.filter((m) => collectable(m) && m.scheme === MandateScheme.SEPA_CORE), k.seen.mandates, (m) => m.mandateId, (mandateId) => ({ mandateId, debtor: debtor(d) })),
  suspendMandate: (k, d) => (d.once(2) ? undefined : one(d, k.seen.mandates.filter(collectable), k.seen.mandates, (m) => m.mandateId, (mandateId) => ({ mandateId }))),
  resumeMandate: (k, d) => one(d, k.seen.mandates.filter((m) => m.status === MandateStatus.SUSPENDED), k.seen.mandates, (m) => m.mandateId, (mandateId) => ({ mandateId })),
  cancelMandate: (k, d) => (d.once(3) ? one(d, k.seen.mandates.filter((m) => collectable(m) && m.signedDate < daysAfter(k.today, -8)), [], (m) => m.mandateId, (mandateId) => ({ mandateId })) : undefined), // rarely: much is asked of them
  requestDebit(k, d) {
    const mandate = d.of(k.seen.mandates.filter((m) => d.once(12) || (collectable(m) && openItems(k).some((i) => i.customerId === m.customerId && currencyOf(i) === 'EUR'))));
    const item = mandate && d.of(openItems(k).filter((i) => currencyOf(i) === 'EUR' && (d.once(9) || i.customerId === mandate.customerId)));
    return mandate && { debitId: `ddt_${k.fresh()}`, customerId: mandate.customerId, currencyCode: 'EUR', mandateId: mandate.mandateId, items: item ? [{ itemId: item.item!.itemId, ...(d.once(3) ? { amount: amountOf(1 + d.upTo(minorOf(item.open) - 1), 'EUR') } : {}) }] : [], final: d.once(5) };
  },
  cancelDebit: (k, d) => one(d, k.seen.debits.filter((x) => x.status === DebitStatus.WAITING), k.seen.debits, (x) => x.debitId, (debitId) => ({ debitId })),
  cutDebitFile: (k, d) => ({ debitFileId: `F-${k.fresh()}`, throughDate: daysAfter(k.today, 1 + d.upTo(1)) }),
  tellDebitOutcome(k, d) {
    const outcome = d.among(DebitOutcome.COLLECTED, DebitOutcome.COLLECTED, DebitOutcome.DECLINED, DebitOutcome.RETURNED);
    return one(d, k.seen.debits.filter((x) => x.status === DebitStatus.UNDER_WAY || x.status === DebitStatus.WAITING), k.seen.debits, (x) => x.debitId, (debitId) => ({ debitId, outcome, code: outcome === DebitOutcome.COLLECTED ? '' : d.among('AM04', 'AC04', 'MD06'), reference: '' }));
  },

  createPayLink(k, d) {
    const item = d.of(openItems(k).filter((i) => currencyOf(i) === 'EUR'));
    const of = item && d.once(2) ? { items: [{ itemId: item.item!.itemId }] } : item && d.once(2) ? { documentId: item.item!.documentId } : { amount: amountOf(1 + d.upTo(200), 'EUR') };
    return { payLinkId: `pln_${k.fresh()}`, customerId: item?.customerId ?? customerOf(d), currencyCode: 'EUR', ...of, expiryDate: daysAfter(k.today, d.upTo(2)) };
  },
  cancelPayLink: (k, d) => one(d, k.seen.payLinks.filter((l) => l.status === PayLinkStatus.OPEN), k.seen.payLinks, (l) => l.payLinkId, (payLinkId) => ({ payLinkId })),

  recordRemittanceAdvice(k, d) {
    const item = d.of(openItems(k).filter((i) => currencyOf(i) === 'EUR'));
    if (!item) return undefined;
    if (d.once(2)) return { remittanceAdviceId: `rma_${k.fresh()}`, customerId: 'c1', total: announced(k), lines: [{ reference: item.item!.documentNumber, gross: announced(k), net: announced(k) }] };
    const receipt = d.of(k.seen.receipts.filter((r) => left(r) && r.amount!.currencyCode === 'EUR'));
    const gross = receipt && d.once(2) ? Math.max(minorOf(receipt.amount), 2) : Math.max(minorOf(item.open), 2); // as much as came, or as is owed
    const kept = d.once(3) ? 1 : 0;
    const line = { reference: item.item!.documentNumber, gross: amountOf(gross, 'EUR'), ...(kept ? { deduction: amountOf(kept, 'EUR'), deductionReason: DeductionReason.QUALITY } : {}), net: amountOf(gross - kept, 'EUR') };
    return { remittanceAdviceId: `rma_${k.fresh()}`, customerId: d.once(3) ? '' : item.customerId, total: amountOf(gross - kept, 'EUR'), paymentDate: someDay(k.today, d), reference: '', lines: [line] };
  },
  matchRemittanceAdvice(k, d) {
    const advice = d.of(k.seen.advices.filter((a) => a.status === RemittanceAdviceStatus.WAITING));
    const receipt = advice && d.of(k.seen.receipts.filter((r) => left(r) && (d.once(6) || (r.amount!.currencyCode === 'EUR' && [advice.customerId, '~unidentified', ''].includes(r.customerId)))));
    return receipt && { remittanceAdviceId: advice.remittanceAdviceId, receiptId: receipt.receiptId };
  },
  cancelRemittanceAdvice: (k, d) => one(d, k.seen.advices.filter((a) => a.status === RemittanceAdviceStatus.WAITING), k.seen.advices, (a) => a.remittanceAdviceId, (remittanceAdviceId) => ({ remittanceAdviceId })),

  linkPayer: (k, d) => ({ payerCustomerId: d.among('c1', 'c1', 'c2'), customerId: d.among('c3', 'c3', 'c2'), validFrom: someDay(k.today, d) }),
  unlinkPayer: (k, d) => { const l = d.of(k.seen.payers.filter((p) => p.validUntil === '')); return l && { payerCustomerId: l.payerCustomerId, customerId: l.customerId }; },
};

/** How often each is asked, where it is not once: what is more likely to be refused, and what others follow from. */
export const OFTEN: Readonly<Partial<Record<Call, number>>> = {
  recordReceipt: 14, identifyReceipt: 3, applyReceipt: 6, unapplyReceipt: 4, reverseReceipt: 4, unapplyCredit: 2, writeOffOpenItems: 4, approveWriteOff: 7, recoverWriteOff: 4, cancelMandate: 4, requestRefund: 6, recordRefundPaid: 3, recordRefundFailed: 5, approveRefund: 2,
  acceptRecommendation: 3, declineRecommendation: 2, takeOnOpenItem: 2, takeOnCredit: 2, registerMandate: 1, resumeMandate: 3, closePeriod: 2, reopenPeriod: 3, releaseBankStatement: 2, discardBankStatement: 2, applyCredit: 4, refuseWriteOff: 2, requestDebit: 7, cutDebitFile: 5, tellDebitOutcome: 4, createPayLink: 2, recordRemittanceAdvice: 7, matchRemittanceAdvice: 2, matchBankReturn: 5,
};
