// Which commands of the service recorded anything, whoever wanted them: a caller, an event, a new day, a provider. They are watched where they decide, and decide as they do.
import type { AnyCommand, Decision, Service } from '@ar/runtime/forms.js';

export interface Observed { /** How often each recorded something. */ readonly recorded: ReadonlyMap<string, number>; /** They are watched no longer. */ stop(): void }

export function observing({ commands }: Service): Observed {
  const recorded = new Map<string, number>();
  const before = commands.map((command) => ({ command, decide: command.decide }));
  for (const { command, decide } of before) {
    const watched = (request: unknown, on: Decision<unknown>) => {
      let events = 0;
      const counted = <Answer>(answer: Answer): Answer => { if (Array.isArray(answer)) events += answer.length; return answer; };
      const run: Decision['run'] = (stream, wish) => counted(on.run(stream, wish));
      const ask: Decision['ask'] = (stream, wish) => counted(on.ask(stream, wish));
      decide.call(command, request, { ...on, run, ask });
      if (events > 0) recorded.set(command.name, (recorded.get(command.name) ?? 0) + 1);
    };
    (command as { decide: AnyCommand['decide'] }).decide = watched;
  }
  return { recorded, stop: () => { for (const { command, decide } of before) (command as { decide: AnyCommand['decide'] }).decide = decide; } };
}
