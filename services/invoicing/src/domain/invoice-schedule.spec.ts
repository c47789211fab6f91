import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysAfter, type Day } from '@ar/domain/day.js';
import { isRefusal } from '@ar/domain/decider.js';
import { testing } from '@ar/domain/given.js';
import { dueOn, invoiceSchedule, scheduledInvoiceId, type ScheduleCommand, type ScheduleEvent, type ScheduleState } from './invoice-schedule.js';
import { contentOf, lineOf } from './invoice.world.js';
import { dateOf, type Recurrence } from './recurrence.js';

const { given } = testing(invoiceSchedule);
const recurrence: Recurrence = { frequency: 'monthly', every: 1, firstDate: '2026-01-31', endOfMonth: false, lastDate: '', invoices: 0, servicePeriod: 'in-advance' };
const template = contentOf({ lines: [lineOf({ periodFrom: '2025-01-01', periodTo: '2025-12-31' }), lineOf({ description: 'Rent' })] });
const own = { scheduleId: 'sch_1', customerId: 'c1' };
const create = { type: 'CreateSchedule', scheduleId: 'sch_1', template, recurrence, today: '2026-01-31', customerKnown: true } as const satisfies ScheduleCommand;
const created: ScheduleEvent = { type: 'InvoiceScheduleCreated', ...own, template, recurrence, nextDate: '2026-01-31' };
const paused: ScheduleEvent = { type: 'InvoiceSchedulePaused', ...own };
const ended: ScheduleEvent = { type: 'InvoiceScheduleEnded', ...own };
const issued = (periodDate: Day, nextDate: Day | ''): ScheduleEvent => ({ type: 'ScheduledInvoiceIssued', ...own, periodDate, invoiceId: `inv_sch_1_${periodDate}`, nextDate });
const failed: ScheduleEvent = { type: 'ScheduledInvoiceFailed', ...own, periodDate: '2026-01-31', reason: 'terms-not-found', detail: 'termsId: x' };
const record = { type: 'RecordIssued', invoiceId: 'inv_sch_1_2026-01-31' } as const;
const failing = { type: 'RecordFailed', reason: 'terms-not-found', detail: 'termsId: x' } as const;
const resume = (missed: 'skip' | 'catch-up', today: Day) => ({ type: 'ResumeSchedule', missed, today }) as const;

describe('a schedule that is not there yet', () => {
  it('is kept, with the day of its first invoice', () => given().when(create).then(created));
  it('does not begin before the business date', () => given().when({ ...create, today: '2026-02-01' }).thenRefused('first-date-in-past'));
  it('is not kept for a customer nobody knows', () => given().when({ ...create, customerKnown: false }).thenRefused('customer-not-found'));
  it.each([{ type: 'UpdateSchedule', changes: {} }, { type: 'PauseSchedule' }, resume('skip', '2026-02-01'), { type: 'EndSchedule' }, record, failing] satisfies ScheduleCommand[])('can do nothing else: $type', (command) => given().when(command).thenRefused('schedule-not-found'));
});

describe('an active schedule', () => {
  it('is not kept twice', () => given(created).when(create).thenRefused('schedule-exists'));
  it('has a new template from the next invoice on', () => given(created).when({ type: 'UpdateSchedule', changes: { note: 'new' } }).then({ type: 'InvoiceScheduleUpdated', ...own, template: { ...template, note: 'new' }, nextDate: '2026-01-31' }));
  it('is paused, and cannot be resumed', () => { given(created).when({ type: 'PauseSchedule' }).then(paused); given(created).when(resume('skip', '2026-02-01')).thenRefused('schedule-not-paused'); });
  it('is ended', () => given(created).when({ type: 'EndSchedule' }).then(ended));
  it('remembers each period, and goes on with the next', () => given(created, issued('2026-01-31', '2026-02-28')).when({ ...record, invoiceId: 'inv_sch_1_2026-02-28' }).then(issued('2026-02-28', '2026-03-31')));
  it('ends with its last one', () => {
    const last = { ...created, recurrence: { ...recurrence, invoices: 1 } } as ScheduleEvent;
    given(last).when(record).then(issued('2026-01-31', ''));
    expect(given(last, issued('2026-01-31', '')).state()).toMatchObject({ status: 'ended' });
  });
  it('says once why an invoice could not be issued, and again when the reason is another', () => {
    given(created).when(failing).then(failed);
    given(created, failed).when(failing).thenNothing();
    given(created, failed).when({ ...failing, detail: 'termsId: y' }).then({ ...failed, detail: 'termsId: y' });
  });
  it('forgets the reason when its template is changed, or when it works', () => {
    given(created, failed, { type: 'InvoiceScheduleUpdated', ...own, template, nextDate: '2026-01-31' }).when(failing).then(failed);
    expect(given(created, failed, issued('2026-01-31', '2026-02-28')).state()).toMatchObject({ failure: null });
  });
});

