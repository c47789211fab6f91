// Everything invoicing can do, once.
import { daysAfter } from '@ar/domain/day.js';
import type { Service } from '@ar/runtime/forms.js';
import { publishBusinessTerms, recordAcknowledgement } from './business-terms.commands.js';
import { acknowledgements } from './domain/acknowledgements.js';
import { businessTerms } from './domain/business-terms.js';
import { approveDueDate, expireDueDates, refuseDueDate, rescheduleDueDate } from './due-dates.commands.js';
import { expireDaily } from './due-dates.reactions.js';
import { invoice } from './domain/invoice.js';
import { tenant } from './domain/tenant.js';
import { createInvoiceDraft, discardInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant, updateInvoiceDraft, updateTenant, voidInvoice } from './invoicing.commands.js';
import { publisher } from './invoicing.publisher.js';
import { acknowledgementsResource, businessTermsResource, businessTermsVersions } from './projections/business-terms.js';
import { invoiceResource, invoices } from './projections/invoices.js';
import { paid } from './projections/paid-instalments.js';
import { pendingDueDates } from './projections/pending-due-dates.js';
import { customers, tenantResource, tenants, tenantsBehind } from './projections/tenants.js';

export const invoicing: Service = {
  name: 'invoicing',
  aggregates: [tenant, invoice, businessTerms, acknowledgements],
  commands: [registerTenant, updateTenant, publishPolicy, openBusinessDay, createInvoiceDraft, updateInvoiceDraft, discardInvoiceDraft, issueInvoiceDraft, issueInvoice, voidInvoice, rescheduleDueDate, approveDueDate, refuseDueDate, expireDueDates, publishBusinessTerms, recordAcknowledgement],
  resources: [tenantResource, invoiceResource, businessTermsResource, acknowledgementsResource],
  reactions: [],
  daily: [expireDaily],
  projections: [tenants, customers, invoices, paid, pendingDueDates, businessTermsVersions],
  effects: [],
  publisher,
  clock: {
    open: openBusinessDay,
    behind: async (tx, today) => (await tenantsBehind(tx, today)).map(({ tenant: id, date }) => ({ tenant: id, date: daysAfter(date, 1), request: { tenantId: id, date: daysAfter(date, 1) } })),
  },
};
