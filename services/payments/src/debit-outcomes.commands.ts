// What a person tells of a direct debit that was collected by hand, or by a provider or a bank that sends no notices: decided as what they tell.
import type { Command } from '@ar/runtime/forms.js';
import { attemptDebit, debitOf } from './collecting.js';
import { recordDebitStatus } from './debit-files.commands.js';
import { lastMade, type ToldOutcome } from './domain/debit.js';
import type { RatesKnown } from './domain/in-base.js';
import { ratesKnown } from './projections/rates.js';

/** `attempt` 0: the last one; where another one waits and its day has come it is made by hand, that one. */
export interface TellDebitOutcome { readonly debitId: string; readonly attempt: number; readonly outcome: ToldOutcome; readonly code: string; readonly reference: string; readonly reason: string }
export const tellDebitOutcome: Command<TellDebitOutcome, RatesKnown | undefined> = {
  name: 'tell-debit-outcome',
  streams: ({ debitId }) => [debitOf(debitId)],
  known: (asked, tx) => ratesKnown(tx, asked.map(({ tenant, today }) => ({ tenant, today, currency: '', on: '' }))),
  decide({ debitId, attempt: asked, outcome, code, reference, reason }, on) {
    const waiting = on.state(debitOf(debitId));
    // Nobody is asked whether it is wanted still: it was done.
    if (waiting.status === 'waiting' && waiting.dueOn <= on.today && (asked === 0 || asked === waiting.attempt)) attemptDebit(on, { debitId, attempt: waiting.attempt, through: on.today, fileId: '', paused: false });
    const state = on.state(debitOf(debitId));
    const attempt = asked === 0 ? lastMade(state) : asked;
    on.run(debitOf(debitId), { type: 'AskToTell', debitId, attempt, outcome, today: on.today });
    if (state.status === 'none') throw new Error('a debit of which something was told is not there'); // its decider has refused before
    const { customer, currency, mandateId } = state.facts;
    recordDebitStatus.decide({ debitId, attempt, customer, currency, mandateId, became: outcome, code, hard: true, kind: 'return', reference, reason }, on);
  },
};
