// Words of the guard against wrong bills in the domain and in the contract.
import { FindingKind as WireKind } from '@ar/contracts/gen/ar/invoicing/v1/guard.js';
import { guardAction } from '@ar/runtime/policy-contract.js';
import { words } from '@ar/runtime/terms-contract.js';
import type { Finding, FindingKind } from './domain/billing-guard.js';

const findingKind = words<FindingKind, WireKind>({
  overcharged: WireKind.OVERCHARGED, 'not-comparable': WireKind.NOT_COMPARABLE, 'not-delivered': WireKind.NOT_DELIVERED, 'period-not-ended': WireKind.PERIOD_NOT_ENDED, duplicate: WireKind.DUPLICATE,
});
export const wireFindings = (findings: readonly Finding[]) => findings.map((f) => ({ ...f, kind: findingKind.wire(f.kind), action: guardAction.wire(f.action) }));
