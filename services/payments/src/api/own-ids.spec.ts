import { describe, expect, it } from '@jest/globals';
import { RequestDebitRequest } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import { RecordRemittanceAdviceRequest } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { derivedId } from '@ar/domain/id.js';
import type { Violation } from '@ar/platform/errors.js';
import { Fields } from '@ar/platform/fields.js';
import { requestDebitRpc } from './debit.grpc.js';
import { recordRemittanceAdviceRpc } from './remittance.grpc.js';

const amount = { currencyCode: 'EUR', value: '10.00' };
const wrongIn = {
  debit_id(debitId: string) {
    const [violations, request] = [[] as Violation[], RequestDebitRequest.fromPartial({ debitId, customerId: 'c1', currencyCode: 'EUR', mandateId: 'mdt_1' })];
    requestDebitRpc.read(new Fields(request, violations), request);
    return violations.map((v) => v.field);
  },
  remittance_advice_id(remittanceAdviceId: string) {
    const [violations, request] = [[] as Violation[], RecordRemittanceAdviceRequest.fromPartial({ remittanceAdviceId, customerId: 'c1', total: amount, lines: [{ reference: 'R-1', gross: amount, net: amount }] })];
    recordRemittanceAdviceRpc.read(new Fields(request, violations), request);
    return violations.map((v) => v.field);
  },
};

describe.each([['debit_id', 'ddt'], ['remittance_advice_id', 'rma']] as const)('a %s', (field, prefix) => {
  it('may be the caller\'s own, or is made', () => expect(['', `${prefix}_1`, 'A-2026-03'].flatMap(wrongIn[field])).toEqual([]));
  it('may not be one that follows from what it is of', () => expect(wrongIn[field](derivedId(prefix, 'mdt_1', 'EUR', '2026-03-02'))).toEqual([field]));
});
