import { describe, expect, it } from '@jest/globals';
import { testing } from '@ar/domain/given.js';
import { delivery, mayHaveArrived, type DeliveryCommand, type DeliveryEvent } from './delivery.js';

const { given } = testing(delivery);
const of = { deliveryId: 'dlv_1', customerId: 'c1', documentType: 'invoice', documentId: 'inv_1', documentNumber: '2026-00001' } as const;
const wish = { attachXml: true, requestedBy: 'issue', pii: { keyId: '', data: { to: [] } } } as const;
const content = { sender: 'billing@seller.example', files: [{ fileName: '2026-00001.pdf', mimeType: 'application/pdf', attachmentId: '' }], pii: { keyId: '', data: { to: ['ap@buyer.example'], copyTo: [], subject: 's', body: 'b' } } };

const requested: DeliveryEvent = { type: 'DeliveryRequested', ...of, ...wish, requestedOn: '2026-03-02' };
const attempted = (attempt = 1): DeliveryEvent => ({ type: 'DeliveryAttempted', ...of, attempt, ...content });
const sent: DeliveryEvent = { type: 'DeliverySent', ...of, attempt: 1, detail: '250 ok' };
const unknown: DeliveryEvent = { type: 'DeliveryUnknown', ...of, attempt: 1, detail: 'gone' };
const failed = (attempt: number, again: boolean): DeliveryEvent => ({ type: 'DeliveryFailed', ...of, attempt, detail: '451 later', again });
const suppressed: DeliveryEvent = { type: 'DeliverySuppressed', ...of, attempt: 1, reason: 'no-address', detail: 'none' };
const confirmed: DeliveryEvent = { type: 'DeliveryConfirmed', ...of, detail: 'arrived' };
const bounced: DeliveryEvent = { type: 'DeliveryBounced', ...of, code: '5.1.1', detail: 'no such mailbox' };

const request: DeliveryCommand = { type: 'Request', ...of, ...wish, today: '2026-03-02' };
const attempt = (n = 1): DeliveryCommand => ({ type: 'Attempt', attempt: n, ...content });
const suppress: DeliveryCommand = { type: 'Suppress', attempt: 1, reason: 'no-address', detail: 'none' };
const record = (outcome: 'sent' | 'failed' | 'unknown', n = 1): DeliveryCommand => ({ type: 'RecordOutcome', attempt: n, outcome, detail: { sent: '250 ok', failed: '451 later', unknown: 'gone' }[outcome] });
const delivered: DeliveryCommand = { type: 'Report', outcome: 'delivered', code: '', detail: 'arrived' };
const bounce: DeliveryCommand = { type: 'Report', outcome: 'bounced', code: '5.1.1', detail: 'no such mailbox' };

describe('a delivery that nobody asked for', () => {
  it('is queued', () => given().when(request).then(requested));
  it('is not there', () => { for (const command of [attempt(), suppress, record('sent'), delivered, bounce]) given().when(command).thenRefused('delivery-not-found'); });
});

describe('a note that is to be sent', () => {
  const require = (documentType: 'credit-note' | 'debit-note', known: boolean, issued: boolean): DeliveryCommand => ({ type: 'RequireNote', documentType, documentId: 'crn_1', known, issued });
  it('is there, and issued', () => { given().when(require('credit-note', true, true)).thenNothing(); given().when(require('debit-note', true, true)).thenNothing(); });
  it('is not there, or waits for approval', () => {
    given().when(require('credit-note', false, false)).thenRefused('credit-note-not-found');
    given().when(require('credit-note', true, false)).thenRefused('credit-note-not-issued');
    given().when(require('debit-note', false, false)).thenRefused('debit-note-not-found');
  });
});

describe('one that is queued', () => {
  it('is there already', () => given(requested).when(request).thenRefused('delivery-exists'));
  it('is attempted, with what it says fixed', () => given(requested).when(attempt()).then(attempted()));
  it('is held back', () => given(requested).when(suppress).then(suppressed));
  it('has no outcome and no report', () => {
    given(requested).when(record('sent')).thenRefused('effect-not-attempted');
    for (const report of [delivered, bounce]) given(requested).when(report).thenRefused('delivery-not-sent');
  });
  it('is not attempted out of turn', () => given(requested).when(attempt(2)).thenRefused('effect-attempt-other'));
});

describe('one that is under way', () => {
  it('is not claimed again', () => { given(requested, attempted()).when(attempt()).thenRefused('effect-not-requested'); given(requested, attempted()).when(suppress).thenRefused('effect-not-requested'); });
  it('is sent, failed or unknown', () => {
    given(requested, attempted()).when(record('sent')).then(sent);
    given(requested, attempted()).when(record('failed')).then(failed(1, true));
    given(requested, attempted()).when(record('unknown')).then(unknown);
  });
  it('may be reported on before the mail server has answered', () => given(requested, attempted()).when(bounce).then(bounced));
  it('is attempted three times in all', () => {
    given(requested, attempted(), failed(1, true)).when(attempt(2)).then(attempted(2));
    given(requested, attempted(), failed(1, true), attempted(2), failed(2, true), attempted(3)).when(record('failed', 3)).then(failed(3, false));
    given(requested, attempted(), failed(1, true), attempted(2), failed(2, true), attempted(3), failed(3, false)).when(attempt(4)).thenRefused('effect-not-requested');
  });
});

describe('one that was sent', () => {
  it('was delivered, or bounced, and the last word counts', () => {
    given(requested, attempted(), sent).when(delivered).then(confirmed);
    given(requested, attempted(), sent).when(bounce).then(bounced);
    given(requested, attempted(), sent, confirmed).when(bounce).then(bounced);
    given(requested, attempted(), sent, bounced).when(delivered).then(confirmed);
  });
  it('is told of once', () => { given(requested, attempted(), sent, confirmed).when(delivered).thenNothing(); given(requested, attempted(), sent, bounced).when(bounce).thenNothing(); given(requested, attempted(), sent).when(record('sent')).thenNothing(); });
  it('is not sent again', () => given(requested, attempted(), sent).when(attempt(2)).thenRefused('effect-not-requested'));
});

describe('one that nobody knows about', () => {
  it('is never repeated by itself', () => given(requested, attempted(), unknown).when(attempt(2)).thenRefused('effect-not-requested'));
  it('turns out to have arrived, or not', () => { given(requested, attempted(), unknown).when(delivered).then(confirmed); given(requested, attempted(), unknown).when(record('sent')).then(sent); });
});

describe('one that never left', () => {
  it('has no report', () => {
    given(requested, suppressed).when(bounce).thenRefused('delivery-not-sent');
    given(requested, attempted(), failed(1, true)).when(delivered).thenRefused('delivery-not-sent');
    given(requested, attempted(), failed(1, true), attempted(2), failed(2, true), attempted(3), failed(3, false)).when(delivered).thenRefused('delivery-not-sent');
  });
});

it('may have brought the document to its customer once it left, unless it failed or came back', () => {
  const arrived = (...events: readonly DeliveryEvent[]) => mayHaveArrived(events.reduce((state, e) => delivery.evolve(state, e), delivery.initial));
  expect([[], [requested], [requested, suppressed], [requested, attempted(), failed(1, true)], [requested, attempted(), failed(1, false)], [requested, attempted(), sent, bounced]].map((events) => arrived(...(events as DeliveryEvent[])))).toEqual(Array(6).fill(false));
  expect([[requested, attempted()], [requested, attempted(), sent], [requested, attempted(), unknown], [requested, attempted(), sent, bounced, confirmed]].map((events) => arrived(...events))).toEqual(Array(4).fill(true));
});
