// What reminders can be asked for, by callers, by a new day and by the sending of a message: which streams, what must be known, what is decided.
import { createHash } from 'node:crypto';
import { type Day, daysBetween } from '@ar/domain/day.js';
import { derivedId } from '@ar/domain/id.js';
import type { Asked, Command, Decision, Outcome, Todo, Tx } from '@ar/runtime/forms.js';
import { isNews, plan, recheck, type Standing, type SuppressedItem } from './domain/dunning.js';
import { dunningCase, pending } from './domain/dunning-case.js';
import { TEMPLATE_VERSION, words } from './domain/message.js';
import { instantAt } from './domain/send-after.js';
import { haveReminders } from './projections/communications.js';
import { type Parties, partiesOf } from './projections/parties.js';
import { standingsOf } from './projections/standing.js';

export interface OfCustomer { readonly customerId: string }
export interface Known { readonly standing: Standing; readonly parties: Parties }
const caseOf = ({ customerId }: OfCustomer) => ({ aggregate: dunningCase, id: customerId });

async function knownOf(asked: readonly Asked<OfCustomer>[], tx: Tx): Promise<readonly Known[]> {
  const of = asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, today: a.today, beforeDueDays: a.policies.dunning.beforeDueDays }));
  const [standings, parties] = [await standingsOf(tx, of), await partiesOf(tx, of)];
  return asked.map((_, i) => ({ standing: standings[i]!, parties: parties[i]! }));
}

export const noAddress = ({ customer, seller }: Parties): string => (!customer || customer.email === '' ? 'the customer has no e-mail address' : !seller || seller.sender === '' ? 'there is no e-mail address to send from' : '');

export interface TakeOnLevel extends OfCustomer { readonly itemId: string; readonly level: number }
/** An item comes from another system, with the level that was reached there. */
export const takeOnLevel: Command<TakeOnLevel> = {
  name: 'take-on-level',
  streams: (request) => [caseOf(request)],
  decide: (request, on) => void on.run(caseOf(request), { type: 'TakeOnLevel', ...request }),
};

/** Opens or closes the case, and requests a message when one is wanted today. */
export const reviewDunning: Command<OfCustomer, Known> = {
  name: 'review-dunning',
  streams: (request) => [caseOf(request)],
  known: knownOf,
  decide({ customerId }, on) {
    const { tenant, today, policies: { dunning: policy, calendar }, known: { standing, parties } } = on;
    const stream = caseOf({ customerId });
    on.run(stream, { type: 'Review', customerId, caseId: derivedId('dun', tenant, customerId, today), pastDue: standing.items.some((i) => i.dueOn < today) });
    const history = on.state(stream);
    if (pending(history)) return; // the one under way first
    const { items, suppressed } = plan({ standing, history, policy, calendar, today });
    if (items.length === 0) return;
    // Without an address it would be suppressed again every day: it is tried as often as a message may go, and at once when there is an address.
    if (noAddress(parties) !== '' && history.noAddressOn !== '' && daysBetween(history.noAddressOn, today) < Math.max(1, policy.minDaysBetween)) return;
    // At most one message per customer and day: the key says so, for ever.
    const effectKey = derivedId('rem', tenant, customerId, today);
    on.run(stream, {
      type: 'Request', effectKey, communicationId: derivedId('com', effectKey), customerId, today, items, suppressed: recorded(suppressed),
      sendAfter: instantAt(today, policy.sendFrom, parties.seller?.timeZone ?? 'UTC'), policyVersion: policy.version,
    });
  },
};

const MOST_LEFT_OUT = 500;
/** What is simply not due yet says nothing about this message. */
const recorded = (suppressed: readonly SuppressedItem[]) => suppressed.filter((s) => s.reason !== 'not-due-for-a-message').slice(0, MOST_LEFT_OUT);

/** The claim of a message: decided again on what is known now, then fixed, word by word. */
export const claimReminder: Command<Todo, Known> = {
  name: 'claim-reminder',
  streams: ({ customer }) => [caseOf({ customerId: customer })],
  known: (asked, tx) => knownOf(asked.map((a) => ({ ...a, request: { customerId: a.request.customer } })), tx),
  decide({ customer: customerId, key: effectKey, attempt }, on) {
    const { today, policies: { dunning: policy, calendar }, known: { standing, parties } } = on;
    const stream = caseOf({ customerId });
    const history = on.state(stream);
    const requested = history.message;
    const { items, suppressed } = requested?.effectKey === effectKey ? recheck(requested, { standing, history, policy, calendar, today }) : { items: [], suppressed: [] };
    const missing = noAddress(parties);
    if (items.length === 0 || missing !== '') {
      // The reason of the whole is that of the first item it would have brought news of.
      const news = new Set(requested?.items.filter((i) => isNews(i, history, requested.requestedOn)).map((i) => i.itemId));
      const first = suppressed.find((s) => news.has(s.itemId)) ?? suppressed[0];
      const [reason, explanation] = items.length > 0 ? ['no-address' as const, missing] : [first?.reason ?? 'already-sent', first?.explanation ?? 'nothing new is left to say'];
      on.run(stream, { type: 'Suppress', effectKey, attempt, today, reason, explanation, suppressed });
      return;
    }
    const { subject, body } = words(items, today, parties.customer!.name, parties.seller!);
    on.run(stream, {
      type: 'Attempt', effectKey, attempt, items, suppressed, sender: parties.seller!.sender, templateVersion: TEMPLATE_VERSION,
      bodyHash: createHash('sha256').update(body).digest('hex'), pii: { keyId: '', data: { recipient: parties.customer!.email, subject, body } },
    });
  },
};

/** What came of an attempt. Levels rise with it. */
export const recordReminder: Command<Outcome> = {
  name: 'record-reminder',
  streams: ({ todo }) => [caseOf({ customerId: todo.customer })],
  decide: ({ todo, outcome, detail }, on) => void on.run(caseOf({ customerId: todo.customer }), { type: 'RecordOutcome', effectKey: todo.key, attempt: todo.attempt, today: on.today, outcome, detail }),
};

export interface RepeatReminder extends OfCustomer { readonly communicationId: string; readonly by: string; readonly reason: string }

/** A person sends once more what failed or is unknown. What is known now is decided with the claim, as for any message. */
export const repeatReminder: Command<RepeatReminder, boolean> = {
  name: 'repeat-reminder',
  streams: (request) => [caseOf(request)],
  known: (asked, tx) => haveReminders(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId, communicationId: a.request.communicationId }))),
  decide: (request, on) => void on.run(caseOf(request), { type: 'Repeat', communicationId: request.communicationId, by: request.by, reason: request.reason, known: on.known }),
};

export interface PauseDunning extends OfCustomer { readonly pauseId: string; /** '': today. */ readonly from: Day | ''; readonly to: Day; readonly reason: string }

export const pauseDunning: Command<PauseDunning, Parties> = {
  name: 'pause-dunning',
  streams: (request) => [caseOf(request)],
  known: (asked, tx) => partiesOf(tx, asked.map((a) => ({ tenant: a.tenant, customer: a.request.customerId }))),
  decide: ({ from, ...request }, on: Decision<Parties>) => void on.run(caseOf(request), { type: 'Pause', ...request, from: from || on.today, today: on.today, customerKnown: on.known.customer !== undefined }),
};

export interface ResumeDunning extends OfCustomer { readonly reason: string }

export const resumeDunning: Command<ResumeDunning> = {
  name: 'resume-dunning',
  streams: (request) => [caseOf(request)],
  decide: (request, on) => void on.run(caseOf(request), { type: 'Resume', ...request, today: on.today }),
};
