// Who should be called first, and why: points for each rule, added up.
//
// - Amount: per digit of what is past due, in whole units, from the second digit on; of several currencies the one with the most digits.
// - Days: one per so many days of the oldest item. Broken promises of 12 months. On credit hold. Without contact lately.
// - Minus the disputed share of what is past due; of several currencies the largest share, as different currencies do not add up.
// - Ties: the oldest due date, then the customer's id.
import { type Day, daysBetween } from '@ar/domain/day.js';
import { formatMoney, share } from '@ar/domain/money.js';
import type { PoliciesInForce } from '@ar/domain/policies.js';

export interface PastDue { readonly currency: string; readonly pastDueMinor: bigint; readonly disputedMinor: bigint }
export interface Ranked {
  readonly today: Day;
  readonly pastDue: readonly PastDue[];
  readonly oldestDueOn: Day;
  readonly brokenPromises: number;
  readonly onHold: boolean;
  /** '' : never. */
  readonly lastContactOn: Day;
}
export type PriorityRule = 'amount' | 'days' | 'broken-promises' | 'on-hold' | 'without-contact' | 'disputed';
export interface Points { readonly rule: PriorityRule; readonly points: number; readonly explanation: string }

const digitsOf = ({ pastDueMinor: minor, currency }: PastDue): number => formatMoney({ minor, currency }).split('.')[0]!.length;

/** Every rule, in order; 0 points are shown too. */
export function pointsOf({ today, pastDue, oldestDueOn, brokenPromises, onHold, lastContactOn }: Ranked, policy: PoliciesInForce['priority']): readonly Points[] {
  const largest = [...pastDue].sort((a, b) => digitsOf(b) - digitsOf(a) || (a.currency < b.currency ? -1 : 1))[0];
  const digits = largest ? digitsOf(largest) : 1;
  const days = oldestDueOn === '' ? 0 : Math.max(0, daysBetween(oldestDueOn, today));
  const silentDays = lastContactOn === '' ? null : daysBetween(lastContactOn, today);
  const silent = silentDays === null || silentDays >= policy.withoutContactDays;
  const disputed = Math.max(0, ...pastDue.filter((p) => p.pastDueMinor > 0n).map((p) => share(policy.disputedShare, p.disputedMinor < p.pastDueMinor ? p.disputedMinor : p.pastDueMinor, p.pastDueMinor, 'half-up')));
  const most = (points: number, at: number) => Math.min(points, at);
  return [
    { rule: 'amount', points: most(policy.perAmountDigit * (digits - 1), policy.amountMost), explanation: largest ? `${formatMoney({ minor: largest.pastDueMinor, currency: largest.currency })} ${largest.currency} past due: ${digits} digits` : 'nothing is past due' },
    { rule: 'days', points: policy.daysPerPoint === 0 ? 0 : most(Math.floor(days / policy.daysPerPoint), policy.daysMost), explanation: `the oldest item is ${days} days past due` },
    { rule: 'broken-promises', points: most(policy.perBrokenPromise * brokenPromises, policy.brokenPromisesMost), explanation: `${brokenPromises} promises broken in 12 months` },
    { rule: 'on-hold', points: onHold ? policy.onHold : 0, explanation: onHold ? 'credit is on hold' : 'credit is not on hold' },
    { rule: 'without-contact', points: silent ? policy.withoutContact : 0, explanation: silentDays === null ? 'nobody ever spoke to them' : `the last contact was ${silentDays} days ago` },
    { rule: 'disputed', points: disputed === 0 ? 0 : -disputed, explanation: disputed === 0 ? 'nothing that is past due is disputed' : 'a part of what is past due is disputed' },
  ];
}

export const priorityOf = (points: readonly Points[]): number => points.reduce((sum, p) => sum + p.points, 0);
