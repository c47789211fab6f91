// On which days a schedule issues, on the wire and in the domain.
import { Frequency as WireFrequency, ServicePeriod, type Recurrence as WireRecurrence } from '@ar/contracts/gen/ar/invoicing/v1/schedule.js';
import { words } from '@ar/runtime/terms-contract.js';
import type { Frequency, Recurrence } from './domain/recurrence.js';

export const frequencies = words<Frequency, WireFrequency>({ weekly: WireFrequency.WEEKLY, monthly: WireFrequency.MONTHLY, quarterly: WireFrequency.QUARTERLY, yearly: WireFrequency.YEARLY });
export const servicePeriods = words<Recurrence['servicePeriod'], ServicePeriod>({ none: ServicePeriod.UNSPECIFIED, 'in-advance': ServicePeriod.IN_ADVANCE, 'in-arrears': ServicePeriod.IN_ARREARS });

export const wireRecurrence = ({ frequency, every, firstDate, endOfMonth, lastDate, invoices, servicePeriod }: Recurrence): WireRecurrence => ({
  frequency: frequencies.wire(frequency), every, firstDate, endOfMonth, servicePeriod: servicePeriods.wire(servicePeriod),
  until: lastDate !== '' ? { $case: 'lastDate', value: lastDate } : invoices > 0 ? { $case: 'invoices', value: invoices } : undefined,
});

/** As it was checked when it came in. */
export const recurrenceOf = ({ frequency, every, firstDate, endOfMonth, until, servicePeriod }: WireRecurrence): Recurrence => ({
  frequency: frequencies.word(frequency), every, firstDate, endOfMonth, servicePeriod: servicePeriods.word(servicePeriod),
  lastDate: until?.$case === 'lastDate' ? until.value : '', invoices: until?.$case === 'invoices' ? until.value : 0,
});

/** A refusal as a caller would be told it: `terms-not-found` is TERMS_NOT_FOUND. */
export const reasonOf = (refused: string): string => refused.toUpperCase().replaceAll('-', '_');
