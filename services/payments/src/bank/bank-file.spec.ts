import { expect, it } from '@jest/globals';
import { dayIn } from './bank-file.js';

it('knows no date of nothing, before any other was read and after', () => {
  const nothing = () => dayIn('');
  expect(nothing).toThrow(' is not a date');
  expect(dayIn('2026-03-02T09:00:00+01:00')).toBe('2026-03-02');
  expect(nothing).toThrow(' is not a date');
});
