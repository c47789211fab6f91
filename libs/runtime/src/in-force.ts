// Which day it is for a tenant and what policy holds on it, for queries. Decisions are told by the runtime instead.
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies, type PoliciesInForce, type PolicyKind } from '@ar/domain/policies.js';
import type { Tx } from './forms.js';

export interface InForce<Kind extends PolicyKind> { readonly today: Day; readonly policy: PoliciesInForce[Kind] }

/** undefined before the tenant's first day was read. */
export async function inForce<Kind extends PolicyKind>(tx: Tx, tenant: string, kind: Kind): Promise<InForce<Kind> | undefined> {
  const [day] = await tx.query<{ today: Day | null }>('select max(date) today from rt.business_date where tenant = $1', [tenant]);
  if (!day?.today) return undefined;
  const [row] = await tx.query<{ version: number; policy: object }>('select version, policy from policy where tenant = $1 and kind = $2 and held_from <= $3 order by version desc limit 1', [tenant, kind, day.today]);
  return { today: day.today, policy: { ...defaultPolicies[kind], ...row?.policy, version: row?.version ?? 0 } as PoliciesInForce[Kind] };
}
