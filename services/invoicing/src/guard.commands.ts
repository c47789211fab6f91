// What invoicing can be asked for about the guard against wrong bills: prices that were agreed, fulfilments, and invoices that wait for a second person.
import type { Day } from '@ar/domain/day.js';
import type { Asked, Command, Tx } from '@ar/runtime/forms.js';
import { contractPrice, type ContractPrice } from './domain/contract-price.js';
import { fulfilment, type Fulfilment } from './domain/fulfilment.js';
import { follow, guarding } from './guarding.js';
import { invoiceOf, invoiceSeries, knownOfDraft, preparedDraft, type DraftNamed, type IssueKnown } from './invoicing.commands.js';

const priceOf = (contractPriceId: string) => ({ aggregate: contractPrice, id: contractPriceId });
const fulfilmentOf = (fulfilmentId: string) => ({ aggregate: fulfilment, id: fulfilmentId });

/** Whether there is such a customer. */
async function customersKnown(tx: Tx, asked: readonly { readonly tenant: string; readonly customerId: string }[]): Promise<readonly boolean[]> {
  const rows = await tx.query<{ tenant: string; customer: string }>('select c.tenant, c.customer from unnest($1::text[], $2::text[]) a(tenant, customer) join customer c using (tenant, customer)', [asked.map((a) => a.tenant), asked.map((a) => a.customerId)]);
  return asked.map((a) => rows.some((r) => r.tenant === a.tenant && r.customer === a.customerId));
}

export interface SetContractPrice { readonly contractPrice: ContractPrice }
export const setContractPrice: Command<SetContractPrice, boolean> = {
  name: 'set-contract-price',
  customer: (request) => request.contractPrice.customerId,
  streams: (request) => [priceOf(request.contractPrice.contractPriceId)],
  known: (asked, tx) => customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customerId: a.request.contractPrice.customerId }))),
  decide: (request, on) => void on.run(priceOf(request.contractPrice.contractPriceId), { type: 'SetContractPrice', contractPrice: request.contractPrice, customerKnown: on.known }),
};

export interface EndContractPrice { readonly contractPriceId: string; readonly validUntil: Day }
export const endContractPrice: Command<EndContractPrice> = {
  name: 'end-contract-price',
  streams: ({ contractPriceId }) => [priceOf(contractPriceId)],
  decide: (request, on) => void on.run(priceOf(request.contractPriceId), { type: 'EndContractPrice', ...request }),
};

/** `deliveredOn` empty: the last day of its period, else the business date. */
export interface RecordFulfilment { readonly fulfilment: Omit<Fulfilment, 'deliveredOn'> & { readonly deliveredOn: Day | '' } }
export const recordFulfilment: Command<RecordFulfilment, boolean> = {
  name: 'record-fulfilment',
  customer: (request) => request.fulfilment.customerId,
  streams: (request) => [fulfilmentOf(request.fulfilment.fulfilmentId)],
  known: (asked, tx) => customersKnown(tx, asked.map((a) => ({ tenant: a.tenant, customerId: a.request.fulfilment.customerId }))),
  decide({ fulfilment: { deliveredOn, ...rest } }, on) {
    on.run(fulfilmentOf(rest.fulfilmentId), { type: 'RecordFulfilment', fulfilment: { ...rest, deliveredOn: deliveredOn || rest.periodTo || on.today }, today: on.today, customerKnown: on.known });
  },
};

export interface CorrectFulfilment { readonly fulfilmentId: string; readonly quantity: string; readonly reason: string }
export const correctFulfilment: Command<CorrectFulfilment> = {
  name: 'correct-fulfilment',
  streams: ({ fulfilmentId }) => [fulfilmentOf(fulfilmentId)],
  decide: (request, on) => void on.run(fulfilmentOf(request.fulfilmentId), { type: 'CorrectFulfilment', ...request }),
};

export interface ApproveInvoice extends DraftNamed { readonly by: string }
/** Issued on the day of its approval: the date that was asked for may be before the last of the series by now. */
export const approveInvoice: Command<ApproveInvoice, IssueKnown> = {
  name: 'approve-invoice',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  series: (_request, today) => [invoiceSeries(today)],
  known: (asked: readonly Asked<DraftNamed>[], tx) => knownOfDraft(asked, tx),
  decide({ invoiceId, by }, on) {
    const state = on.state(invoiceOf(invoiceId));
    // Where nothing can be approved this says why, and nothing is made up of what is not there.
    if (state.status !== 'draft' || !state.waiting) { on.run(invoiceOf(invoiceId), { type: 'RefuseIssue', by, reason: '', today: on.today }); return; }
    const { content, issuing: unguarded } = preparedDraft({ ...state.draft, issueDate: '' }, state.customer, on);
    const issuing = { ...unguarded, guard: guarding(content, { invoiceId }, on.known.guard, on) };
    follow(on, on.run(invoiceOf(invoiceId), { type: 'ApproveIssue', by, approvedOn: on.today, content, ...issuing }), issuing);
  },
};

export interface RefuseInvoice extends DraftNamed { readonly by: string; readonly reason: string }
export const refuseInvoice: Command<RefuseInvoice> = {
  name: 'refuse-invoice',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  decide: ({ invoiceId, by, reason }, on) => void on.run(invoiceOf(invoiceId), { type: 'RefuseIssue', by, reason, today: on.today }),
};

/** A new day: nobody approved in time. */
export const expireInvoice: Command<DraftNamed> = {
  name: 'expire-invoice',
  streams: ({ invoiceId }) => [invoiceOf(invoiceId)],
  decide: ({ invoiceId }, on) => void on.run(invoiceOf(invoiceId), { type: 'ExpireIssue', today: on.today }),
};
