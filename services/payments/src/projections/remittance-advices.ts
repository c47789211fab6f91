// Remittance advices as callers see them, and which receipts those that wait may be about: receipts with their reference, and those of their amount within their days, of their customer or of nobody known.
import type { EventType } from '@ar/contracts/registry.js';
import type { ReceiptStatus } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { RemittanceMatch } from '@ar/contracts/gen/ar/payments/v1/remittance.js';
import { RemittanceAdvice, RemittanceAdviceStatus, type RemittanceCandidate } from '@ar/contracts/gen/ar/payments/v1/remittance_service.js';
import { formatMoney, moneyOf } from '@ar/domain/money.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from '../domain/account.js';
import type { KnownOfLines } from '../by-advice.js';
import { namesOf, normalReference } from '../domain/remittance.js';
import { type Announced, type Received, sameOf } from '../domain/remittance-advice.js';
import { documentsNamed } from './documents.js';

const on = ['ar.payments.remittance_advice_recorded.v1', 'ar.payments.remittance_advice_matched.v1', 'ar.payments.remittance_advice_cancelled.v1'] as const satisfies readonly EventType[];
type Read = (typeof on)[number];

export const remittanceAdviceResource: Resource<RemittanceAdvice> = {
  aggregate: 'remittance-advice',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    if (e.type === 'ar.payments.remittance_advice_recorded.v1') return RemittanceAdvice.fromPartial({ ...e.data, payer: e.data.pii?.data, status: RemittanceAdviceStatus.WAITING } as never);
    if (!before) throw new Error(`${e.type} of an advice that was not recorded: ${e.subject}`);
    switch (e.type) {
      case 'ar.payments.remittance_advice_matched.v1': return { ...before, customerId: before.customerId === UNIDENTIFIED ? e.data.receiptCustomerId : before.customerId, status: RemittanceAdviceStatus.MATCHED, receiptId: e.data.receiptId, matchedBy: e.data.matchedBy, decidedBy: e.data.decidedBy };
      case 'ar.payments.remittance_advice_cancelled.v1': return { ...before, status: RemittanceAdviceStatus.CANCELLED, decidedBy: e.data.cancelledBy, reason: e.data.reason };
    }
  },
};

export const remittanceAdvices: Projection<Read> = {
  name: 'remittance-advices',
  revision: 2, // those of other tenants with the same id lost their version
  ddl: `
    create table remittance_advice (tenant text, advice_id text, customer text not null, currency text not null, total text not null, reference text not null, first_on date not null, last_on date not null, paid_on date not null, status text not null, receipt_id text not null,
      version bigint not null, resource jsonb not null, primary key (tenant, advice_id));
    create index on remittance_advice (tenant, paid_on, advice_id);
    create index on remittance_advice (tenant, currency, total) where status = 'REMITTANCE_ADVICE_STATUS_WAITING';`,
  on,
  async project(events, tx) {
    const rows = await tx.query<{ tenant: string; adviceId: string; version: string; resource: unknown }>('select tenant, advice_id "adviceId", version::text as version, resource from remittance_advice where tenant = any($1) and advice_id = any($2)',
      [[...new Set(events.map((e) => e.tenant))], [...new Set(events.map((e) => e.data.remittanceAdviceId))]]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/${r.adviceId}`, { tenant: r.tenant, version: Number(r.version), advice: RemittanceAdvice.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.data.remittanceAdviceId}`;
      kept.set(key, { tenant: e.tenant, version: e.version, advice: remittanceAdviceResource.evolve(kept.get(key)?.advice, e) });
    }
    await tx.query(
      `insert into remittance_advice select tenant, "adviceId", customer, currency, total, reference, "firstOn", "lastOn", "paidOn", status, "receiptId", version, resource
         from jsonb_to_recordset($1) x(tenant text, "adviceId" text, customer text, currency text, total text, reference text, "firstOn" date, "lastOn" date, "paidOn" date, status text, "receiptId" text, version bigint, resource jsonb)
       on conflict (tenant, advice_id) do update set customer = excluded.customer, status = excluded.status, receipt_id = excluded.receipt_id, version = excluded.version, resource = excluded.resource`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, advice: a }) => ({
        tenant, adviceId: a.remittanceAdviceId, customer: a.customerId, currency: a.total!.currencyCode, total: a.total!.value, reference: a.reference, firstOn: a.firstValueDate, lastOn: a.lastValueDate, paidOn: a.paymentDate, status: a.status, receiptId: a.receiptId,
        version, resource: RemittanceAdvice.toJSON(a),
      })))]);
  },
};

export async function remittanceAdviceById(tx: Tx, tenant: string, adviceId: string): Promise<{ readonly advice: RemittanceAdvice; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: string; resource: unknown }>('select version::text as version, resource from remittance_advice where tenant = $1 and advice_id = $2', [tenant, adviceId]);
  return row && { advice: RemittanceAdvice.fromJSON(row.resource), version: Number(row.version) };
}

const WAITING = `'REMITTANCE_ADVICE_STATUS_WAITING'`;
/** Beyond that many nobody can choose. */
const MOST_RECEIPTS = 50;
const MOST_ADVICES = 20;

