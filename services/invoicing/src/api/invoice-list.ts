// What invoices may be asked for by, the same for a list, its totals and its export.
import { InvoiceResponseCode } from '@ar/contracts/gen/ar/invoicing/v1/invoice_response.js';
import { InvoiceStatus } from '@ar/contracts/gen/ar/invoicing/v1/invoice_service.js';
import { enumWord, type ListOf } from '@ar/platform/lists.js';

const text = (sql: string) => ({ sql, type: 'text' as const });
const date = (sql: string) => ({ sql, type: 'date' as const });
const { DRAFT, DISCARDED, CONSOLIDATED, ISSUED, PARTLY_PAID, PAID, CREDITED, WRITTEN_OFF, VOIDED } = InvoiceStatus;
const statusOf = enumWord([DRAFT, DISCARDED, CONSOLIDATED, ISSUED, PARTLY_PAID, PAID, CREDITED, WRITTEN_OFF, VOIDED], 'INVOICE_STATUS');

const responseOf = enumWord(InvoiceResponseCode, 'INVOICE_RESPONSE_CODE');

export const invoicesOf = (tenantId: string): ListOf => ({
  select: `select invoice_id page_id, invoice_id, customer_id, status, number, external_number, order_number, payment_reference, currency_code, issue_date, listed_on, due_date, total, total_minor, paid_minor, discounted_minor, credit_minor, written_off_minor, labels, response_code, resource
    from invoice where tenant = $1`,
  values: [tenantId],
  columns: {
    customer_id: text('customer_id'), status: { ...text('status'), value: statusOf }, currency_code: text('currency_code'), issue_date: date('issue_date'), due_date: date('due_date'), total: { sql: 'total', type: 'decimal' },
    number: text('number'), external_number: text('external_number'), order_number: text('order_number'), payment_reference: text('payment_reference'), response_code: { ...text('response_code'), value: responseOf }, labels: { sql: 'labels', type: 'labels' },
  },
  orders: { issue_date: date('listed_on'), number: text('number'), total: { sql: 'total_minor', type: 'number' } },
  order: 'issue_date',
});
