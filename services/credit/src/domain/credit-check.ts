// Whether a customer may owe more, rule by rule. One function for all who ask: a reservation, a question, an automatic hold.
//
// - Exposure of a currency = open items + reservations − unapplied cash, exact however large. Disputed items are in it.
// - The limit is per currency. Not set and none both mean 0; they differ in what the caller is told. Unlimited lets everything pass.
// - An undisputed item is too long past due when it is more days past due than policy allows; in the quiet days after a release by hand it does not count.
// - A hold outranks a limit. A hold by hand, or no limit, means no credit at all; anything else is a case for a person.
import { type Day, daysBetween } from '@ar/domain/day.js';
import { formatMoney } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';

export type Limit = { readonly kind: 'amount'; readonly minor: number } | { readonly kind: 'unlimited' } | { readonly kind: 'none' };
export type HoldReason = 'manual' | 'over-limit' | 'past-due';
export type HoldPolicy = PoliciesInForce['creditHold'];

/** What the log says is at risk with a customer in one currency. */
export interface Risk {
  readonly currency: string;
  readonly openMinor: bigint;
  readonly unappliedMinor: bigint;
  /** The undisputed item that is due first, if there is one; partly disputed ones count. */
  readonly oldest: { readonly itemId: string; readonly dueOn: Day } | null;
}

/** What the account itself says: limits and reservations by currency, and the hold. */
export interface Standing {
  readonly limits: Readonly<Record<string, Limit>>;
  readonly reservedMinor: Readonly<Record<string, bigint>>;
  readonly holdReasons: readonly HoldReason[];
  /** Last quiet day after a release by hand; '' when there was none. */
  readonly quietUntil: Day;
}

export type Rule = 'manual-hold' | 'limit-set' | 'limit' | 'past-due' | 'hold';
export interface RuleResult { readonly rule: Rule; readonly passed: boolean; readonly inputs: readonly { readonly name: string; readonly value: string }[]; readonly explanation: string }
export interface Asking { readonly standing: Standing; readonly risks: readonly Risk[]; readonly today: Day; readonly policy: HoldPolicy }

const result = (rule: Rule, passed: boolean, inputs: Readonly<Record<string, string>>, explanation: string): RuleResult =>
  ({ rule, passed, inputs: Object.entries(inputs).map(([name, value]) => ({ name, value })), explanation });

const nothing = (currency: string): Risk => ({ currency, openMinor: 0n, unappliedMinor: 0n, oldest: null });
export const riskIn = (risks: readonly Risk[], currency: string): Risk => risks.find((r) => r.currency === currency) ?? nothing(currency);

/** May be negative, when the customer has paid more than it owes. */
export const exposureMinor = ({ standing, risks }: Pick<Asking, 'standing' | 'risks'>, currency: string): bigint => {
  const { openMinor, unappliedMinor } = riskIn(risks, currency);
  return openMinor + (standing.reservedMinor[currency] ?? 0n) - unappliedMinor;
};

/** What the customer may owe in a currency; null: as much as it likes. */
export const limitMinor = (limit: Limit | undefined): number | null => (limit?.kind === 'unlimited' ? null : limit?.kind === 'amount' ? limit.minor : 0);

/** Days that the oldest undisputed item is past due, 0 when none is. */
export const daysPastDue = (risks: readonly Risk[], today: Day): number => Math.max(0, ...risks.flatMap((r) => (r.oldest ? [daysBetween(r.oldest.dueOn, today)] : [])));

export function limitRule(asking: Asking, currency: string, amountMinor: number): RuleResult {
  const limit = asking.standing.limits[currency];
  const most = limitMinor(limit);
  const exposure = exposureMinor(asking, currency);
  const text = (minor: number | bigint) => `${formatMoney({ minor, currency })} ${currency}`;
  const inputs = { exposure: text(exposure), amount: text(amountMinor), limit: most === null ? 'unlimited' : limit === undefined ? 'not set' : text(most) };
  if (most === null) return result('limit', true, inputs, `${text(exposure + BigInt(amountMinor))} without a limit`);
  const passed = exposure + BigInt(amountMinor) <= BigInt(most);
  return result('limit', passed, inputs, `exposure ${text(exposure)} and ${text(amountMinor)} are ${passed ? 'within' : 'above'} the limit of ${text(most)}`);
}

