import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { MOST_PERIODS, period, type PeriodCommand, type PeriodEvent, type PeriodState } from './period.js';

const { given } = testing(period);
const ties = [{ currency: 'EUR', controlMinor: 100, itemsMinor: 100 }, { currency: 'USD', controlMinor: -5, itemsMinor: -5 }];
const close = (lastOn: string, more: Partial<Extract<PeriodCommand, { type: 'Close' }>> = {}): PeriodCommand => ({ type: 'Close', lastOn, by: 'anna', openSince: '2026-05-02', waiting: 0, ties, ...more });
const reopen = (lastOn: string, by = 'otto'): PeriodCommand => ({ type: 'Reopen', lastOn, by, reason: 'a mistake' });
const march: PeriodEvent = { type: 'PeriodClosed', lastOn: '2026-03-31', openFrom: '2026-04-01', by: 'anna', controlTotals: [{ minor: 100, currency: 'EUR' }, { minor: -5, currency: 'USD' }] };
const april: PeriodEvent = { ...march, lastOn: '2026-04-30', openFrom: '2026-05-01' };

describe('books of which nothing is closed', () => {
  it('are closed up to a day that is over, when they agree', () => given().when(close('2026-03-31')).then(march));
  it('stay open on a day that is not over everywhere', () => {
    given().when(close('2026-05-02')).thenRefused('period-not-over');
    given().when(close('2026-05-01', { openSince: '' })).thenRefused('period-not-over');
    given().when(close('2026-05-01')).then({ ...march, lastOn: '2026-05-01', openFrom: '2026-05-02' });
  });
  it('stay open while events wait for repair', () => given().when(close('2026-03-31', { waiting: 1 })).thenRefused('events-parked'));
  it('stay open when journal and items do not agree, in any currency', () => given().when(close('2026-03-31', { ties: [ties[0]!, { ...ties[1]!, itemsMinor: -4 }] })).thenRefused('ledger-does-not-tie'));
  it('have nothing to open', () => given().when(reopen('2026-03-31')).thenRefused('period-not-closed'));
});

describe('books with a closed period', () => {
  it('are closed further', () => given(march).when(close('2026-04-30')).then(april));
  it('are not closed again', () => {
    given(march).when(close('2026-03-31')).thenRefused('period-closed');
    given(march).when(close('2026-02-28')).thenRefused('period-closed');
  });
  it('are opened by someone else, the last period first', () => {
    given(march).when(reopen('2026-03-31', 'anna')).thenRefused('period-same-person');
    given(march).when(reopen('2026-03-31')).then({ type: 'PeriodReopened', lastOn: '2026-03-31', openFrom: '', by: 'otto', reason: 'a mistake' });
    given(march, april).when(reopen('2026-03-31')).thenRefused('period-not-closed');
    given(march, april).when(reopen('2026-04-30')).then({ type: 'PeriodReopened', lastOn: '2026-04-30', openFrom: '2026-04-01', by: 'otto', reason: 'a mistake' });
  });
  it('are closed again after that', () => given(march, { type: 'PeriodReopened', lastOn: '2026-03-31', openFrom: '', by: 'otto', reason: '' }).when(close('2026-03-31')).then(march));
  it('keep the last periods', () => {
    const many = Array.from({ length: MOST_PERIODS + 1 }, () => march).reduce<PeriodState>((s, e) => period.evolve(s, e), period.initial);
    expect(many.closed).toHaveLength(MOST_PERIODS);
  });
});
