// What a customer is reminded of, and what not (REM-01 to REM-04, REM-07, REM-08).
//
// - An item is reminded of once before it is due, then once per level, when it is past due for the days of that level: one level up per message.
// - One message lists all that is past due and may be asked for, with the amounts open now: not only the items that caused it.
// - What is disputed is left out, to the cent; a promised item is left out until the promise is judged; cash on account counts, oldest items first.
// - What a direct debit collects, or a receipt that is not cash yet covers, is left out as long as it is under way (`@ar/domain/coming`).
// - A pause stops messages, and its days do not count as days past due. So does a document that could not be delivered, for its items, unless policy reminds of it.
//   Its days end before the one on which it left anew.
// - Messages go out on working days, not too soon after the last one, and only above the minimum in a currency.
// - Whatever is left out is left out with a reason.
import { isWorkingDay, type Calendar } from '@ar/domain/calendar.js';
import { type Coming, comingMinor, explainComing } from '@ar/domain/coming.js';
import { type Day, daysAfter, daysBetween } from '@ar/domain/day.js';
import { formatMoney, type Money, money, type Sum, thresholdMinor } from '@ar/domain/money.js';
import type { Policies } from '@ar/domain/policies.js';

export interface OpenItem { readonly itemId: string; readonly documentNumber: string; readonly dueOn: Day; readonly open: Money; readonly disputedMinor: number; /** Day of a promise that stands; '' without one. */ readonly promisedFor: Day | ''; /** When its document was undelivered; `to` is '' while it is. */ readonly undelivered: readonly Undelivered[]; /** What is under way to pay it; absent: nothing. */ readonly coming?: readonly Coming[] }
export interface Undelivered { readonly from: Day; readonly to: Day | '' }
export interface Reminded { readonly level: number; readonly beforeDue: boolean }
export interface Pause { readonly pauseId: string; readonly from: Day; readonly to: Day; readonly reason: string; readonly resumed: boolean }
/** What was said before. */
export interface History { readonly reminded: Readonly<Record<string, Reminded>>; readonly lastOn: Day | ''; readonly pauses: readonly Pause[] }
/** What is open now: items up to the last that may be reminded of, and unapplied cash by currency, in minor units, exact however large. */
export interface Standing { readonly items: readonly OpenItem[]; readonly cash: Readonly<Record<string, bigint>> }

export type HeldFor =
  | 'paid' | 'unapplied-cash' | 'disputed' | 'promised' | 'being-collected' | 'pending-receipt' | 'paused' | 'no-address' | 'below-minimum' | 'too-soon' | 'not-a-working-day' | 'undelivered' | 'already-sent' | 'not-due-for-a-message';
export type Kind = 'before-due' | 'past-due';
export interface ReminderItem { readonly itemId: string; readonly documentNumber: string; readonly dueDate: Day; readonly amount: Money; readonly level: number }
export interface SuppressedItem { readonly itemId: string; readonly documentNumber: string; readonly reason: HeldFor; readonly explanation: string }
/** No items: nothing is sent. */
export interface Plan { readonly items: readonly ReminderItem[]; readonly suppressed: readonly SuppressedItem[] }

type Dunning = Policies['dunning'];
export interface Asking { readonly standing: Standing; readonly history: History; readonly policy: Dunning; readonly calendar: Calendar; readonly today: Day }

/** A message lists at most so many items, oldest first; what is left is asked for in the next one. */
export const MOST_ITEMS = 500;

const never: Reminded = { level: 0, beforeDue: false };
export const remindedOf = (history: History, itemId: string): Reminded => (Object.hasOwn(history.reminded, itemId) ? history.reminded[itemId]! : never);
export const levelOf = (items: readonly ReminderItem[]): number => items.reduce((most, i) => Math.max(most, i.level), 0);
export const kindOf = (items: readonly ReminderItem[], on: Day): Kind => (items.some((i) => i.dueDate < on) ? 'past-due' : 'before-due');
export const pauseOn = (pauses: readonly Pause[], day: Day): Pause | undefined => pauses.find((p) => p.from <= day && day <= p.to);

/** Days past due on a day, less those on which the clock stood still; 0 before. */
export function delinquentDays(dueOn: Day, today: Day, still: readonly { readonly from: Day; readonly to: Day | '' }[]): number {
  let counted = dueOn; // the last day that is counted, or did not count
  let days = 0;
  for (const { from, to } of still.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = to === '' || to > today ? today : to;
    if (from > today) break;
    if (last <= counted) continue;
    days += Math.max(0, daysBetween(counted, from) - 1);
    counted = last;
  }
  return days + Math.max(0, daysBetween(counted, today));
}

