// What customers' systems answered to invoices, and which of the answers wait for the items that they dispute.
//
// Invoicing's answer and payments' item are two services' words: either may be read first. An answer that is read before the item waits for it; one that is read
// after it does not, whatever became of the item since.
import { InvoiceAnswerKind, type InvoiceAnswer } from '@ar/contracts/gen/ar/collections/v1/invoice_answer.js';
import type { InvoiceResponseReceived } from '@ar/contracts/gen/ar/invoicing/v1/events.js';
import { InvoiceResponseCode } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response.js';
import type { Day } from '@ar/domain/day.js';
import { derivedId, itemIdOf } from '@ar/domain/id.js';
import { formatMoney } from '@ar/domain/money.js';
import type { Consumed, Tx } from '@ar/runtime/forms.js';
import { disputeReasonOf, isDoubt, wordsOf } from '../domain/invoice-answer.js';
import type { DisputeInvoice } from '../invoice-answers.commands.js';

const received = 'ar.invoicing.invoice_response_received.v1';
const posted = 'ar.payments.open_item_posted.v1';

const kinds: Readonly<Partial<Record<InvoiceResponseCode, InvoiceAnswerKind>>> = {
  [InvoiceResponseCode.AB]: InvoiceAnswerKind.RECEIVED, [InvoiceResponseCode.IP]: InvoiceAnswerKind.IN_PROCESS, [InvoiceResponseCode.UQ]: InvoiceAnswerKind.UNDER_QUERY, [InvoiceResponseCode.CA]: InvoiceAnswerKind.CONDITIONALLY_ACCEPTED,
  [InvoiceResponseCode.RE]: InvoiceAnswerKind.REJECTED, [InvoiceResponseCode.AP]: InvoiceAnswerKind.ACCEPTED, [InvoiceResponseCode.PD]: InvoiceAnswerKind.PAYMENT_ANNOUNCED,
};
/** `INVOICE_RESPONSE_CODE_RE` is RE. */
const short = (wire: string): string => wire.slice(wire.lastIndexOf('_') + 1);

/** The dispute that an answer asks for; none where it is no doubt. */
export function disputeIn({ customerId, invoiceId, invoiceResponseId, code, reasons, actions, pii }: InvoiceResponseReceived): readonly DisputeInvoice[] {
  if (!isDoubt(short(code))) return [];
  const codes = { code: short(code), reasons: reasons.map(short), actions: actions.map(short) };
  const clarifications = (pii?.data?.clarifications ?? []).map((c) => ({ code: short(c.code?.value ?? ''), text: c.text, conditions: c.conditions }));
  return [{ customerId, invoiceId, disputeId: derivedId('dsp', invoiceResponseId), reasonCode: disputeReasonOf(codes), text: wordsOf({ ...codes, clarifications, note: pii?.data?.note ?? '' }) }];
}

/** `items`: what the ids of the invoice's items have in common; `nth`: of the customer's answers, as they were recorded; `asks`: the dispute it asks for. */
export const answersDdl = `create table invoice_answer (
    tenant text, invoice_response_id text, customer text not null, invoice_id text not null, invoice_number text not null, items text not null, kind text not null, effective_date date not null, received_on date not null, nth int not null,
    dispute_id text, asks jsonb, waiting boolean not null, primary key (tenant, invoice_response_id));
  create index on invoice_answer (tenant, customer);
  create index on invoice_answer (tenant, dispute_id) where waiting`;

/** Before the items of the same events are kept: an answer waits where none of its items was read before it. */
export async function keepAnswers(events: readonly Consumed[], tx: Tx): Promise<void> {
  const seen = new Set<string>();
  for (const e of events) {
    if (e.type === posted) seen.add(e.data.item!.itemId);
    if (e.type !== received) continue;
    const { invoiceResponseId, invoiceId, invoiceNumber, code, effectiveDate } = e.data;
    const [asks] = disputeIn(e.data);
    const first = itemIdOf(invoiceId, 1);
    const here = seen.has(first) || (await tx.query('select from item where tenant = $1 and item_id = $2', [e.tenant, first])).length > 0;
    await tx.query('insert into invoice_answer select $1, $2, $3, $4, $5, $6, $7, $8, $9, count(*) + 1, $10, $11, $12 from invoice_answer where tenant = $1 and customer = $3', [
      e.tenant, invoiceResponseId, e.customer, invoiceId, invoiceNumber, first.slice(0, -2), kinds[code] ?? InvoiceAnswerKind.UNSPECIFIED, effectiveDate, e.recordedOn, asks?.disputeId ?? null, asks ? JSON.stringify(asks) : null, asks !== undefined && !here]);
  }
}

/** Disputes whose items came after the answer, by id, those after `after`. */
export async function waitingAnswers(tx: Tx, tenant: string, after: string, limit: number): Promise<readonly DisputeInvoice[]> {
  const rows = await tx.query<{ asks: DisputeInvoice }>(
    `select a.asks from invoice_answer a where a.tenant = $1 and a.waiting and a.dispute_id > $2
        and exists (select from item i where i.tenant = a.tenant and i.customer = a.customer and i.open_minor > 0 and regexp_replace(i.item_id, '_[0-9]+$', '') = a.items)
        and not exists (select from dispute d where d.tenant = a.tenant and d.customer = a.customer and d.dispute_id = a.dispute_id)
      order by a.dispute_id limit $3`, [tenant, after, limit]);
  return rows.map((r) => r.asks);
}

/** The last answer to each invoice of which something is open, latest first, at most 100. */
export async function answersOf(tx: Tx, tenant: string, customer: string): Promise<readonly InvoiceAnswer[]> {
  const rows = await tx.query<Omit<InvoiceAnswer, 'open' | 'effectiveDate' | 'receivedOn'> & { effectiveDate: Day; receivedOn: Day; currency: string; openMinor: string }>(
    `with last as (select distinct on (invoice_id) * from invoice_answer where tenant = $1 and customer = $2 order by invoice_id, effective_date desc, nth desc),
     open as (select regexp_replace(item_id, '_[0-9]+$', '') items, currency, sum(open_minor)::text minor from item where tenant = $1 and customer = $2 and open_minor > 0 group by 1, 2)
     select l.invoice_id "invoiceId", l.invoice_number "invoiceNumber", l.kind, l.effective_date "effectiveDate", l.received_on "receivedOn", l.invoice_response_id "invoiceResponseId", o.currency, o.minor "openMinor"
       from last l join open o using (items) order by l.effective_date desc, l.nth desc limit 100`, [tenant, customer]);
  return rows.map(({ currency, openMinor, ...row }) => ({ ...row, open: { currencyCode: currency, value: formatMoney({ minor: BigInt(openMinor), currency }) } }));
}