describe('a paused schedule', () => {
  const missed = [created, issued('2026-01-31', '2026-02-28'), paused] as const;
  it('is not paused again, and records nothing', () => { for (const command of [{ type: 'PauseSchedule' } as const, record, failing]) given(created, paused).when(command).thenRefused('schedule-paused'); });
  it('may be changed and ended', () => { given(created, paused).when({ type: 'UpdateSchedule', changes: {} }).then({ type: 'InvoiceScheduleUpdated', ...own, template, nextDate: '2026-01-31' }); given(created, paused).when({ type: 'EndSchedule' }).then(ended); });
  it('skips what it missed, but not what is due today', () => {
    given(...missed).when(resume('skip', '2026-05-31')).then({ type: 'InvoiceScheduleResumed', ...own, skipped: 3, nextDate: '2026-05-31' });
    given(...missed).when(resume('skip', '2026-02-10')).then({ type: 'InvoiceScheduleResumed', ...own, skipped: 0, nextDate: '2026-02-28' });
  });
  it('catches up what it missed', () => given(...missed).when(resume('catch-up', '2026-05-31')).then({ type: 'InvoiceScheduleResumed', ...own, skipped: 0, nextDate: '2026-02-28' }));
  it('ends when nothing is left', () => {
    const short = { ...created, recurrence: { ...recurrence, lastDate: '2026-03-31' } } as ScheduleEvent;
    given(short, paused).when(resume('skip', '2026-05-01')).then({ type: 'InvoiceScheduleResumed', ...own, skipped: 3, nextDate: '' });
    expect(given(short, paused, { type: 'InvoiceScheduleResumed', ...own, skipped: 3, nextDate: '' }).state()).toMatchObject({ status: 'ended' });
  });
});

describe('a schedule that has ended', () => {
  it.each([{ type: 'UpdateSchedule', changes: {} }, { type: 'PauseSchedule' }, resume('skip', '2026-02-01'), { type: 'EndSchedule' }, record, failing] satisfies ScheduleCommand[])('stays so: $type', (command) => given(created, ended).when(command).thenRefused('schedule-ended'));
});

describe('what is due', () => {
  const due = (day: Day, ...facts: ScheduleEvent[]) => dueOn(given(created, ...facts).state(), day);
  it('is nothing before its day, while paused and after the end', () => expect([due('2026-01-30'), due('2026-02-01', paused), due('2026-02-01', ended), dueOn({ status: 'none' }, '2026-02-01')]).toEqual([undefined, undefined, undefined, undefined]));
  it('is one invoice, with an id that schedule and period make, and with the period of service on lines that have none', () => expect(due('2026-02-03')).toMatchObject({
    invoiceId: 'inv_sch_1_2026-01-31', content: { customerId: 'c1', lines: [{ periodFrom: '2025-01-01', periodTo: '2025-12-31' }, { periodFrom: '2026-01-31', periodTo: '2026-02-27' }] },
  }));
});

