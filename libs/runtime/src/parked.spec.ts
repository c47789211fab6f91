import { describe, expect, it } from '@jest/globals';
import { isTransient } from './parked.js';

const failed = (code: string | undefined, message = 'said so') => Object.assign(new Error(message), code === undefined ? {} : { code });

describe('an error while events are read', () => {
  it('is the machinery\'s, and parks nobody, where the database cannot be reached or is being restored', () => {
    for (const code of ['08006', '28P01', '3D000', '40P01', '53100', '53300', '55000', '55P03', '57P01', '57P03', '58030', 'ECONNREFUSED', 'ECONNRESET']) expect([code, isTransient(failed(code))]).toEqual([code, true]);
    expect(isTransient(failed(undefined, 'Connection terminated unexpectedly'))).toBe(true);
  });

  it('is the event\'s otherwise', () => {
    for (const code of ['22003', '23505', '42703', undefined]) expect([code, isTransient(failed(code))]).toEqual([code, false]);
  });
});
