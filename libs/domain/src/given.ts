import { expect } from '@jest/globals';
import { type Decider, isRefusal } from './decider.js';

/** given(...facts).when(command).then(...facts) or .thenRefused(code): the one way to test a decider. For tests only. */
export const testing = <S, C, E, Code extends string>(decider: Decider<S, C, E, Code>) => ({
  given: (...facts: readonly E[]) => ({
    when: (command: C) => {
      const answer = decider.decide(command, facts.reduce((s, e) => decider.evolve(s, e), decider.initial));
      return {
        then: (...expected: readonly E[]) => expect(answer).toEqual(expected),
        thenNothing: () => expect(answer).toEqual([]),
        thenRefused: (code: Code) => expect(isRefusal(answer) ? answer.refused : answer).toBe(code),
      };
    },
    /** The state itself, where a test is about what is remembered. */
    state: () => facts.reduce((s, e) => decider.evolve(s, e), decider.initial),
  }),
});
