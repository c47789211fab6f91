import { expect, it } from '@jest/globals';
import { DisputeReason } from '@ar/contracts/gen/ar/collections/v1/collection.js';
import { DisputeDraft } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import { derivedId } from '@ar/domain/id.js';
import type { Violation } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { readDispute } from './drafts.js';

const wrong = (disputeId: string): readonly string[] => {
  const violations: Violation[] = [];
  readDispute(new Fields(DisputeDraft.fromPartial({ disputeId, items: [{ itemId: 'oit_1_1' }], reasonCode: DisputeReason.PRICE }), violations));
  return violations.map((v) => v.field);
};

it('a dispute may have the caller\'s own id, but none that follows from an answer or a deduction', () =>
  expect(['', 'dsp_1', 'D-2026-03', derivedId('dsp', 'irs_1')].map(wrong)).toEqual([[], [], [], ['dispute_id']]));
