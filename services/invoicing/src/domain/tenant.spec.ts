import { describe, expect, it } from '@jest/globals';
import { defaultPolicies } from '@ar/domain/policies.js';
import { testing } from '@ar/domain/given.js';
import { printedNumber, tenant, type TenantCommand, type TenantEvent } from './tenant.js';
import { detailsOf } from './tenant.world.js';

const { given } = testing(tenant);
const details = detailsOf({ legalName: 'Acme GmbH' });
const register = { type: 'RegisterTenant', tenantId: 'acme', baseCurrency: 'EUR', timeZone: 'Europe/Berlin', details, policies: defaultPolicies, firstBusinessDay: '2026-03-02' } as const satisfies TenantCommand;
const registered: TenantEvent = { ...register, type: 'TenantRegistered' };
const opened = (date: string): TenantEvent => ({ type: 'BusinessDayOpened', tenantId: 'acme', date });
const publish = { type: 'PublishPolicy', kind: 'terms', policy: { terms: { netDays: 14, graceDays: 0, dueDateMoves: 'none', named: [] } }, validFrom: '2026-03-03' } as const satisfies TenantCommand;
const published: TenantEvent = { ...publish, type: 'PolicyPublished', tenantId: 'acme', version: 2 };
const update = { type: 'UpdateTenant', details: { ...details, legalName: 'Acme AG' } } as const satisfies TenantCommand;
const open = (date: string) => ({ type: 'OpenBusinessDay', date }) as const;

describe('a tenant that is not there yet', () => {
  it('is taken on, on its first day', () => given().when(register).then(registered, opened('2026-03-02')));
  it.each([update, publish, open('2026-03-03')])('knows nothing else: $type', (command) => given().when(command).thenRefused('tenant-not-found'));
});

describe('a tenant', () => {
  const taken = [registered, opened('2026-03-02')];
  it('is taken on once', () => given(...taken).when(register).thenRefused('tenant-exists'));
  it('changes what it says about itself', () => given(...taken).when(update).then({ type: 'TenantUpdated', tenantId: 'acme', details: update.details }));
  it('publishes the next version of a policy', () => given(...taken).when(publish).then(published));
  it('counts versions by kind', () => given(...taken, published).when({ ...publish, validFrom: '2026-03-09' }).then({ ...published, version: 3, validFrom: '2026-03-09' } as TenantEvent));
  it('publishes for later days only', () => given(...taken).when({ ...publish, validFrom: '2026-03-02' }).thenRefused('policy-valid-from-too-early'));
  it('opens the next day', () => given(...taken).when(open('2026-03-03')).then(opened('2026-03-03')));
  it('opens missed days one by one', () => given(...taken).when(open('2026-03-05')).then(opened('2026-03-03'), opened('2026-03-04'), opened('2026-03-05')));
  it('opens each day once', () => given(...taken).when(open('2026-03-02')).thenRefused('business-day-not-later'));
  it('opens at most a year at once', () => given(...taken).when(open('2027-03-04')).thenRefused('business-day-too-far'));
});

describe('a printed number', () => {
  it('has the prefix and digits of its series', () => expect(printedNumber([{ documentType: 'invoice', prefix: 'INV-', padding: 4 }], 'invoice', '2026', 42)).toBe('INV-2026-0042'));
  it('has a letter and five digits without one', () => expect([printedNumber([], 'invoice', '2026', 42), printedNumber([], 'credit-note', '2026', 1)]).toEqual(['R2026-00042', 'C2026-00001']));
  it('grows when it has to', () => expect(printedNumber([{ documentType: 'invoice', prefix: '', padding: 1 }], 'invoice', '2026', 123)).toBe('2026-123'));
});
