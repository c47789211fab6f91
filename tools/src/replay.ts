// Lives through a history, day by day, through the public API alone.
import type { BatchItem as CollectionsItem } from '@ar/contracts/gen/ar/collections/v1/batch_service.js';
import { ContactChannel, DisputeOutcome, DisputeReason } from '@ar/contracts/gen/ar/collections/v1/collection.js';
import type { BatchItem as CreditItem } from '@ar/contracts/gen/ar/credit/v1/batch_service.js';
import { CreditLimitKind } from '@ar/contracts/gen/ar/credit/v1/credit.js';
import { RegisterCustomerRequest } from '@ar/contracts/gen/ar/credit/v1/customer_service.js';
import { PlaceHoldRequest, ReleaseHoldRequest, SetCreditLimitRequest } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { MakePromiseRequest } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import { OpenDisputeRequest, ResolveDisputeRequest } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import type { BatchItem as InvoicingItem } from '@ar/contracts/gen/ar/invoicing/v1/batch_service.js';
import { CreditReason } from '@ar/contracts/gen/ar/invoicing/v1/credit_note.js';
import { IssueCreditNoteRequest } from '@ar/contracts/gen/ar/invoicing/v1/credit_note_service.js';
import { InvoiceStatus, IssueInvoiceRequest, VoidInvoiceRequest } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { OpenBusinessDayRequest, RegisterTenantRequest } from '@ar/contracts/gen/ar/invoicing/v1/tenant_service.js';
import type { BatchItem as PaymentsItem } from '@ar/contracts/gen/ar/payments/v1/batch_service.js';
import { PaymentMethod, ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import { IdentifyReceiptRequest, RecordReceiptRequest, ReverseReceiptRequest } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ListOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/account_service.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { itemIdOf } from '@ar/domain/id.js';
import { formatMoney } from '@ar/domain/money.js';
import { promised, type Clients } from './clients.js';
import { emptyDay, type History, type PlannedDay, type PlannedInvoice } from './history.js';
import { untilQuiet } from './quiet.js';

export const PROMISE_AFTER_DAYS = 7;
export const PROMISE_FOR_DAYS = 12;
const QUIET_WITHIN_MS = 120_000;

export interface ReplayOptions { readonly tenantId: string; /** The first is that of the books. */ readonly currencies: readonly string[]; onDay?(at: { day: Day; commands: number; events: number; seconds: number }): Promise<void> }
export interface Replayed { readonly commands: number; readonly events: number; readonly seconds: number }

const amount = (minor: number, currency: string) => ({ currencyCode: currency, value: formatMoney({ minor, currency }) });

interface Answer { readonly answer?: { readonly $case: string; readonly value: unknown } | undefined }
type Batch<Item> = (request: { tenantId: string; items: Item[] }) => Promise<{ answers: Answer[]; position?: Position | undefined }>

/** Sends items in batches of a thousand; any error ends the replay, for none is expected. */
async function all<Item>(batch: Batch<Item>, tenantId: string, items: Item[]): Promise<{ values: unknown[]; position: Position | undefined }> {
  const values: unknown[] = [];
  let position: Position | undefined;
  for (let at = 0; at < items.length; at += 1_000) {
    const answer = await batch({ tenantId, items: items.slice(at, at + 1_000) });
    for (const [i, { answer: a }] of answer.answers.entries()) {
      if (a?.$case === 'error') throw new Error(`${JSON.stringify(items[at + i], (_k, v: unknown) => (typeof v === 'bigint' ? String(v) : v))} was refused: ${(a.value as { message: string }).message}`);
      values.push(a?.value);
    }
    position = joined(position, answer.position);
  }
  return { values, position };
}

/** Two positions are joined by the greater number of each key. */
function joined(a: Position | undefined, b: Position | undefined): Position | undefined {
  if (!a || !b) return a ?? b;
  const sequences = { ...entriesOf(a) };
  for (const [key, sequence] of Object.entries(entriesOf(b))) if (!(key in sequences) || sequences[key]! < sequence) sequences[key] = sequence;
  return { sequences } as unknown as Position;
}
const entriesOf = (p: Position): Record<string, bigint> => ((p.sequences as unknown) instanceof Map ? Object.fromEntries(p.sequences as unknown as Map<string, bigint>) : p.sequences as unknown as Record<string, bigint>);

/** The request of an invoice: the same whenever it is sent. */
export const issueOf = (tenantId: string, i: PlannedInvoice): IssueInvoiceRequest => IssueInvoiceRequest.fromPartial({
  tenantId, requestId: `issue-${i.invoiceId}`, actor: 'demo', invoiceId: i.invoiceId, customerId: i.customerId, currencyCode: i.currency, externalNumber: i.externalNumber,
  lines: [{ description: 'Goods and services', quantity: '1', unitPrice: formatMoney({ minor: i.minor, currency: i.currency }), taxRate: '0' }],
  terms: {
    due: i.shares ? { $case: 'instalments', value: { shares: i.shares.map(({ days, percent }) => ({ when: { $case: 'days', value: days }, size: { $case: 'percent', value: percent } })) } } : { $case: 'dueDate', value: i.dueOn },
    ...(i.discount ? { discount: { tiers: [i.discount] } } : {}),
  },
});

export async function replay(clients: Clients, history: History, { tenantId, currencies, onDay }: ReplayOptions): Promise<Replayed> {
  const began = Date.now();
  let commands = 0;
  let events = 0;
  const base = (requestId: string) => ({ tenantId, requestId, actor: 'demo' });
  const seconds = () => (Date.now() - began) / 1_000;
  const invoicing = promised(clients.invoicingBatch, clients.invoicingBatch.batch) as Batch<InvoicingItem>;
  const payments = promised(clients.paymentsBatch, clients.paymentsBatch.batch) as Batch<PaymentsItem>;
  const crediting = promised(clients.creditBatch, clients.creditBatch.batch) as Batch<CreditItem>;
  const collections = promised(clients.collectionsBatch, clients.collectionsBatch.batch) as Batch<CollectionsItem>;

  const taken = await promised(clients.tenants, clients.tenants.registerTenant)(RegisterTenantRequest.fromPartial({
    ...base('take-on'), baseCurrency: currencies[0]!, timeZone: 'UTC', firstBusinessDay: history.first, details: { legalName: 'Demo Company Ltd', sender: 'billing@demo.example' },
    policies: { exchange: { source: 'the demonstration', rates: currencies.filter((c) => c !== currencies[0]).map((currencyCode) => ({ currencyCode, rate: '0.92' })) } },
  }));
  const customers = await all(crediting, tenantId, history.customers.flatMap(({ customerId, currency, limitMinor }): CreditItem[] => [
    { command: { $case: 'registerCustomer', value: RegisterCustomerRequest.fromPartial({ ...base(`customer-${customerId}`), minPosition: taken.position!, customerId, personal: { name: `Customer ${customerId}`, invoiceEmail: `${customerId.toLowerCase()}@customers.example` }, profile: { currencyCode: currency } }) } },
    { command: { $case: 'setCreditLimit', value: SetCreditLimitRequest.fromPartial({ ...base(`limit-${customerId}`), customerId, limit: { currencyCode: currency, kind: CreditLimitKind.AMOUNT, amount: amount(limitMinor, currency) } }) } },
  ]));
  commands += 1 + customers.values.length;
  await untilQuiet(clients);

  const issued = new Map<string, PlannedInvoice>();
  const due = new Map<Day, { invoice: PlannedInvoice; seq: number }[]>();
  const disputes = new Set<string>();
  const voided = new Set<string>();
  for (let day = history.first; day <= history.last; day = daysAfter(day, 1)) {
    if (day > history.first) {
      const opened = await promised(clients.tenants, clients.tenants.openBusinessDay)(OpenBusinessDayRequest.fromPartial({ ...base(`day-${day}`), date: day }));
      commands++;
      events = await untilQuiet(clients, QUIET_WITHIN_MS, opened.position);
    }
    const today: PlannedDay = history.days.get(day) ?? emptyDay();
    const issuing = await all(invoicing, tenantId, today.invoices.map((i): InvoicingItem => ({ command: { $case: 'issueInvoice', value: issueOf(tenantId, i) } })));
    for (const [n, value] of issuing.values.entries()) {
      const invoice = today.invoices[n]!;
      issued.set(invoice.invoiceId, invoice);
      for (const { seq, dueDate } of (value as { invoice: { instalments: { seq: number; dueDate: string }[] } }).invoice.instalments)
        due.set(daysAfter(dueDate, PROMISE_AFTER_DAYS), [...(due.get(daysAfter(dueDate, PROMISE_AFTER_DAYS)) ?? []), { invoice, seq }]);
    }
    const unpaid: string[] = []; // cash that was waiting may have paid an invoice that should be void: then it stays
    for (const invoiceId of today.voids) if ((await promised(clients.invoices, clients.invoices.getInvoice)({ tenantId, minPosition: undefined, invoiceId })).invoice?.status === InvoiceStatus.ISSUED) unpaid.push(invoiceId);
    const voids = await all(invoicing, tenantId, unpaid.map((invoiceId): InvoicingItem => ({ command: { $case: 'voidInvoice', value: VoidInvoiceRequest.fromPartial({ ...base(`void-${invoiceId}`), reason: 'issued by mistake', invoiceId }) } })));
    unpaid.forEach((invoiceId) => voided.add(invoiceId));
    const credits = await all(invoicing, tenantId, today.credits.map((c): InvoicingItem => ({ command: { $case: 'issueCreditNote', value: IssueCreditNoteRequest.fromPartial({
      ...base(`credit-${c.creditNoteId}`), reason: 'arrived damaged', creditNoteId: c.creditNoteId, reasonCode: CreditReason.QUALITY, of: { $case: 'invoice', value: { invoiceId: c.invoiceId, lines: [{ line: 1, of: { $case: 'net', value: amount(c.minor, c.currency) } }] } },
    }) } })));
    commands += issuing.values.length + voids.values.length + credits.values.length;

    const disputed = today.invoices.filter((i) => i.disputed);
    const candidates = (due.get(day) ?? []).filter(({ invoice }) => !invoice.disputed && !voided.has(invoice.invoiceId));
    due.delete(day);
    const resolved = [...new Set(today.receipts.flatMap((r) => r.pays))].filter((id) => disputes.has(id));
    if (disputed.length + candidates.length > 0 && issuing.values.length > 0) await untilQuiet(clients, QUIET_WITHIN_MS, issuing.position); // a dispute is about items that payments has posted, a promise about what waiting cash has left open
    const openOf = async (invoice: PlannedInvoice, seq: number) => {
      const { openItems } = await promised(clients.accounts, clients.accounts.listOpenItems)(ListOpenItemsRequest.fromPartial({ tenantId, customerId: invoice.customerId, currencyCode: invoice.currency, pageSize: 500 }));
      return openItems.find((o) => o.item!.itemId === itemIdOf(invoice.invoiceId, seq));
    };
    const opened: CollectionsItem[] = [];
    for (const i of disputed) {
      const open = await openOf(i, 1); // cash that was waiting may have paid it in part, or whole
      if (!open) continue;
      opened.push({ command: { $case: 'openDispute', value: OpenDisputeRequest.fromPartial({ ...base(`dispute-${i.invoiceId}`), customerId: i.customerId, dispute: { disputeId: `dsp_${i.externalNumber}`, reasonCode: DisputeReason.PRICE, items: [{ itemId: open.item!.itemId, amount: open.open! }] } }) } });
      disputes.add(i.invoiceId);
    }
    const promises: CollectionsItem[] = [];
    for (const { invoice, seq } of candidates) {
      const open = await openOf(invoice, seq);
      if (!open) continue;
      promises.push({ command: { $case: 'makePromise', value: MakePromiseRequest.fromPartial({ ...base(`promise-${open.item!.itemId}`), customerId: invoice.customerId, promise: { channel: ContactChannel.PHONE, promiseId: `ptp_${invoice.externalNumber}_${seq}`, promisedDate: daysAfter(open.item!.dueDate, PROMISE_FOR_DAYS), items: [{ itemId: open.item!.itemId, amount: open.open! }] } }) } });
    }
    const resolutions = resolved.map((id): CollectionsItem => ({ command: { $case: 'resolveDispute', value: ResolveDisputeRequest.fromPartial({ ...base(`resolve-${id}`), reason: 'paid', disputeId: `dsp_${issued.get(id)!.externalNumber}`, outcome: DisputeOutcome.WITHDRAWN }) } }));
    const collecting = await all(collections, tenantId, [...opened, ...promises, ...resolutions]);
    resolved.forEach((id) => disputes.delete(id));
    commands += collecting.values.length;

    const minPosition = joined(joined(issuing.position, joined(voids.position, credits.position)), collecting.position);
    const receipts = today.receipts.map((r): PaymentsItem => ({ command: { $case: 'recordReceipt', value: RecordReceiptRequest.fromPartial({
      ...base(`receipt-${r.receiptId}`), ...(minPosition ? { minPosition } : {}), receiptId: r.receiptId, customerId: r.customerId, amount: amount(r.minor, r.currency), method: PaymentMethod.BANK_TRANSFER, remitter: { name: r.customerId || 'unknown', remittance: r.remittance },
    }) } }));
    const identified = today.receipts.filter((r) => r.identifiedAs).map((r): PaymentsItem => ({ command: { $case: 'identifyReceipt', value: IdentifyReceiptRequest.fromPartial({ ...base(`identify-${r.receiptId}`), reason: 'they called', receiptId: r.receiptId, customerId: r.identifiedAs! }) } }));
    const returns = today.returns.map((receiptId): PaymentsItem => ({ command: { $case: 'reverseReceipt', value: ReverseReceiptRequest.fromPartial({ ...base(`return-${receiptId}`), reason: 'returned by the bank', receiptId, kind: ReversalKind.RETURN, code: 'AM04' }) } }));
    const holds = [...today.holds.map((customerId): CreditItem => ({ command: { $case: 'placeHold', value: PlaceHoldRequest.fromPartial({ ...base(`hold-${customerId}-${day}`), reason: 'rumours of insolvency', customerId }) } })),
      ...today.releases.map((customerId): CreditItem => ({ command: { $case: 'releaseHold', value: ReleaseHoldRequest.fromPartial({ ...base(`release-${customerId}-${day}`), reason: 'the rumours were wrong', customerId }) } }))];
    const held = await all(crediting, tenantId, holds);
    const paid = await all(payments, tenantId, [...receipts, ...identified, ...returns]);
    commands += held.values.length + paid.values.length;
    events = await untilQuiet(clients, QUIET_WITHIN_MS, joined(joined(minPosition, held.position), paid.position));
    await onDay?.({ day, commands, events, seconds: seconds() });
  }
  return { commands, events, seconds: seconds() };
}
