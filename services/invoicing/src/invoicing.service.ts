// Everything invoicing can do, once.
import { daysAfter } from '@ar/domain/day.js';
import type { Service } from '@ar/runtime/forms.js';
import { invoice } from './domain/invoice.js';
import { invoiceSchedule } from './domain/invoice-schedule.js';
import { tenant } from './domain/tenant.js';
import { createInvoiceDraft, discardInvoiceDraft, issueInvoice, issueInvoiceDraft, openBusinessDay, publishPolicy, registerTenant, updateInvoiceDraft, updateTenant, voidInvoice } from './invoicing.commands.js';
import { publisher } from './invoicing.publisher.js';
import { issueSchedules, reactions } from './invoicing.reactions.js';
import { invoiceResource, invoices } from './projections/invoices.js';
import { scheduleResource, schedules } from './projections/schedules.js';
import { customers, tenantResource, tenants, tenantsBehind } from './projections/tenants.js';
import { consolidateDrafts, createSchedule, endSchedule, issueScheduled, pauseSchedule, resumeSchedule, updateSchedule } from './recurring.commands.js';

export const invoicing: Service = {
  name: 'invoicing',
  aggregates: [tenant, invoice, invoiceSchedule],
  commands: [registerTenant, updateTenant, publishPolicy, openBusinessDay, createInvoiceDraft, updateInvoiceDraft, discardInvoiceDraft, issueInvoiceDraft, issueInvoice, voidInvoice, consolidateDrafts, createSchedule, updateSchedule, pauseSchedule, resumeSchedule, endSchedule, issueScheduled],
  resources: [tenantResource, invoiceResource, scheduleResource],
  reactions,
  daily: [issueSchedules],
  projections: [tenants, customers, invoices, schedules],
  effects: [],
  publisher,
  clock: {
    open: openBusinessDay,
    behind: async (tx, today) => (await tenantsBehind(tx, today)).map(({ tenant: id, date }) => ({ tenant: id, date: daysAfter(date, 1), request: { tenantId: id, date: daysAfter(date, 1) } })),
  },
};
