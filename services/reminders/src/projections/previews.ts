// Where a customer stands with all that is open, and what would be sent on a day if nothing happened until then: the decision itself, on what was read.
import type { DunningCase, DunningItem, ReminderPreview } from '@ar/contracts/gen/ar/reminders/v1/dunning_service.js';
import { ReminderKind } from '@ar/contracts/gen/ar/reminders/v1/reminder.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import type { Day } from '@ar/domain/day.js';
import { comingMinor } from '@ar/domain/coming.js';
import { formatMoney, money, type Money } from '@ar/domain/money.js';
import { defaultPolicies, type Policies } from '@ar/domain/policies.js';
import type { Tx } from '@ar/runtime/forms.js';
import { delinquentDays, kindOf, levelOf, plan, remindedOf, stillFor } from '../domain/dunning.js';
import { wireKinds, wireSuppressed } from '../reminders.publisher.js';
import { historyOf } from './dunning-cases.js';
import { partiesOf } from './parties.js';
import { wholeStandingOf } from './standing.js';

const amountOf = ({ minor, currency }: Money): Amount => ({ currencyCode: currency, value: formatMoney({ minor, currency }) });

/** The latest open date and the policies that hold on it; undefined before the first day. */
async function inForce(tx: Tx, tenant: string): Promise<{ readonly today: Day; readonly dunning: Policies['dunning'] & { readonly version: number }; readonly calendar: Policies['calendar'] } | undefined> {
  const [day] = await tx.query<{ today: Day | null }>('select max(date) today from rt.business_date where tenant = $1', [tenant]);
  if (!day?.today) return undefined;
  const rows = await tx.query<{ kind: string; version: number; policy: object }>(
    `select distinct on (kind) kind, version, policy from policy where tenant = $1 and kind in ('dunning', 'calendar') and held_from <= $2::date order by kind, version desc`, [tenant, day.today]);
  const of = <K extends 'dunning' | 'calendar'>(kind: K) => { const row = rows.find((r) => r.kind === kind); return { ...defaultPolicies[kind], ...(row?.policy as Policies[K] | undefined), version: row?.version ?? 0 }; };
  return { today: day.today, dunning: of('dunning'), calendar: of('calendar') };
}

export async function getDunningCase(tx: Tx, tenant: string, customer: string): Promise<{ readonly dunningCase: DunningCase; readonly version: number } | undefined> {
  const [[parties], force] = [await partiesOf(tx, [{ tenant, customer }]), await inForce(tx, tenant)];
  if (!parties?.customer || !force) return undefined;
  const { history, dunning, version } = await historyOf(tx, tenant, customer);
  const { items } = await wholeStandingOf(tx, tenant, customer);
  return {
    version,
    dunningCase: {
      ...dunning, pauses: dunning.pauses.filter((p) => p.toDate >= force.today),
      items: items.map(({ itemId, documentNumber, dueOn, open, disputedMinor, promisedFor, undelivered, coming }): DunningItem => ({
        itemId, documentNumber, dueDate: dueOn, open: amountOf(open), disputed: amountOf(money(disputedMinor, open.currency)), promised: promisedFor !== '', coming: amountOf(money(comingMinor(coming ?? []), open.currency)),
        level: remindedOf(history, itemId).level, remindedBeforeDue: remindedOf(history, itemId).beforeDue, delinquentDays: delinquentDays(dueOn, force.today, stillFor(undelivered, history, force.dunning.remindUndelivered)),
      })),
    },
  };
}

interface Asked { readonly customer: string; readonly after: string; readonly size: number; dateOn(today: Day): Day }
interface Found { readonly previews: readonly ReminderPreview[]; readonly next: string; readonly date: Day; readonly policyVersion: number }

/** A page of customers for whom something is open, by id; `next` is the last one looked at, '' at the end. */
export async function previews(tx: Tx, tenant: string, { customer, after, size, dateOn }: Asked): Promise<Found | undefined> {
  const force = await inForce(tx, tenant);
  if (!force) return undefined;
  const date = dateOn(force.today);
  const rows = await tx.query<{ customer: string }>(`select distinct customer from open_item where tenant = $1 and customer > $2 and ($3 = '' or customer = $3) order by customer limit $4`, [tenant, after, customer, size + 1]);
  const page: ReminderPreview[] = [];
  for (const { customer: customerId } of rows.slice(0, size)) {
    const { history } = await historyOf(tx, tenant, customerId);
    const { items, suppressed } = plan({ standing: await wholeStandingOf(tx, tenant, customerId), history, policy: force.dunning, calendar: force.calendar, today: date });
    if (items.length === 0 && suppressed.every((s) => s.reason === 'not-due-for-a-message')) continue; // nothing to say about this customer
    page.push({
      customerId, kind: items.length === 0 ? ReminderKind.UNSPECIFIED : wireKinds[kindOf(items, date)], level: levelOf(items),
      items: items.map((i) => ({ ...i, amount: amountOf(i.amount) })), suppressed: wireSuppressed(suppressed.slice(0, 500)),
    });
  }
  return { previews: page, date, policyVersion: force.dunning.version, next: rows.length > size ? rows[size - 1]!.customer : '' };
}