/** When the clock of an item stood still. */
export const stillFor = (undelivered: readonly Undelivered[], { pauses }: History, remindUndelivered: boolean): readonly Undelivered[] => (remindUndelivered ? pauses : [...pauses, ...undelivered]);

/** Sums by currency, in the order of their first item: exact, also where items are together more than any amount. */
export function totalsOf(items: readonly Pick<ReminderItem, 'amount'>[]): readonly Sum[] {
  const sums = new Map<string, bigint>();
  for (const { amount } of items) sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + BigInt(amount.minor));
  return [...sums].map(([currency, minor]) => ({ minor, currency }));
}

type Held = { readonly reason: HeldFor; readonly explanation: string };

/** What of each item may be asked for, or why nothing of it; in the order of due dates. Cash on account covers the oldest first, each whole or not at all. */
function claims({ items, cash }: Standing, { remindUndelivered }: Dunning): readonly { readonly item: OpenItem; readonly amount: Money; readonly held: Held | undefined }[] {
  const left = { ...cash };
  return [...items].sort((a, b) => (a.dueOn + a.itemId < b.dueOn + b.itemId ? -1 : 1)).map((item) => {
    const { currency, minor } = item.open;
    const coming = item.coming ?? [];
    const undisputed = Math.max(0, minor - item.disputedMinor);
    const amount = money(Math.max(0, undisputed - comingMinor(coming)), currency);
    const covered = left[currency] ?? 0n;
    const held = ((): Held | undefined => {
      if (minor <= 0) return { reason: 'paid', explanation: `nothing of ${item.documentNumber} is open` };
      if (undisputed === 0) return { reason: 'disputed', explanation: `all that is open of ${item.documentNumber}, ${text(item.open)}, is disputed` };
      if (item.promisedFor !== '') return { reason: 'promised', explanation: `${item.documentNumber} is promised for ${item.promisedFor}, and the promise is not judged yet` };
      if (amount.minor === 0) return { reason: coming[0]?.by === 'receipt' ? 'pending-receipt' : 'being-collected', explanation: explainComing(coming, currency, item.documentNumber) };
      const since = remindUndelivered ? undefined : item.undelivered.find((u) => u.to === '');
      if (since) return { reason: 'undelivered', explanation: `${item.documentNumber} could not be delivered: its clock stands still since ${since.from}` };
      if (covered < amount.minor) return undefined;
      left[currency] = covered - BigInt(amount.minor);
      return { reason: 'unapplied-cash', explanation: `unapplied cash of ${text({ minor: covered, currency })} covers the ${text(amount)} of ${item.documentNumber}` };
    })();
    return { item, amount, held };
  });
}

/** Whether a day is one to remind of an item, and at which level; otherwise why not. */
function trigger({ itemId, documentNumber, dueOn, undelivered }: OpenItem, { history, policy: { beforeDueDays, levels, remindUndelivered }, today }: Asking): { readonly level: number } | Held {
  const { level, beforeDue } = remindedOf(history, itemId);
  const due = `${documentNumber} is due on ${dueOn}`;
  if (today <= dueOn) {
    if (beforeDueDays === 0) return { reason: 'not-due-for-a-message', explanation: `${due}; there are no reminders before that` };
    if (today < daysAfter(dueOn, -beforeDueDays)) return { reason: 'not-due-for-a-message', explanation: `${due}; it is reminded of from ${daysAfter(dueOn, -beforeDueDays)} on` };
    return beforeDue ? { reason: 'already-sent', explanation: `${due}; the reminder before that was sent` } : { level: 0 };
  }
  const days = delinquentDays(dueOn, today, stillFor(undelivered, history, remindUndelivered));
  const next = levels[level];
  const reached = `${documentNumber} is ${days} days past due and at level ${level}`;
  if (next === undefined) return { reason: 'already-sent', explanation: `${reached}, the last` };
  if (days >= next) return { level: level + 1 };
  return { reason: level === 0 ? 'not-due-for-a-message' : 'already-sent', explanation: `${reached}; level ${level + 1} begins at ${next} days` };
}

/** Why nothing at all is sent on a day, if so. */
function silent({ history, policy, calendar, today }: Asking): Held | undefined {
  const pause = pauseOn(history.pauses, today);
  if (pause) return { reason: 'paused', explanation: `reminders are paused from ${pause.from} to ${pause.to}: ${pause.reason}` };
  if (policy.workingDaysOnly && !isWorkingDay(today, calendar)) return { reason: 'not-a-working-day', explanation: `${today} is not a working day` };
  if (history.lastOn !== '' && daysBetween(history.lastOn, today) < policy.minDaysBetween)
    return { reason: 'too-soon', explanation: `the last message was on ${history.lastOn}; the next may go on ${daysAfter(history.lastOn, policy.minDaysBetween)}` };
  return undefined;
}

