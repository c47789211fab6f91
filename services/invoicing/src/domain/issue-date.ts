// On which day a document of a numbered series may be issued: in the order of its series, not in the future, and at most a year late.
import { daysAfter, type Day } from '@ar/domain/day.js';
import { refuse, type Refusal } from '@ar/domain/decider.js';

export type IssueDateRefusal = 'issue-date-before-last' | 'issue-date-in-future' | 'issue-date-too-early';

/** Of a whole year a document may be late, not of more: what is older is a slip of the pen, and would open a series nobody expects. */
export const MOST_DAYS_BACK = 366;

/** Why a document may not be issued on that day; `lastIssueDate` is that of the last one of its series. */
export function refusedIssueDate(issueDate: Day, today: Day, lastIssueDate: Day | null): Refusal<IssueDateRefusal> | undefined {
  const earliest = daysAfter(today, -MOST_DAYS_BACK);
  if (issueDate > today) return refuse('issue-date-in-future', { issueDate, businessDate: today });
  if (issueDate < earliest) return refuse('issue-date-too-early', { issueDate, businessDate: today, earliest });
  if (lastIssueDate !== null && issueDate < lastIssueDate) return refuse('issue-date-before-last', { issueDate, lastIssueDate });
  return undefined;
}

/** The day a document is issued on, and what counts as today for it. A new day reaches the tenant's customers one after the other: who names no date is not refused for a neighbour who has it already. */
export function issueDateOf(asked: Day | '', businessDate: Day, lastIssueDate: Day | null): { readonly issueDate: Day; readonly today: Day } {
  const today = asked === '' && lastIssueDate !== null && lastIssueDate > businessDate ? lastIssueDate : businessDate;
  return { issueDate: asked || today, today };
}
