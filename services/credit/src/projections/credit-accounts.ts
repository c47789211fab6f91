// Limits, hold and reservations as answers show them, one row per customer.
import { type CreditAccount, type CreditHold, type Reservation, ReservationStatus } from '@ar/contracts/gen/ar/credit/v1/credit_service.js';
import { CreditLimitKind, HoldReason as WireReason } from '@ar/contracts/gen/ar/credit/v1/credit.js';
import type { EventType } from '@ar/contracts/registry.js';
import type { Day } from '@ar/domain/day.js';
import { moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { standingOf } from '../domain/credit-account.js';
import type { HoldReason, Limit, Standing } from '../domain/credit-check.js';

const read = [
  'ar.credit.credit_limit_set.v1', 'ar.credit.credit_reserved.v1', 'ar.credit.reservation_cancelled.v1', 'ar.credit.reservation_converted.v1', 'ar.credit.reservation_expired.v1',
  'ar.credit.credit_hold_placed.v1', 'ar.credit.credit_hold_released.v1',
] as const satisfies readonly EventType[];
type Read = (typeof read)[number];

/** The account, and the reservation that was touched last: a command on a reservation answers with it even when it no longer holds. */
export interface CreditAccountResource { readonly account: CreditAccount; readonly reservation: Reservation | null; /** Last quiet day after a release by hand. */ readonly quietUntil: Day }

export const creditAccountResource: Resource<CreditAccountResource> = { aggregate: 'credit-account', on: read, evolve: (before, event) => evolve(before, event as Consumed<Read>) };

export const emptyAccount = (customerId: string): CreditAccountResource => ({ account: { customerId, limits: [], hold: undefined, reservations: [] }, reservation: null, quietUntil: '' });

function evolve(before: CreditAccountResource | undefined, e: Consumed<Read>): CreditAccountResource {
  const { account, reservation, quietUntil } = before ?? emptyAccount(e.customer);
  const ended = (id: string, status: ReservationStatus): CreditAccountResource => {
    const held = account.reservations.find((r) => r.reservationId === id)!;
    return { account: { ...account, reservations: account.reservations.filter((r) => r !== held) }, reservation: { ...held, status }, quietUntil };
  };
  switch (e.type) {
    case 'ar.credit.credit_limit_set.v1': {
      const limit = e.data.limit!;
      const limits = [...account.limits.filter((l) => l.currencyCode !== limit.currencyCode), limit].sort((a, b) => (a.currencyCode < b.currencyCode ? -1 : 1));
      return { account: { ...account, limits }, reservation, quietUntil };
    }
    case 'ar.credit.credit_reserved.v1': {
      const { reservationId, customerId, amount, expiresOn, orderNumber } = e.data;
      const made: Reservation = { reservationId, customerId, amount, expiresOn, orderNumber, status: ReservationStatus.OPEN };
      return { account: { ...account, reservations: [...account.reservations, made] }, reservation: made, quietUntil };
    }
    case 'ar.credit.reservation_cancelled.v1': return ended(e.data.reservationId, ReservationStatus.CANCELLED);
    case 'ar.credit.reservation_converted.v1': return ended(e.data.reservationId, ReservationStatus.CONVERTED);
    case 'ar.credit.reservation_expired.v1': return ended(e.data.reservationId, ReservationStatus.EXPIRED);
    case 'ar.credit.credit_hold_placed.v1': {
      const { reasons, manual, trace, reason } = e.data;
      const hold: CreditHold = {
        reasons, placedOn: account.hold?.placedOn ?? e.recordedOn,
        trace: manual ? account.hold?.trace ?? [] : trace, reason: manual ? reason : account.hold?.reason ?? '',
      };
      return { account: { ...account, hold }, reservation, quietUntil };
    }
    case 'ar.credit.credit_hold_released.v1': return { account: { ...account, hold: undefined }, reservation, quietUntil: e.data.manual ? e.data.quietUntil : quietUntil };
  }
}

export const creditAccounts: Projection<Read> = {
  name: 'credit-accounts',
  ddl: `create table credit_account (
          tenant text, customer text, version bigint not null, resource jsonb not null,
          hold_reasons text[] not null, quiet_until date, first_expiry date,  -- first_expiry: last day of the reservation that expires first
          primary key (tenant, customer));
        create index on credit_account (tenant, first_expiry)`,
  on: read,
  async project(events, tx) {
    const ids = [...new Map(events.map((e) => [JSON.stringify([e.tenant, e.customer]), e])).values()];
    const rows = await tx.query<{ tenant: string; customer: string; resource: CreditAccountResource }>(
      'select tenant, customer, resource from credit_account join (select * from unnest($1::text[], $2::text[]) a(tenant, customer)) asked using (tenant, customer)', [ids.map((e) => e.tenant), ids.map((e) => e.customer)]);
    const now = new Map(rows.map((r) => [JSON.stringify([r.tenant, r.customer]), { resource: stored(r.resource), version: 0 }]));
    for (const e of events) {
      const key = JSON.stringify([e.tenant, e.customer]);
      now.set(key, { resource: evolve(now.get(key)?.resource, e), version: e.version });
    }
    const written = [...now].map(([key, { resource, version }]) => {
      const [tenant, customer] = JSON.parse(key) as [string, string];
      const firstExpiry = resource.account.reservations.map((r) => r.expiresOn).sort()[0] ?? null;
      return [tenant, customer, version, JSON.stringify(resource), `{${(resource.account.hold?.reasons ?? []).join()}}`, resource.quietUntil || null, firstExpiry] as const;
    });
    await tx.query(
      `insert into credit_account select tenant, customer, version, resource, hold_reasons::text[], quiet_until, first_expiry
         from unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[], $5::text[], $6::date[], $7::date[]) w(tenant, customer, version, resource, hold_reasons, quiet_until, first_expiry)
       on conflict (tenant, customer) do update set version = excluded.version, resource = excluded.resource, hold_reasons = excluded.hold_reasons, quiet_until = excluded.quiet_until, first_expiry = excluded.first_expiry`,
      [0, 1, 2, 3, 4, 5, 6].map((column) => written.map((row) => row[column])));
  },
};

/** JSON has no undefined: what is absent there is absent here. */
const stored = ({ account, ...rest }: CreditAccountResource): CreditAccountResource => ({ ...rest, account: { ...account, hold: account.hold ?? undefined } });

export interface CreditAccountRow { readonly resource: CreditAccountResource; readonly version: number }

/** undefined where nothing was ever decided about the customer. */
export async function creditAccountOf(tx: Tx, tenant: string, customer: string): Promise<CreditAccountRow | undefined> {
  const [row] = await tx.query<CreditAccountRow>('select resource, version from credit_account where tenant = $1 and customer = $2', [tenant, customer]);
  return row && { ...row, resource: stored(row.resource) };
}

const kinds: Readonly<Record<CreditLimitKind, Limit['kind'] | undefined>> = {
  [CreditLimitKind.AMOUNT]: 'amount', [CreditLimitKind.UNLIMITED]: 'unlimited', [CreditLimitKind.NONE]: 'none', [CreditLimitKind.UNSPECIFIED]: undefined, [CreditLimitKind.UNRECOGNIZED]: undefined,
};
const holdReasons: Readonly<Partial<Record<WireReason, HoldReason>>> = { [WireReason.MANUAL]: 'manual', [WireReason.OVER_LIMIT]: 'over-limit', [WireReason.PAST_DUE]: 'past-due' };

/** The account as the rules of a credit check look at it. */
export function standingIn({ account, quietUntil }: CreditAccountResource, today: Day): Standing {
  const limits = Object.fromEntries(account.limits.flatMap(({ currencyCode, kind: wire, amount }): [string, Limit][] => {
    const kind = kinds[wire];
    return kind === undefined ? [] : [[currencyCode, kind === 'amount' ? { kind, minor: moneyOf(amount).minor } : { kind }]];
  }));
  const reservations = Object.fromEntries(account.reservations.map((r) => [r.reservationId, { amount: { minor: moneyOf(r.amount).minor, currency: r.amount!.currencyCode }, expiresOn: r.expiresOn }]));
  return standingOf({ limits, reservations, holdReasons: (account.hold?.reasons ?? []).flatMap((r) => holdReasons[r] ?? []), quietUntil }, today);
}