/** A life of days: on each a schedule may be paused, resumed, or fail; days may be lived through one by one or in jumps, and asked again. */
type Act = { readonly days: number; readonly act: 'none' | 'pause' | 'skip' | 'catch-up' | 'fails'; readonly again: boolean };
const acts = fc.array(fc.record({ days: fc.integer({ min: 1, max: 70 }), act: fc.constantFrom('none', 'none', 'pause', 'skip', 'catch-up', 'fails') as fc.Arbitrary<Act['act']>, again: fc.boolean() }), { minLength: 1, maxLength: 40 });
const recurrences = fc.record({ frequency: fc.constantFrom('weekly', 'monthly', 'quarterly', 'yearly') as fc.Arbitrary<Recurrence['frequency']>, every: fc.integer({ min: 1, max: 3 }), offset: fc.integer({ min: 0, max: 400 }), invoices: fc.integer({ min: 0, max: 20 }) })
  .map(({ offset, ...r }): Recurrence => ({ ...r, firstDate: daysAfter('2026-01-01', offset), endOfMonth: false, lastDate: '', servicePeriod: 'none' }));

function lived(of: Recurrence, life: readonly Act[]): { readonly events: readonly ScheduleEvent[]; readonly invoices: readonly { readonly id: string; readonly on: Day }[]; readonly today: Day } {
  const events: ScheduleEvent[] = [];
  const invoices: { id: string; on: Day }[] = [];
  let state: ScheduleState = invoiceSchedule.initial;
  const decide = (command: ScheduleCommand) => {
    const answer = invoiceSchedule.decide(command, state);
    if (isRefusal(answer)) return;
    for (const event of answer) { events.push(event); state = invoiceSchedule.evolve(state, event); }
  };
  let today: Day = '2026-01-01';
  decide({ type: 'CreateSchedule', scheduleId: 's', template, recurrence: of, today, customerKnown: true });
  for (const { days, act, again } of life) {
    today = daysAfter(today, days);
    if (act === 'pause') decide({ type: 'PauseSchedule' });
    if (act === 'skip' || act === 'catch-up') decide({ type: 'ResumeSchedule', missed: act, today });
    for (let round = again ? 2 : 1; round > 0; round--) for (let due = dueOn(state, today); due; due = dueOn(state, today)) {
      if (act === 'fails') { decide({ type: 'RecordFailed', reason: 'terms-not-found', detail: '' }); break; }
      decide({ type: 'RecordIssued', invoiceId: due.invoiceId });
      invoices.push({ id: due.invoiceId, on: today });
    }
  }
  return { events, invoices, today };
}

describe('whatever anchors, frequencies, pauses and jumps of days', () => {
  it('each period is issued exactly once or was skipped, in order, on its day of the schedule and not before it', () => fc.assert(fc.property(recurrences, acts, (of, life) => {
    const { events, invoices, today } = lived(of, life);
    const state = events.reduce((s, e) => invoiceSchedule.evolve(s, e), invoiceSchedule.initial);
    if (state.status === 'none') throw new Error('it was not kept');
    const periods = events.flatMap((e) => (e.type === 'ScheduledInvoiceIssued' ? [e.periodDate] : []));
    expect(invoices.map((i) => i.id)).toEqual([...new Set(periods)].map((p) => scheduledInvoiceId('s', p)));
    expect(periods).toEqual(periods.toSorted());
    const days = Array.from({ length: state.issued + state.skipped }, (_, n) => dateOf(of, n));
    expect(periods.filter((p) => !days.includes(p))).toEqual([]);
    expect([periods.length, days.length - state.skipped]).toEqual([state.issued, state.issued]);
    invoices.forEach(({ on }, i) => expect(on >= periods[i]!).toBe(true));
    if (of.invoices > 0) expect(state.issued).toBeLessThanOrEqual(of.invoices);
    // nothing is forgotten: what is not issued, skipped or waiting for a pause or a mended template is not due
    if (state.status === 'active' && life.at(-1)!.act !== 'fails') expect(state.nextDate > today).toBe(true);
  })));
  it('the same history makes the same state however it is cut into slices', () => fc.assert(fc.property(recurrences, acts, fc.integer({ min: 0, max: 40 }), (of, life, at) => {
    const { events } = lived(of, life);
    const fold = (from: ScheduleState, part: readonly ScheduleEvent[]) => part.reduce((s, e) => invoiceSchedule.evolve(s, JSON.parse(JSON.stringify(e)) as ScheduleEvent), from);
    expect(fold(fold(invoiceSchedule.initial, events.slice(0, at)), events.slice(at))).toEqual(fold(invoiceSchedule.initial, events));
  })));
});
