// Invoices that wait for a second person, by the last day on which they can be approved.
import type { Day } from '@ar/domain/day.js';
import type { Projection, Tx } from '@ar/runtime/forms.js';

const on = ['ar.invoicing.invoice_issue_proposed.v1', 'ar.invoicing.invoice_issue_approved.v1', 'ar.invoicing.invoice_issue_refused.v1', 'ar.invoicing.invoice_issue_expired.v1'] as const;

export const pendingIssues: Projection<(typeof on)[number]> = {
  name: 'pending-issues',
  ddl: `create table pending_issue (tenant text, invoice_id text, customer text not null, last_day date not null, primary key (tenant, invoice_id));
  create index on pending_issue (tenant, last_day)`,
  on,
  async project(events, tx) {
    for (const { type, tenant, customer, data } of events) {
      if (type === 'ar.invoicing.invoice_issue_proposed.v1') await tx.query('insert into pending_issue values ($1, $2, $3, $4)', [tenant, data.invoiceId, customer, data.lastDay]);
      else await tx.query('delete from pending_issue where tenant = $1 and invoice_id = $2', [tenant, data.invoiceId]);
    }
  },
};

/** Invoices that nobody can approve any more, those after `after`. */
export const issuesToExpire = (tx: Tx, tenant: string, today: Day, after: string, limit: number) => tx.query<{ invoiceId: string; customer: string }>(
  'select invoice_id "invoiceId", customer from pending_issue where tenant = $1 and last_day < $2 and invoice_id > $3 order by invoice_id limit $4', [tenant, today, after, limit]);
