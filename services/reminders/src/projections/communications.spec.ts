import { describe, expect, it } from '@jest/globals';
import type { Communication } from '@ar/contracts/gen/ar/reminders/v1/communication_service.js';
import { after } from './communications.js';

type Step = Parameters<typeof after>[1];
const step = (type: string, data: object = {}): Step => ({ type: `ar.reminders.${type}.v1`, data: { items: [], ...data }, recordedOn: '2026-03-10', recordedAt: '2026-03-10T09:00:00.000Z' }) as never;
const attempts = (...steps: readonly Step[]) => steps.reduce<Communication | undefined>(after, undefined)!.attempts;

describe.each(['debit_notice', 'reminder'])('the attempts of a %s', (what) => {
  const [requested, held, failed] = [step(`${what}_requested`, { amount: { currencyCode: 'EUR', value: '1.00' } }), step(`${what}_suppressed`, { attempt: 1 }), step(`${what}_failed`, { retryAt: '2026-03-10T10:00:00.000Z' })];
  const tried = (attempt: number) => step(`${what}_attempted`, { attempt });
  it('are those that were tried', () => expect([attempts(requested), attempts(requested, tried(1)), attempts(requested, tried(1), failed, tried(2))]).toEqual([0, 1, 2]));
  it('do not count what was held back, whatever number it had', () => expect([attempts(requested, held), attempts(requested, held, step(`${what}_repeated`, { attempt: 2 }), tried(2))]).toEqual([0, 1]));
});
