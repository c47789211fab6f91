// Whose credit a new day may change. A little too many is harmless: a review that changes nothing records nothing.
import { HoldReason } from '@ar/contracts/gen/ar/credit/v1/credit.js';
import { type Day, daysAfter } from '@ar/domain/day.js';
import type { Tx } from '@ar/runtime/forms.js';
import type { HoldPolicy } from '../domain/credit-check.js';

/**
 * Customers by id, those after `after`: with a reservation whose last day is over, with an item newly too long past due, with quiet days that ended
 * yesterday; on the first day of a new policy, all with a hold or something open.
 */
export async function toBeReviewed(tx: Tx, tenant: string, today: Day, policy: HoldPolicy, after: string, limit: number): Promise<readonly string[]> {
  const tooLate = policy.pastDueDays === 0 ? null : daysAfter(today, -policy.pastDueDays);
  const rows = await tx.query<{ customer: string }>(
    `select customer from (
       select customer from credit_account where tenant = $1 and first_expiry < $2
       union select customer from credit_account where tenant = $1 and quiet_until = $2::date - 1
       union select i.customer from open_item i left join credit_account a using (tenant, customer)
              where i.tenant = $1 and i.due_on < $3 and not coalesce($4 = any(a.hold_reasons), false)
                and i.open_minor > coalesce((select sum(d.minor) from disputed_part d where d.tenant = i.tenant and d.item_id = i.item_id), 0)
       union select customer from (select tenant, customer from credit_account union select tenant, customer from open_item) everyone
              where tenant = $1 and exists (select from policy where tenant = $1 and kind = 'creditHold' and held_from = $2 and version > 1)) due
      where customer > $5 order by customer limit $6`,
    [tenant, today, tooLate, HoldReason.PAST_DUE, after, limit]);
  return rows.map((r) => r.customer);
}
