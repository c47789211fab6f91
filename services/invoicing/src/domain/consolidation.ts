// Several drafts as one invoice (INV-08).
//
// - They are of one customer and one currency, and what an invoice has once for all its lines is the same on each: terms, issue date, reservation, the days that
//   the customer has to pay.
// - Their lines follow each other in the order given. An allowance or charge of a whole draft goes with them; a percent becomes an amount, as it is of that draft's
//   own lines only.
// - References, note and labels are those that all of them have.
import { refuse, type Refusal } from '@ar/domain/decider.js';
import { formatMoney, money, share } from '@ar/domain/money.js';
import { percentUnits } from '@ar/domain/terms.js';
import type { CustomerThen, InvoiceContent } from './invoice.js';
import { totals, type DocumentAdjustment } from './totals.js';

export interface Drafted { readonly invoiceId: string; readonly draft: InvoiceContent; readonly customer: CustomerThen }
export type ConsolidationRefusal = 'several-customers' | 'several-currencies' | 'drafts-differ' | 'too-many-lines' | 'draft-not-complete' | 'total-out-of-range';

export const MOST_LINES = 500;
export const MOST_ADJUSTMENTS = 50;

/** The invoice that the drafts become, at least one of them; or why not. */
export function consolidated(drafts: readonly Drafted[]): InvoiceContent | Refusal<ConsolidationRefusal> {
  const { draft: first, customer: { netDays } } = drafts[0]!;
  for (const { invoiceId, draft, customer } of drafts) {
    if (draft.customerId !== first.customerId) return refuse('several-customers', { invoiceId, customerId: draft.customerId });
    if (draft.currencyCode !== first.currencyCode) return refuse('several-currencies', { invoiceId, currencyCode: draft.currencyCode });
    const differs = ([['terms', draft.terms ?? {}, first.terms ?? {}], ['issue_date', draft.issueDate, first.issueDate], ['reservation_id', draft.reservationId, first.reservationId],
      ['booking_rate', draft.bookingRate ?? {}, first.bookingRate ?? {}], ['supply_date', draft.supplyDate, first.supplyDate], ['supply_country', draft.supplyCountry, first.supplyCountry],
      ['customer_net_days', customer.netDays, netDays]] as const).find(([, one, other]) => JSON.stringify(one) !== JSON.stringify(other));
    if (differs) return refuse('drafts-differ', { invoiceId, field: differs[0] });
    if (draft.lines.length === 0) return refuse('draft-not-complete', { invoiceId, lacks: 'lines' });
  }
  const lines = drafts.flatMap((d) => d.draft.lines);
  const adjustments: DocumentAdjustment[] = [];
  for (const { draft } of drafts) {
    const own = adjustmentsOf(draft);
    if ('refused' in own) return own;
    adjustments.push(...own);
  }
  if (lines.length > MOST_LINES) return refuse('too-many-lines', { lines: lines.length, most: MOST_LINES });
  if (adjustments.length > MOST_ADJUSTMENTS) return refuse('too-many-lines', { adjustments: adjustments.length, most: MOST_ADJUSTMENTS });
  const same = (field: 'orderNumber' | 'externalNumber' | 'buyerReference' | 'note') => (drafts.every((d) => d.draft[field] === first[field]) ? first[field] : '');
  return {
    ...first, lines, adjustments, orderNumber: same('orderNumber'), externalNumber: same('externalNumber'), buyerReference: same('buyerReference'), note: same('note'),
    labels: Object.fromEntries(Object.entries(first.labels).filter(([name, value]) => drafts.every((d) => d.draft.labels[name] === value))),
  };
}

/** A draft's own allowances and charges, percents as the amounts that they come to; those that come to nothing are left out. */
function adjustmentsOf({ lines, adjustments, currencyCode }: InvoiceContent): readonly DocumentAdjustment[] | Refusal<'total-out-of-range'> {
  const sum = totals(lines.map((line) => ({ ...line, taxRate: '0' })), [], currencyCode, { rounding: 'document', prices: 'net' }); // prices as they are stated, with tax or without
  if ('invalid' in sum) return refuse('total-out-of-range', { value: sum.value });
  return adjustments.flatMap((adjustment) => {
    if ('amount' in adjustment.size) return [adjustment];
    const amount = money(share(sum.lineTotal.minor, percentUnits(adjustment.size.percent), 1_000_000, 'half-up'), currencyCode);
    return amount.minor === 0 ? [] : [{ ...adjustment, size: { amount: formatMoney(amount) } }];
  });
}
