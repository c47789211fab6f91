import { describe, expect, it } from '@jest/globals';
import { WriteOffMethod, WriteOffReason } from '@ar/contracts/gen/ar/payments/v1/write_off.js';
import { WriteOffOpenItemsRequest } from '@ar/contracts/gen/ar/payments/v1/write_off_service.js';
import { derivedId } from '@ar/domain/id.js';
import type { Violation } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { writeOffOpenItemsRpc } from './write-off.grpc.js';

const wrongIn = (writeOffId: string): readonly string[] => {
  const violations: Violation[] = [];
  const request = WriteOffOpenItemsRequest.fromPartial({ writeOffId, customerId: 'c1', currencyCode: 'EUR', items: [{ itemId: 'oit_1_1' }], method: WriteOffMethod.DIRECT, reasonCode: WriteOffReason.INSOLVENCY });
  writeOffOpenItemsRpc.read(new Fields(request, violations), request);
  return violations.map((v) => v.field);
};

describe('the id of a write-off', () => {
  it('may be the caller\'s own, or is made', () => expect(['', 'wof_1', 'lost-2026-03'].flatMap(wrongIn)).toEqual([]));
  it('may not be one that follows from what it is of', () => expect(wrongIn(derivedId('wof', 'payment-difference', 'apg_1'))).toEqual(['write_off_id']));
});
