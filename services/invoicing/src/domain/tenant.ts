// A selling legal entity: its books, its rules, its days (INV-05, X-11).
//
// - It is taken on once, on the day that the same append opens.
// - What it says about itself is replaced whole; base currency and time zone never change.
// - A policy is published by kind, with the next version of that kind, from a day after the open one. Its day is not changed afterwards.
// - Days follow each other without a gap; each is opened once.
import { daysAfter, daysBetween, type Day } from '@ar/domain/day.js';
import { refuse } from '@ar/domain/decider.js';
import type { Policies, PolicyKind } from '@ar/domain/policies.js';
import type { Aggregate } from '@ar/domain/aggregate.js';

export interface Address { readonly lines: readonly string[]; readonly postalCode: string; readonly city: string; readonly region: string; readonly countryCode: string }
export type DocumentType = 'invoice' | 'credit-note' | 'debit-note';
export interface DocumentSeries { readonly documentType: DocumentType; readonly prefix: string; readonly padding: number }
export interface TenantDetails {
  readonly legalName: string; readonly address?: Address; readonly taxId: string; readonly iban: string; readonly sender: string; readonly series: readonly DocumentSeries[];
  readonly bic: string; readonly registration: string; readonly electronicAddress: string; readonly contactName: string; readonly contactPhone: string; readonly contactEmail: string;
  /** Base64. */
  readonly logo: string; readonly headerText: string; readonly footerText: string;
}

export type TenantEvent =
  | { type: 'TenantRegistered'; tenantId: string; baseCurrency: string; timeZone: string; details: TenantDetails; policies: Policies; firstBusinessDay: Day }
  | { type: 'TenantUpdated'; tenantId: string; details: TenantDetails }
  | { type: 'PolicyPublished'; tenantId: string; kind: PolicyKind; version: number; validFrom: Day; policy: Partial<Policies> }
  | { type: 'BusinessDayOpened'; tenantId: string; date: Day };

export type TenantCommand =
  | { type: 'RegisterTenant'; tenantId: string; baseCurrency: string; timeZone: string; details: TenantDetails; policies: Policies; firstBusinessDay: Day }
  | { type: 'UpdateTenant'; details: TenantDetails }
  | { type: 'PublishPolicy'; kind: PolicyKind; policy: Partial<Policies>; validFrom: Day }
  | { type: 'OpenBusinessDay'; date: Day };

export type TenantRefusal = 'tenant-exists' | 'tenant-not-found' | 'policy-valid-from-too-early' | 'business-day-not-later' | 'business-day-too-far';

/** `none` until it is taken on. */
export type TenantState =
  | { readonly status: 'none' }
  | { readonly status: 'taken-on'; readonly tenantId: string; readonly date: Day; readonly series: readonly DocumentSeries[]; readonly versions: Readonly<Partial<Record<PolicyKind, number>>> };

/** The most days that one command opens. */
export const DAYS_AT_ONCE = 366;

export const tenant: Aggregate<TenantState, TenantCommand, TenantEvent, TenantRefusal> = {
  type: 'tenant',
  initial: { status: 'none' },
  customer: () => '',

  decide(command, state) {
    if (command.type === 'RegisterTenant') {
      if (state.status !== 'none') return refuse('tenant-exists', { tenantId: command.tenantId });
      return [{ ...command, type: 'TenantRegistered' }, { type: 'BusinessDayOpened', tenantId: command.tenantId, date: command.firstBusinessDay }];
    }
    if (state.status === 'none') return refuse('tenant-not-found');
    const { tenantId, date, versions } = state;
    switch (command.type) {
      case 'UpdateTenant': return [{ type: 'TenantUpdated', tenantId, details: command.details }];
      case 'PublishPolicy':
        if (command.validFrom <= date) return refuse('policy-valid-from-too-early', { validFrom: command.validFrom, businessDate: date });
        return [{ type: 'PolicyPublished', tenantId, kind: command.kind, version: (versions[command.kind] ?? 0) + 1, validFrom: command.validFrom, policy: command.policy }];
      case 'OpenBusinessDay': {
        const days = daysBetween(date, command.date);
        if (days <= 0) return refuse('business-day-not-later', { date: command.date, businessDate: date });
        if (days > DAYS_AT_ONCE) return refuse('business-day-too-far', { date: command.date, businessDate: date, most: DAYS_AT_ONCE });
        return Array.from({ length: days }, (_, i) => ({ type: 'BusinessDayOpened', tenantId, date: daysAfter(date, i + 1) }));
      }
    }
  },

  evolve(state, event) {
    if (event.type === 'TenantRegistered')
      return { status: 'taken-on', tenantId: event.tenantId, date: event.firstBusinessDay, series: event.details.series, versions: Object.fromEntries(Object.keys(event.policies).map((kind) => [kind, 1])) };
    if (state.status === 'none') return state;
    switch (event.type) {
      case 'TenantUpdated': return { ...state, series: event.details.series };
      case 'PolicyPublished': return { ...state, versions: { ...state.versions, [event.kind]: event.version } };
      case 'BusinessDayOpened': return { ...state, date: event.date };
    }
  },
};

/** The number of a document as it is printed: prefix, year, dash, padded number. A type without a series of its own is numbered `R`, `C` or `D` with 5 digits. */
export function printedNumber(series: readonly DocumentSeries[], documentType: DocumentType, year: string, number: number): string {
  const own = series.find((s) => s.documentType === documentType);
  return `${own?.prefix ?? defaultPrefix[documentType]}${year}-${String(number).padStart(own?.padding ?? 5, '0')}`;
}
/** Types of documents whose numbers would read the same. */
export const samePrefix = (series: readonly DocumentSeries[]): boolean => {
  const prefixes = (Object.keys(defaultPrefix) as DocumentType[]).map((type) => series.find((s) => s.documentType === type)?.prefix ?? defaultPrefix[type]);
  return new Set(prefixes).size < prefixes.length;
};
const defaultPrefix: Readonly<Record<DocumentType, string>> = { invoice: 'R', 'credit-note': 'C', 'debit-note': 'D' };