/** Ids of the receipts that an advice `a` may be about; reversed ones are in it. */
const near = `select r.receipt_id from receipt r where r.tenant = a.tenant and a.reference <> '' and r.bank_reference = a.reference and r.currency = a.currency
              union select r.receipt_id from receipt r where r.tenant = a.tenant and r.customer in (a.customer, '${UNIDENTIFIED}') and r.value_on between a.first_on and a.last_on and r.currency = a.currency and r.resource->'amount'->>'value' = a.total`;

/** `$1` tenant: each advice that waits with each receipt that it may be about. */
export const waitingPairs = `select a.advice_id, n.receipt_id from remittance_advice a cross join lateral (${near}) n where a.tenant = $1 and a.status = ${WAITING}`;

interface Row { readonly receiptId: string; readonly customer: string; readonly currency: string; readonly amount: string; readonly unapplied: string; readonly valueOn: string; readonly bankReference: string; readonly names: readonly string[]; readonly name: string; readonly iban: string; readonly onAccount: boolean; readonly status: ReceiptStatus }
const columns = `r.receipt_id "receiptId", r.customer, r.currency, r.resource->'amount'->>'value' amount, r.resource->'unapplied'->>'value' unapplied, r.value_on::text "valueOn", r.bank_reference "bankReference", r.names, coalesce(r.resource->'remitter'->>'name', '') name,
  coalesce(r.resource->'remitter'->>'iban', '') iban, r.on_account "onAccount", r.status`;
const receivedOf = ({ amount, unapplied, onAccount, status: _status, ...r }: Row): Received => ({ ...r, minor: moneyOf({ currencyCode: r.currency, value: amount }).minor, unused: !onAccount && unapplied === amount });

type OfAdvice = Announced & { readonly tenant: string };
async function nearTo(tx: Tx, asked: readonly OfAdvice[]): Promise<readonly (readonly Row[])[]> {
  if (asked.length === 0) return [];
  const rows = await tx.query<Row & { n: number }>(
    `select a.n, ${columns} from jsonb_to_recordset($1) a(n int, tenant text, customer text, currency text, total text, reference text, first_on date, last_on date)
       cross join lateral (select x.receipt_id from (${near}) x order by 1 limit ${MOST_RECEIPTS}) n join receipt r on r.tenant = a.tenant and r.receipt_id = n.receipt_id where r.status <> 'RECEIPT_STATUS_REVERSED' order by a.n, r.receipt_id`,
    [JSON.stringify(asked.map((a, n) => ({ n, tenant: a.tenant, customer: a.customer, currency: a.currency, total: formatMoney({ minor: a.totalMinor, currency: a.currency }), reference: a.reference, first_on: a.firstOn, last_on: a.lastOn })))]);
  return asked.map((_, n) => rows.filter((r) => r.n === n));
}

/** The receipts that each may be about. */
export const receiptsNear = async (tx: Tx, asked: readonly OfAdvice[]): Promise<readonly (readonly Received[])[]> => (await nearTo(tx, asked)).map((rows) => rows.map(receivedOf));

/** Receipts by their ids; nothing where one is not read yet. */
export async function receiptsReceived(tx: Tx, asked: readonly { readonly tenant: string; readonly receiptId: string }[]): Promise<readonly (Received | undefined)[]> {
  const rows = await tx.query<Row & { tenant: string }>(`select r.tenant, ${columns} from receipt r where r.tenant = any($1) and r.receipt_id = any($2)`, [asked.map((a) => a.tenant), asked.map((a) => a.receiptId)]);
  return asked.map((a) => { const row = rows.find((r) => r.tenant === a.tenant && r.receiptId === a.receiptId); return row && receivedOf(row); });
}

/** An advice that waits, with all that is known of its lines, and of the receipts that it may be about. */
export interface KnownAdvice extends Announced { readonly known: KnownOfLines; readonly others: readonly Received[] }

/** The advices that wait for money of that amount and currency. */
export async function advicesWaitingFor(tx: Tx, asked: readonly { readonly tenant: string; readonly currency: string; readonly minor: number }[]): Promise<readonly (readonly KnownAdvice[])[]> {
  const rows = await tx.query<{ n: number; tenant: string; resource: unknown }>(
    `select x.n, x.tenant, f.resource from jsonb_to_recordset($1) x(n int, tenant text, currency text, total text)
       cross join lateral (select a.resource from remittance_advice a where a.tenant = x.tenant and a.currency = x.currency and a.total = x.total and a.status = ${WAITING} order by a.advice_id limit ${MOST_ADVICES}) f`,
    [JSON.stringify(asked.map(({ tenant, currency, minor }, n) => ({ n, tenant, currency, total: formatMoney({ minor, currency }) })))]);
  return withAllKnown(tx, asked.length, rows);
}

