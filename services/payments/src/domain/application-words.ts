// What a rule did, in words.
import { formatMoney } from '@ar/domain/money.js';
import type { Step } from './cash-application.js';
import { MOST_COMBINED } from './clearing.js';
import { reasonsOf, totalOf } from './matching.js';

/** A step in words. */
export function explain({ adviceId, ...step }: Step, currency: string): string {
  return adviceId === undefined ? inWords(step, currency) : `by the remittance advice ${adviceId}: ${inWords(step, currency)}`;
}

function inWords({ reason, minor, candidates, references, applied, heldMinor, sumMinor, difference, surplusMinor, match }: Step, currency: string): string {
  const sum = (amount: number) => `${formatMoney({ minor: amount, currency })} ${currency}`;
  const named = references.join(', ');
  if (match) return `${sum(minor)} to apply: ${sum(match.minor)} to ${match.itemId} with ${totalOf(match.points)} points; ${reasonsOf(match, currency).join('; ')}`;
  switch (reason) {
    case 'applied': return `${sum(minor)} to apply, ${candidates} open: ${applied.map((a) => `${sum(a.minor)} to ${a.itemId}`).join(', ')}${named ? ` for ${named}` : ''}${heldMinor > 0 ? `; ${sum(heldMinor)} wait` : ''}${difference ? `; ${sum(difference.minor)} less on ${difference.itemId}, ${difference.of === 'bank-charges' ? 'as a bank takes' : 'within the tolerance'}, written off` : ''}${surplusMinor ? `; ${sum(surplusMinor)} too much, within the tolerance, booked as a gain` : ''}`;
    case 'nothing-named': return 'the payer names no document that is known here';
    case 'named-not-open': return `${named}: known, but nothing of it is open`;
    case 'held-for-unknown-document': return `${named}: ${sum(heldMinor)} wait for a document that is not known yet`;
    case 'still-held': return `${sum(heldMinor)} still wait for ${named}`;
    case 'no-item-of-exactly-that': return `none of ${candidates} open items is payable with exactly ${sum(minor)}`;
    case 'nothing-payable': return `${sum(minor)} to apply, but no open item is payable`;
    case 'first-item-does-not-fit': return `${sum(minor)} do not cover the oldest of ${candidates} open items, and parts are not allowed`;
    case 'sum-differs': return `${candidates} items are open with ${sum(sumMinor ?? 0)} together, not with ${sum(minor)}`;
    case 'no-group-of-exactly-that': return `none of the groups past due, ${sum(sumMinor ?? 0)} together, is open with ${sum(minor)}`;
    case 'no-combination': return `no choice of ${candidates} items sums to ${sum(minor)}`;
    case 'several-combinations': return `several choices of ${candidates} items sum to ${sum(minor)}`;
    case 'search-given-up': return `${candidates} items are more than the ${MOST_COMBINED} that choices are looked for among`;
    case 'nothing-left-to-apply': return 'all that is left waits for named documents';
  }
}