/** What a message of this day lists, and what is left out. */
export function plan(asking: Asking): Plan {
  const { standing, history, policy, today } = asking;
  const suppressed: SuppressedItem[] = [];
  const leave = ({ itemId, documentNumber }: OpenItem, held: Held) => { suppressed.push({ itemId, documentNumber, reason: held.reason, explanation: held.explanation }); };
  const wanted: { readonly item: OpenItem; readonly line: ReminderItem; readonly why: Held | undefined }[] = [];
  const quiet = silent(asking);
  for (const { item, amount, held } of claims(standing, policy)) {
    const due = trigger(item, asking);
    const why = 'level' in due ? undefined : due;
    if (why && (today <= item.dueOn || quiet)) leave(item, why);
    else if (held ?? quiet) leave(item, (held ?? quiet)!);
    else wanted.push({ item, why, line: { itemId: item.itemId, documentNumber: item.documentNumber, dueDate: item.dueOn, amount, level: 'level' in due ? due.level : remindedOf(history, item.itemId).level } });
  }
  const small = belowMinimum(wanted.map((w) => w.line), policy);
  const listed = wanted.filter(({ item, line }) => {
    const held = small.get(line.amount.currency);
    if (held) leave(item, held);
    return !held;
  });
  if (listed.some((l) => l.why === undefined)) return { items: foremost(listed), suppressed };
  for (const { item, why } of listed) leave(item, why!);
  return { items: [], suppressed };
}

/** The items that cause the message are never the ones that find no room in it. */
function foremost(listed: readonly { readonly line: ReminderItem; readonly why: Held | undefined }[]): readonly ReminderItem[] {
  if (listed.length <= MOST_ITEMS) return listed.map((l) => l.line);
  const kept = new Set([...listed.filter((l) => l.why === undefined), ...listed.filter((l) => l.why !== undefined)].slice(0, MOST_ITEMS));
  return listed.filter((l) => kept.has(l)).map((l) => l.line);
}

function belowMinimum(lines: readonly ReminderItem[], { minimum }: Dunning): ReadonlyMap<string, Held> {
  return new Map(totalsOf(lines).flatMap((total): [string, Held][] => {
    const least = money(thresholdMinor(minimum, total.currency), total.currency);
    return total.minor >= least.minor ? [] : [[total.currency, { reason: 'below-minimum', explanation: `${text(total)} in all is less than ${text(least)}` }]];
  }));
}

/** Whether an item says something new: a level not reached yet, or the first word before it is due. */
export function isNews({ itemId, level, dueDate }: ReminderItem, history: History, requestedOn: Day): boolean {
  const before = remindedOf(history, itemId);
  return level > before.level || (requestedOn <= dueDate && !before.beforeDue);
}

/** A requested message, decided again: what is left of it, with the amounts open now. An item whose due date was moved is left out: its new one causes a message of its own. Without anything new left, nothing is; a message that a person repeats need not be news. */
export function recheck(requested: { readonly items: readonly ReminderItem[]; readonly requestedOn: Day; readonly repeated?: boolean }, { standing, history, policy, today }: Asking): Plan {
  const suppressed: SuppressedItem[] = [];
  const now = new Map(claims(standing, policy).map((c) => [c.item.itemId, c]));
  const pause = pauseOn(history.pauses, today);
  const left = requested.items.flatMap((asked): ReminderItem[] => {
    const { itemId, documentNumber } = asked;
    const claim = now.get(itemId);
    const moved: Held | undefined = claim && claim.item.dueOn !== asked.dueDate ? { reason: 'not-due-for-a-message', explanation: `${documentNumber} is due on ${claim.item.dueOn}; when the message was requested it was due on ${asked.dueDate}` } : undefined;
    const held: Held | undefined = claim ? claim.held ?? moved ?? (pause && { reason: 'paused', explanation: `reminders are paused from ${pause.from} to ${pause.to}: ${pause.reason}` })
      : { reason: 'paid', explanation: `nothing of ${documentNumber} is open any more; when the message was requested it was ${text(asked.amount)}` };
    if (held) { suppressed.push({ itemId, documentNumber, ...held }); return []; }
    return [{ ...asked, amount: claim!.amount }];
  });
  const small = belowMinimum(left, policy);
  const items = left.filter(({ itemId, documentNumber, amount }) => {
    const held = small.get(amount.currency);
    if (held) suppressed.push({ itemId, documentNumber, ...held });
    return !held;
  });
  return { items: requested.repeated || items.some((i) => isNews(i, history, requested.requestedOn)) ? items : [], suppressed };
}

const text = (amount: Money | Sum): string => `${formatMoney(amount)} ${amount.currency}`;
