// Changes of due dates that wait for a second person, by the last day on which they can be approved.
import type { Day } from '@ar/domain/day.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';

const on = ['ar.invoicing.due_date_change_proposed.v1', 'ar.invoicing.due_date_change_approved.v1', 'ar.invoicing.due_date_change_refused.v1', 'ar.invoicing.due_date_change_expired.v1'] as const;

export const pendingDueDates: Projection<(typeof on)[number]> = {
  name: 'pending-due-dates',
  ddl: `create table pending_due_date (tenant text, invoice_id text, approval_id text, customer text not null, last_day date not null, primary key (tenant, invoice_id, approval_id));
  create index on pending_due_date (tenant, last_day)`,
  on,
  async project(events, tx) {
    for (const { type, tenant, customer, data } of events) {
      if (type === 'ar.invoicing.due_date_change_proposed.v1') await tx.query('insert into pending_due_date values ($1, $2, $3, $4, $5)', [tenant, data.invoiceId, data.approvalId, customer, data.lastDay]);
      else await tx.query('delete from pending_due_date where tenant = $1 and invoice_id = $2 and approval_id = $3', [tenant, data.invoiceId, data.approvalId]);
    }
  },
};

/** Invoices with a change that nobody can approve any more, those after `after`. */
export const toExpire = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ invoiceId: string; customer: string }>(
  'select invoice_id "invoiceId", min(customer) customer from pending_due_date where tenant = $1 and last_day < $2 and invoice_id > $3 group by 1 order by 1 limit $4', [tenant, today, after, limit]);
