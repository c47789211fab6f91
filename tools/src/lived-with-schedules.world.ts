// The part of the four weeks that is about schedules, and about drafts that become one invoice: a customer of its own, whose invoices are due long after.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { registerCustomer } from '../../services/credit/src/credit.commands.js';
import { contentOf, lineOf } from '../../services/invoicing/src/domain/invoice.world.js';
import { createInvoiceDraft } from '../../services/invoicing/src/invoicing.commands.js';
import { consolidateDrafts, createSchedule, endSchedule, pauseSchedule, resumeSchedule, updateSchedule } from '../../services/invoicing/src/recurring.commands.js';
import type { FiveServices } from './five-services.world.js';

const CUSTOMER = 'c-scheduled';
const template = contentOf({ customerId: CUSTOMER, lines: [lineOf({ description: 'Rent' })], terms: { due: { netDays: 90 } } });
const weekly = (firstDate: Day) => ({ frequency: 'weekly', every: 1, firstDate, endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'in-advance' }) as const;

/** One that is due at once, one that begins in two days, one that cannot be issued; and two drafts as one invoice. */
export async function beginSchedules({ ask, readOn }: FiveServices, today: Day): Promise<void> {
  await ask('credit', registerCustomer, { customerId: CUSTOMER, personal: { name: 'Scheduled', address: null, invoiceEmail: '', reminderEmail: '', taxId: '' }, profile: { language: 'en', currencyCode: '', netDays: null, electronicAddress: '', buyerReference: '', segment: '', industry: '', labels: {} } });
  await readOn();
  await ask('invoicing', createSchedule, { scheduleId: 'sch_now', template, recurrence: weekly(today) });
  await ask('invoicing', createSchedule, { scheduleId: 'sch_soon', template, recurrence: { ...weekly(daysAfter(today, 2)), invoices: 2 } });
  await ask('invoicing', createSchedule, { scheduleId: 'sch_wrong', template: { ...template, terms: { due: { termsId: 'gone' } } }, recurrence: weekly(today) });
  for (const id of ['1', '2']) await ask('invoicing', createInvoiceDraft, { invoiceId: `inv_part${id}`, draft: { ...template, note: id } });
  await ask('invoicing', consolidateDrafts, { invoiceId: 'inv_together', draftIds: ['inv_part2', 'inv_part1'] });
}

export const pauseSchedules = ({ ask }: FiveServices) => ask('invoicing', pauseSchedule, { scheduleId: 'sch_now' });

/** The paused one catches up what it missed; the wrong one is mended, and catches up too. */
export async function resumeSchedules({ ask }: FiveServices): Promise<void> {
  await ask('invoicing', resumeSchedule, { scheduleId: 'sch_now', missed: 'catch-up' });
  await ask('invoicing', updateSchedule, { scheduleId: 'sch_wrong', changes: { terms: template.terms! } });
}

export const endSchedules = ({ ask }: FiveServices) => ask('invoicing', endSchedule, { scheduleId: 'sch_now' });
