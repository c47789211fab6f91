// Fifty callers issue five thousand documents in three series at once, on a real store: every number is there once, without a gap, in the order of issue dates.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultPolicies } from '@ar/domain/policies.js';
import { txOf } from '@ar/runtime/decide.js';
import type { AnyCommand } from '@ar/runtime/forms.js';
import { foreign } from '@ar/runtime/foreign.world.js';
import type { ServiceRuntime } from '@ar/runtime/service-runtime.js';
import { call, world, type World } from '@ar/runtime/toy.world.js';
import { contentOf, lineOf } from './domain/invoice.world.js';
import { detailsOf } from './domain/tenant.world.js';
import { issueInvoice, openBusinessDay, registerTenant } from './invoicing.commands.js';
import { invoicing } from './invoicing.service.js';
import { issueCreditNote, issueDebitNote } from './notes.commands.js';
import { numberSeries } from './projections/invoices.js';

const CALLERS = 50;
const EACH = 100;
let on: World;
let runtime: ServiceRuntime;
const ask = (command: AnyCommand, request: object) => runtime.commands.execute(call(command, request));
const read = (position: Readonly<Record<string, number>>) => runtime.positions.wait(position, Date.now() + 60_000);

beforeAll(async () => {
  on = await world();
  const log = await on.log();
  runtime = await on.start(invoicing('smtp://localhost'), { log });
  const elsewhere = foreign(log);
  await read((await ask(registerTenant, { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', details: detailsOf(), policies: defaultPolicies, firstBusinessDay: '2026-03-02' })).position);
  for (let n = 0; n < CALLERS; n++) await elsewhere.publish('ar.credit.customer_registered.v1', `c${n}`, { customerId: `c${n}`, profile: { language: 'en' }, pii: { keyId: '', data: { name: `c${n}` } } }, '2026-03-02');
  await read(elsewhere.position());
}, 60_000);
afterAll(async () => { await on?.stop(); });

const document = (kind: number, customerId: string, id: string): Promise<unknown> => {
  const lines = [lineOf({ unitPrice: '10.00' })];
  if (kind === 0) return ask(issueInvoice, { invoiceId: `inv_${id}`, ...contentOf({ customerId, lines }) });
  if (kind === 1) return ask(issueDebitNote, { debitNoteId: `dbn_${id}`, customerId, kind: 'fee', currencyCode: 'EUR', invoiceId: '', externalNumber: '', reason: '', labels: {}, issueDate: '', lines, due: { netDays: 1 } });
  return ask(issueCreditNote, { creditNoteId: `crn_${id}`, for: { kind: 'free', customerId, currencyCode: 'EUR', lines }, reasonCode: 'goodwill', reason: '', issueDate: '', cancels: false, replacementInvoiceId: '', externalNumber: '', labels: {}, by: 'anna' });
};

describe('fifty callers with five thousand documents of three series, while days go by', () => {
  it('find every number once, with no gap and in order', async () => {
    const opened = [3, 4, 5].map((day) => async () => { await new Promise((later) => { setTimeout(later, 400); }); await ask(openBusinessDay, { tenantId: 't', date: `2026-03-0${day}` }); });
    const days = opened.reduce<Promise<void>>((before, next) => before.then(next), Promise.resolve());
    await Promise.all(Array.from({ length: CALLERS }, async (_, caller) => { for (let n = 0; n < EACH; n++) await document((caller + n) % 3, `c${caller}`, `${caller}-${n}`); }));
    await days;
    const { rows } = await runtime.pool.query<{ type: string; number: string; issued: string }>(
      `select type, data->>'number' number, data->>'issueDate' issued from es.event where type in ('InvoiceIssued', 'DebitNoteIssued', 'CreditNoteIssued') order by sequence`);
    expect(rows).toHaveLength(CALLERS * EACH);
    for (const type of ['InvoiceIssued', 'DebitNoteIssued', 'CreditNoteIssued']) {
      const own = rows.filter((r) => r.type === type);
      expect(own.map((r) => Number(r.number.slice(-5)))).toEqual(own.map((_, i) => i + 1));
      expect(own.map((r) => r.issued)).toEqual(own.map((r) => r.issued).sort());
    }
    const { rows: [head] } = await runtime.pool.query<{ s: number }>('select sequence s from es.head');
    await read({ 'invoicing/0': head!.s });
    expect((await runtime.live.read((client) => numberSeries(txOf(client), 't'))).map(({ series, documents, last_number, gaps }) => [series, Number(documents) - Number(last_number), gaps])).toEqual([['credit-note/2026', 0, []], ['debit-note/2026', 0, []], ['invoice/2026', 0, []]]);
  }, 120_000);
});
