import { describe, expect, it } from '@jest/globals';
import { status as Code } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo } from '@ar/contracts/gen/google/rpc/error_details.js';
import { NotRecorded, Refused, TooBusy, VersionMismatch } from '@ar/runtime/commands.js';
import { apiError, invalid, refused, statusOf } from './errors.js';

const told = (error: unknown) => { const e = apiError(error, 'trace-1'); return [Code[e.code], e.reason]; };

describe('a refusal', () => {
  it.each([['invoice-not-found', 'NOT_FOUND'], ['invoice-exists', 'ALREADY_EXISTS'], ['approver-same-person', 'PERMISSION_DENIED'], ['credit-limit-exceeded', 'FAILED_PRECONDITION']])('%s is %s', (code, status) =>
    expect(told(new Refused({ refused: code, detail: {} }))).toEqual([status, code.toUpperCase().replaceAll('-', '_')]));
  it('repeats what is dynamic of its text as metadata', () => expect(refused({ refused: 'invoice-voided', detail: { invoiceId: 'inv_1' } })).toMatchObject({ message: 'invoice voided (invoice_id: inv_1)', metadata: { invoice_id: 'inv_1' } }));
  it('says what can be done, and in which field, where it knows', () => {
    const error = refused({ refused: 'mandate-currency-differs', detail: { currency: 'USD', field: 'currency_code', help: 'SEPA collects EUR alone' } });
    expect([error.message, error.metadata]).toEqual(['mandate currency differs (currency_code: USD): SEPA collects EUR alone', { currency_code: 'USD', field: 'currency_code', help: 'SEPA collects EUR alone' }]);
    expect(BadRequest.decode(error.more.at(-1)!.value).fieldViolations).toMatchObject([{ field: 'currency_code', reason: 'MANDATE_CURRENCY_DIFFERS', description: 'SEPA collects EUR alone' }]);
    expect(refused({ refused: 'drafts-differ', detail: { field: 'terms' } })).toMatchObject({ message: 'drafts differ (field: terms)', more: [{ type: 'google.rpc.PreconditionFailure' }] });
  });
});

describe('an error', () => {
  it('of the store that may pass is UNAVAILABLE', () => expect([told(new NotRecorded(Object.assign(new Error('gone'), { code: '57P01' }))), told(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))]).toEqual([['UNAVAILABLE', 'STORE_DOWN'], ['UNAVAILABLE', 'STORE_DOWN']]));
  it('of the inside says nothing of the inside', () => { const e = apiError(new Error('select secret from table'), 'trace-1'); expect([e.reason, e.message.includes('secret'), e.metadata]).toEqual(['UNEXPECTED', false, { trace: 'trace-1' }]); });
  it('of too many callers or another version can be acted on', () => expect([told(new TooBusy()), told(new VersionMismatch(3))]).toEqual([['RESOURCE_EXHAUSTED', 'RATE_LIMITED'], ['ABORTED', 'VERSION_MISMATCH']]));
  it('travels with its reason, its domain and its fields', () => {
    const { details } = statusOf(invalid([{ field: 'lines[0].unit_price', reason: 'FIELD_REQUIRED', description: 'is required' }]), 'invoicing');
    expect(ErrorInfo.decode(details[0]!.value)).toMatchObject({ reason: 'FIELD_REQUIRED', domain: 'invoicing.ar', metadata: { field: 'lines[0].unit_price' } });
    expect(BadRequest.decode(details[1]!.value).fieldViolations).toMatchObject([{ field: 'lines[0].unit_price', reason: 'FIELD_REQUIRED' }]);
  });
  it('stays below four kilobytes', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ field: `lines[${i}].description`, reason: 'FIELD_INVALID', description: 'x'.repeat(300) }));
    expect(JSON.stringify(statusOf(invalid(many), 'invoicing').message).length).toBeLessThan(1_100);
  });
});
