// Business dates and the policies that hold on them: what every decision starts from.
import { LRUCache } from 'lru-cache';
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies, type PoliciesInForce, type PolicyKind } from '@ar/domain/policies.js';
import type { Client } from '@ar/event-store/store.js';
import type { Consumed } from './forms.js';
import { policiesOf, policyOf } from './policy-contract.js';

/** The event that opens a business day. */
export const DAY = 'ar.invoicing.business_day_opened.v1';

/** The stream in which a service that keeps books says from which day on they are open: each of its events has `openFrom`, '' where nothing is closed. */
export const BOOKS = 'period/ledger';

export interface OpenDates { /** '' before the first day was read */ of(tenant: string, partition: number): Day; latest(tenant: string): Day; /** The first day of the books that is open; '' while no period is closed. */ openFrom(tenant: string): Day }

interface DateRow { readonly tenant: string; readonly partition: number; readonly date: Day | null; readonly open_from: Day | null }
const askDates = async (client: Client, tenants: readonly string[], partitions: number, alone: readonly string[]): Promise<readonly DateRow[]> =>
  (await client.query<DateRow>({ name: 'rt.open_dates', text: 'select * from rt.open_dates($1, $2, $3)', values: [tenants, partitions, alone] })).rows;

function openDatesOf(rows: readonly DateRow[]): OpenDates {
  const dates = new Map(rows.map((r) => [`${r.tenant}/${r.partition}`, r.date ?? '']));
  const of = (tenant: string, partition: number) => dates.get(`${tenant}/${partition}`) ?? '';
  const open = new Map(rows.filter((r) => r.partition === 0).map((r) => [r.tenant, r.open_from ?? '']));
  return { of, openFrom: (tenant) => open.get(tenant) ?? '', latest: (tenant) => rows.reduce((latest, r) => (r.tenant === tenant && (r.date ?? '') > latest ? r.date! : latest), '') };
}

/** The open dates of a transaction: a tenant's are asked once, for they are held until its end; those of `alone` by nobody else. */
export type DatesHeld = (tenants: readonly string[], alone?: readonly string[]) => Promise<OpenDates>;
export function datesHeld(client: Client, partitions: number): DatesHeld {
  const held = new Set<string>();
  let rows: Parameters<typeof openDatesOf>[0] = [];
  return async (tenants, alone = []) => {
    const further = tenants.filter((t) => !held.has(t));
    if (further.length > 0) rows = [...rows, ...await askDates(client, further, partitions, alone)];
    further.forEach((t) => held.add(t));
    return openDatesOf(rows);
  };
}

/** What holds on an open day never changes: it is read once per process. */
export type PolicyCache = LRUCache<string, PoliciesInForce>;
export const policyCache = (): PolicyCache => new LRUCache({ max: 2_000 });

/** Policies in a partition on its open date, by the live projections; without a tenant, the defaults as version 0. */
export async function policiesOn(client: Client, cache: PolicyCache, tenant: string, partition: number, today: Day): Promise<PoliciesInForce> {
  const key = `${tenant}/${partition}/${today}`;
  const known = cache.get(key);
  if (known) return known;
  const { rows } = await client.query<{ kind: PolicyKind; version: number; policy: object }>(
    `select distinct on (kind) kind, version, policy from policy where tenant = $1 and partition = $2 and held_from <= nullif($3, '')::date order by kind, version desc`, [tenant, partition, today]);
  const policies = Object.fromEntries(Object.entries(defaultPolicies).map(([kind, policy]) => [kind, { ...policy, version: 0 }]));
  for (const { kind, version, policy } of rows) policies[kind] = { ...policy, version } as never;
  if (rows.length > 0) cache.set(key, policies as unknown as PoliciesInForce);
  return policies as unknown as PoliciesInForce;
}

/** What the runtime itself keeps of a tenant event. Policies hold from the first day opened after they were read and not before their own date. */
export async function keepPolicies(client: Client, partition: number, event: Consumed): Promise<void> {
  const insert = 'insert into policy (tenant, partition, kind, version, valid_from, policy) values ($1, $2, $3, $4, $5, $6) on conflict do nothing';
  if (event.type === 'ar.invoicing.tenant_registered.v1') {
    for (const [kind, policy] of Object.entries(policiesOf(event.data.policies))) await client.query(insert, [event.tenant, partition, kind, 1, event.recordedOn, JSON.stringify(policy)]);
  }
  if (event.type === 'ar.invoicing.policy_published.v1') {
    const { kind, policy, version, validFrom } = policyOf(event.data);
    await client.query(insert, [event.tenant, partition, kind, version, validFrom, JSON.stringify(policy)]);
  }
  if (event.type === 'ar.invoicing.business_day_opened.v1')
    await client.query('update policy set held_from = $3 where tenant = $1 and partition = $2 and held_from is null and valid_from <= $3', [event.tenant, partition, event.data.date]);
}

/** Own events of a partition from here on are of that day. Waits for every command decided on the day before. */
export async function openDay(client: Client, tenant: string, partition: number, date: Day): Promise<void> {
  await client.query('select rt.open_day($1, $2, $3)', [tenant, partition, date]);
}
