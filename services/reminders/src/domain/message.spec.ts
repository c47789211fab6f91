import { describe, expect, it } from '@jest/globals';
import { words } from './message.js';
import { instantAt, minutesAfter } from './send-after.js';

const line = (documentNumber: string, dueDate: string, minor: number, level: number, currency = 'EUR') => ({ itemId: documentNumber, documentNumber, dueDate, amount: { minor, currency }, level });
const seller = { name: 'Seller GmbH', iban: 'DE89370400440532013000' };

describe('the words of a reminder', () => {
  it('name every item with what is asked for, and the sum of each currency', () => {
    const { subject, body } = words([line('R1', '2026-03-05', 2_500, 1), line('R2', '2026-03-11', 10_000, 0), line('R3', '2026-03-01', 700, 1, 'JPY')], '2026-03-09', 'Buyer', seller);
    expect(subject).toBe('Reminder: 3 documents past due, 125.00 EUR, 700 JPY');
    expect(body.split('\n')).toEqual([
      'Dear Buyer,', '', 'according to our books the following is past due. It may have escaped you:', '',
      '- R1, due 2026-03-05: 25.00 EUR', '- R2, due 2026-03-11: 100.00 EUR (not due yet)', '- R3, due 2026-03-01: 700 JPY', '', 'In all: 125.00 EUR, 700 JPY', '',
      'Please pay to DE89370400440532013000 and quote the numbers above.', '', 'This is what is open on 2026-03-09. If you have paid meanwhile, thank you: please disregard this message.', '', 'Seller GmbH', '',
    ]);
  });
  it('are friendlier before it is due, and firmer with each level', () => {
    expect(words([line('R1', '2026-03-11', 2_500, 0)], '2026-03-09', 'Buyer', seller)).toMatchObject({ subject: 'Due soon: R1, 25.00 EUR', body: expect.stringContaining('- R1, due 2026-03-11: 25.00 EUR\n') });
    expect(words([line('R1', '2026-03-01', 2_500, 2)], '2026-03-20', 'Buyer', seller)).toMatchObject({ subject: 'Reminder 2: R1 past due, 25.00 EUR', body: expect.stringContaining('we reminded you before') });
    expect(words([line('R1', '2026-03-01', 2_500, 3)], '2026-04-20', 'Buyer', seller).body).toContain('in spite of several reminders');
  });
  it('keep a name on its line', () => expect(words([line('R1\r\nBcc: x@y.test', '2026-03-11', 2_500, 0)], '2026-03-09', 'Buyer', seller).subject).toBe('Due soon: R1 Bcc: x@y.test, 25.00 EUR'));
  it('name no account when the seller has none', () => expect(words([line('R1', '2026-03-11', 2_500, 0)], '2026-03-09', 'Buyer', { ...seller, iban: '' }).body).not.toContain('Please pay to'));
});

describe('nine o’clock', () => {
  it.each([['2026-01-15', 'Europe/Berlin', '2026-01-15T08:00:00.000Z'], ['2026-07-15', 'Europe/Berlin', '2026-07-15T07:00:00.000Z'], ['2026-03-29', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'], ['2026-03-09', 'America/New_York', '2026-03-09T13:00:00.000Z'], ['2026-03-09', 'Asia/Kolkata', '2026-03-09T03:30:00.000Z'], ['2026-03-09', 'UTC', '2026-03-09T09:00:00.000Z']])(
    'of %s in %s is %s', (day, zone, instant) => expect(instantAt(day, '09:00', zone)).toBe(instant));
  it('and half an hour', () => expect(minutesAfter('2026-03-09T08:00:00.000Z', 30)).toBe('2026-03-09T08:30:00.000Z'));
});
