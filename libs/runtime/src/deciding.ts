import { isRefusal, type Refusal } from '@ar/domain/decider.js';
import { countedFrom } from '@ar/domain/counted.js';
import type { Day } from '@ar/domain/day.js';
import { defaultPolicies, type PoliciesInForce, type PolicyKind } from '@ar/domain/policies.js';
import type { AnyStream, Command, Decision, Typed } from './forms.js';

type History = Readonly<Record<string, readonly Typed[]>>;

/** The default policies, version 1, with the differences a test is about. */
export const policiesWith = (other: { readonly [Kind in PolicyKind]?: Partial<PoliciesInForce[Kind]> } = {}): PoliciesInForce =>
  Object.fromEntries(Object.entries(defaultPolicies).map(([kind, policy]) => [kind, { ...policy, version: 1, ...other[kind as PolicyKind] }])) as unknown as PoliciesInForce;

/** What a test may set besides history: tenant `t1`, the default policies and untouched number series are the rest. */
export interface Setting<Known> { readonly today: Day; /** '' and absent: no period is closed. */ readonly openFrom?: Day; readonly known?: Known; readonly tenant?: string; readonly policies?: PoliciesInForce; readonly series?: Readonly<Record<string, { last: number; lastDate: Day | null }>> }

/** Runs one command on streams in memory, as the runtime does on locked ones: what it recorded per stream, or the refusal that ended it. For tests. */
export function deciding<Request, Known>(command: Command<Request, Known>, history: History, { today, openFrom = '', known, tenant = 't1', policies = policiesWith(), series = {} }: Setting<Known>) {
  const name = ({ aggregate, id }: AnyStream) => `${aggregate.type}/${id}`;
  return (request: Request): History | Refusal<string> => {
    const locked = new Map(command.streams(request).map((stream) => [name(stream), { stream, made: [] as Typed[] }]));
    // As in the runtime, a decision may reach for a stream that it did not name, a bounded number of times: it is then locked too.
    const reached = new Set(locked.keys());
    let starts = 0;
    const reach = (streams: readonly AnyStream[]) => {
      const missing = streams.map(name).filter((stream) => !reached.has(stream));
      for (const stream of missing) reached.add(stream);
      if (missing.length > 0 && starts++ === 10) throw new Error(`${command.name} reaches for more streams one by one than it may start again: ${missing.join(', ')}`);
    };
    const at = (stream: AnyStream) => {
      reach([stream]);
      const found = locked.get(name(stream)) ?? { stream, made: [] };
      locked.set(name(stream), found);
      return found;
    };
    const state = (stream: AnyStream) => [...(history[name(stream)] ?? []), ...at(stream).made].reduce((s, e) => stream.aggregate.evolve(s, e), stream.aggregate.initial);
    const named = command.series?.(request, today) ?? [];
    const numbers = new Map(Object.entries(series));
    const ofSeries = (of: string) => {
      if (!named.includes(of)) throw new Error(`${command.name} reached for the series ${of} without naming it`);
      return numbers.get(of) ?? { last: 0, lastDate: null };
    };
    const ended: { by?: Refusal<string> } = {};
    const on = {
      tenant, today, openFrom, policies, known, state, series: ofSeries,
      reach,
      take(of: string, date: Day) {
        const last = ofSeries(of).last + 1;
        numbers.set(of, { last, lastDate: date });
        return last;
      },
      run(stream: AnyStream, inner: unknown) {
        const answer = on.ask(stream, inner);
        if (isRefusal(answer)) { ended.by = answer; throw ended; }
        return answer;
      },
      ask(stream: AnyStream, inner: unknown) {
        const answer = stream.aggregate.decide(inner, state(stream)) as readonly Typed[] | Refusal<string>;
        if (isRefusal(answer)) return answer;
        at(stream).made.push(...countedFrom(openFrom, answer));
        return answer;
      },
    } as unknown as Decision<Known>;
    try { command.decide(request, on); } catch (end) { if (end !== ended) throw end; }
    return ended.by ?? Object.fromEntries([...locked].map(([key, { made }]) => [key, made]));
  };
}