/** The same for receipts by their ids. */
export async function advicesWaitingForReceipts(tx: Tx, asked: readonly { readonly tenant: string; readonly receiptId: string }[]): Promise<readonly (readonly KnownAdvice[])[]> {
  const rows = await tx.query<{ n: number; tenant: string; resource: unknown }>(
    `select x.n, x.tenant, a.resource from jsonb_to_recordset($1) x(n int, tenant text, "receiptId" text) join receipt r on r.tenant = x.tenant and r.receipt_id = x."receiptId"
       join remittance_advice a on a.tenant = x.tenant and a.currency = r.currency and a.total = r.resource->'amount'->>'value' and a.status = ${WAITING} order by x.n, a.advice_id`, [JSON.stringify(asked.map((a, n) => ({ n, ...a })))]);
  return withAllKnown(tx, asked.length, rows);
}

async function withAllKnown(tx: Tx, askers: number, rows: readonly { readonly n: number; readonly tenant: string; readonly resource: unknown }[]): Promise<readonly (readonly KnownAdvice[])[]> {
  if (rows.length === 0) return Array.from({ length: askers }, () => []);
  const advices = rows.map(({ n, tenant, resource }) => ({ n, tenant, ...announced(RemittanceAdvice.fromJSON(resource)) }));
  const [known, others] = [await knownOfLines(tx, advices), await receiptsNear(tx, advices)];
  const all = advices.map(({ n, tenant: _tenant, references: _references, ...advice }, i) => ({ n, advice: { ...advice, known: known[i]!, others: others[i]! } }));
  return Array.from({ length: askers }, (_, n) => all.filter((a) => a.n === n).map((a) => a.advice));
}

const announced = (a: RemittanceAdvice): Announced & { readonly references: readonly string[] } => ({
  adviceId: a.remittanceAdviceId, customer: a.customerId, currency: a.total!.currencyCode, totalMinor: moneyOf(a.total).minor, reference: a.reference, firstOn: a.firstValueDate, lastOn: a.lastValueDate, payer: { name: a.payer?.name ?? '', iban: a.payer?.iban ?? '' }, references: a.lines.map((l) => l.reference),
});

/** The documents and credit notes that lines name. */
export async function knownOfLines(tx: Tx, asked: readonly { readonly tenant: string; readonly references: readonly string[] }[]): Promise<readonly KnownOfLines[]> {
  const names = asked.map(({ tenant, references }) => ({ tenant, names: [...new Set(references.flatMap(namesOf))] }));
  const documents = await documentsNamed(tx, names);
  const notes = await tx.query<{ tenant: string; number: string; id: string }>('select tenant, number, credit_note_id id from posted_credit_note where tenant = any($1) and number = any($2) and unapplied_minor > 0',
    [[...new Set(names.map((a) => a.tenant))], [...new Set(names.flatMap((a) => a.names))]]);
  return asked.map(({ tenant, references }, i) => ({ documents: documents[i]!, credits: Object.fromEntries(notes.filter((c) => c.tenant === tenant && references.some((r) => normalReference(r) === c.number)).map((c) => [c.number, c.id])) }));
}

/** Advices by their ids, with all that is known of each; nothing where it is not read yet. */
export async function advicesKnown(tx: Tx, asked: readonly { readonly tenant: string; readonly adviceId: string }[]): Promise<readonly (KnownAdvice | undefined)[]> {
  const rows = await tx.query<{ n: number; tenant: string; resource: unknown }>(
    'select x.n, x.tenant, a.resource from jsonb_to_recordset($1) x(n int, tenant text, "adviceId" text) join remittance_advice a on a.tenant = x.tenant and a.advice_id = x."adviceId"', [JSON.stringify(asked.map((a, n) => ({ n, ...a })))]);
  return (await withAllKnown(tx, asked.length, rows)).map(([advice]) => advice);
}

const MOST_CANDIDATES = 10;
const SAMES = { reference: RemittanceMatch.REFERENCE, amount: RemittanceMatch.AMOUNT } as const;

/** Advices as they are shown: those that wait with the receipts that they may be about. */
export async function withReceipts(tx: Tx, tenant: string, advices: readonly RemittanceAdvice[]): Promise<readonly RemittanceAdvice[]> {
  const waiting = advices.filter((a) => a.status === RemittanceAdviceStatus.WAITING);
  const rows = await nearTo(tx, waiting.map((a) => ({ tenant, ...announced(a) })));
  const candidates = new Map(waiting.map((a, i) => [a.remittanceAdviceId, rows[i]!.map((row): RemittanceCandidate => {
    const same = sameOf(announced(a), receivedOf(row));
    return {
      receiptId: row.receiptId, customerId: row.customer, amount: { currencyCode: row.currency, value: row.amount }, unapplied: { currencyCode: row.currency, value: row.unapplied }, valueDate: row.valueOn, status: row.status, same: same ? SAMES[same] : RemittanceMatch.UNSPECIFIED,
    };
  })]));
  const rank = ({ same }: RemittanceCandidate) => [RemittanceMatch.REFERENCE, RemittanceMatch.AMOUNT, RemittanceMatch.UNSPECIFIED].indexOf(same);
  return advices.map((a) => ({ ...a, candidates: [...candidates.get(a.remittanceAdviceId) ?? []].sort((x, y) => rank(x) - rank(y)).slice(0, MOST_CANDIDATES) }));
}