export function pastDueRule({ risks, standing, today, policy }: Asking): RuleResult {
  const [oldest] = risks.flatMap((r) => (r.oldest ? [r.oldest] : [])).sort((a, b) => (a.dueOn === b.dueOn ? (a.itemId < b.itemId ? -1 : 1) : a.dueOn < b.dueOn ? -1 : 1));
  const days = daysPastDue(risks, today);
  const inputs = { days_past_due: String(days), allowed: String(policy.pastDueDays), ...(oldest && days > 0 ? { item_id: oldest.itemId, due_date: oldest.dueOn } : {}) };
  if (policy.pastDueDays === 0) return result('past-due', true, inputs, 'the policy allows any delay');
  if (days <= policy.pastDueDays) return result('past-due', true, inputs, days === 0 ? 'no undisputed item is past due' : `item ${oldest!.itemId} is ${days} days past due, ${policy.pastDueDays} are allowed`);
  if (isQuiet(standing, today)) return result('past-due', true, { ...inputs, quiet_until: standing.quietUntil }, `item ${oldest!.itemId} is ${days} days past due, but a person released the hold until ${standing.quietUntil}`);
  return result('past-due', false, inputs, `item ${oldest!.itemId} is ${days} days past due, ${policy.pastDueDays} are allowed`);
}

export const isQuiet = ({ quietUntil }: Pick<Standing, 'quietUntil'>, today: Day): boolean => quietUntil !== '' && today <= quietUntil;

/** Every rule, in the order in which they are told. */
export function checkCredit(asking: Asking, currency: string, amountMinor: number): readonly RuleResult[] {
  const { limits, holdReasons } = asking.standing;
  const limit = limits[currency];
  const others = holdReasons.filter((r) => r !== 'manual');
  return [
    result('manual-hold', !holdReasons.includes('manual'), {}, holdReasons.includes('manual') ? 'a person stopped credit' : 'nobody stopped credit'),
    result('limit-set', limit !== undefined && limit.kind !== 'none', { limit: limit?.kind ?? 'not set' }, limit === undefined ? `no limit was ever set in ${currency}` : limit.kind === 'none' ? `no credit in ${currency}` : `a limit is set in ${currency}`),
    limitRule(asking, currency, amountMinor),
    pastDueRule(asking),
    result('hold', others.length === 0, others.length > 0 ? { reasons: others.join(', ') } : {}, others.length > 0 ? `on hold: ${others.join(', ')}` : 'no other hold is in force'),
  ];
}

export type Advice = 'approve' | 'hold' | 'reject';

export function adviceOf(results: readonly RuleResult[]): Advice {
  if (results.some((r) => !r.passed && (r.rule === 'manual-hold' || r.rule === 'limit-set'))) return 'reject';
  return results.every((r) => r.passed) ? 'approve' : 'hold';
}

/** The reasons for which rules hold credit now, and the rules behind them. In quiet days no reason is added to those in force. */
export function automaticHold(asking: Asking): { readonly reasons: readonly HoldReason[]; readonly trace: readonly RuleResult[] } {
  const { standing, risks, today, policy } = asking;
  const currencies = [...new Set([...risks.map((r) => r.currency), ...Object.keys(standing.reservedMinor)])].sort();
  const above = policy.overLimit ? currencies.map((currency) => limitRule(asking, currency, 0)).filter((r) => !r.passed) : [];
  const late = [pastDueRule(asking)].filter((r) => !r.passed);
  const may = (reason: HoldReason) => !isQuiet(standing, today) || standing.holdReasons.includes(reason);
  const found = [{ reason: 'over-limit', trace: above }, { reason: 'past-due', trace: late }] as const;
  const holding = found.filter(({ reason, trace }) => trace.length > 0 && may(reason));
  return { reasons: holding.map((h) => h.reason), trace: holding.flatMap((h) => h.trace) };
}
