// When an event counts. What is decided for a day in a closed period counts from the first open day instead, and keeps its own day; so do the parts of an event that have days of
// their own. Later days stay later: what may not count before something else still does not.
import type { Typed } from './aggregate.js';
import type { Day } from './day.js';

/** The day that an event was decided for, where its period was closed; absent: it counts on that day. */
export interface Counted { readonly originalOn?: Day }

/** Events as they count where everything before `openFrom` is closed; '': nothing is. */
export function countedFrom<E extends Typed>(openFrom: Day, events: readonly E[]): readonly E[] {
  if (openFrom === '') return events;
  return events.map((event) => {
    const { effectiveOn } = event as { readonly effectiveOn?: Day };
    const moved = notBefore(openFrom, event) as E;
    return effectiveOn !== undefined && effectiveOn < openFrom ? { ...moved, originalOn: effectiveOn } : moved;
  });
}

/** The same with every `effectiveOn` inside at least that day; what needs no change is not copied. */
function notBefore(day: Day, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const inner = value.map((v) => notBefore(day, v));
    return inner.some((v, i) => v !== value[i]) ? inner : value;
  }
  let changed: Record<string, unknown> | undefined;
  for (const [key, was] of Object.entries(value)) {
    const is = key === 'effectiveOn' && typeof was === 'string' && was !== '' && was < day ? day : notBefore(day, was);
    if (is !== was) (changed ??= { ...value })[key] = is;
  }
  return changed ?? value;
}
