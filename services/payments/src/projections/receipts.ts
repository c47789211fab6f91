// Receipts as callers see them, and every time that rules or a person tried to use one. A receipt's history moves to its customer's key when it is
// identified; what was recorded before may then be read later, and changes nothing any more.
import { createHash } from 'node:crypto';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { moneyOf } from '@ar/domain/money.js';
import { ApplicationAttempt, Receipt, ReceiptStatus, Recommendation, RecommendationStatus } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import type { CashPassedOn } from '@ar/contracts/gen/ar/payments/v1/events.js';
import type { ApplicationGroup } from '@ar/contracts/gen/ar/payments/v1/receipt_service.js';
import { ReversalKind } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import type { NamedDocument } from '@ar/contracts/gen/ar/payments/v1/receipt.js';
import type { Amount } from '@ar/contracts/gen/ar/type/v1/amount.js';
import { formatMoney } from '@ar/domain/money.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { namesOf, normalReference, readingsOf } from '../domain/remittance.js';

type Read =
  | 'ar.payments.receipt_pending.v1' | 'ar.payments.receipt_recorded.v1' | 'ar.payments.receipt_identified.v1' | 'ar.payments.cash_applied.v1' | 'ar.payments.cash_unapplied.v1' | 'ar.payments.cash_held.v1' | 'ar.payments.receipt_reversed.v1'
  | 'ar.payments.cash_reserved_for_refund.v1' | 'ar.payments.cash_released_from_refund.v1' | 'ar.payments.cash_passed_on.v1' | 'ar.payments.cash_passed_back.v1'
  | 'ar.payments.application_recommended.v1' | 'ar.payments.recommendation_accepted.v1' | 'ar.payments.recommendation_declined.v1' | 'ar.payments.deductions_taken.v1';
const on = [
  'ar.payments.receipt_pending.v1', 'ar.payments.receipt_recorded.v1', 'ar.payments.receipt_identified.v1', 'ar.payments.cash_applied.v1', 'ar.payments.cash_unapplied.v1', 'ar.payments.cash_held.v1', 'ar.payments.receipt_reversed.v1',
  'ar.payments.cash_reserved_for_refund.v1', 'ar.payments.cash_released_from_refund.v1', 'ar.payments.cash_passed_on.v1', 'ar.payments.cash_passed_back.v1',
  'ar.payments.application_recommended.v1', 'ar.payments.recommendation_accepted.v1', 'ar.payments.recommendation_declined.v1', 'ar.payments.deductions_taken.v1',
] as const;

export const receiptResource: Resource<Receipt> = {
  aggregate: 'receipt',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    switch (e.type) {
      case 'ar.payments.receipt_pending.v1': { const receipt = begun({ ...e.data, booking: undefined }, e.data.valueDate); return { ...receipt, status: ReceiptStatus.PENDING, unapplied: receipt.applied }; }
      case 'ar.payments.receipt_recorded.v1': return { ...begun(e.data, e.effectiveOn), payerReceiptId: e.data.payerReceiptId, payerCustomerId: e.data.payerCustomerId };
      case 'ar.payments.receipt_identified.v1': return begun(e.data, e.effectiveOn);
      case 'ar.payments.cash_held.v1': return { ...there(before, e), lastAttempt: attemptIn(e.data) };
      case 'ar.payments.application_recommended.v1': {
        const { recommendationId, matches, policyVersion } = e.data;
        const receipt = there(before, e);
        return { ...receipt, recommendations: [...overtaken(receipt.recommendations), { recommendationId, matches, policyVersion, status: RecommendationStatus.OPEN, answeredBy: '', reason: '', acceptedItemId: '' }] };
      }
      case 'ar.payments.recommendation_accepted.v1': return answered(there(before, e), e.data.recommendationId, { status: RecommendationStatus.ACCEPTED, answeredBy: e.data.acceptedBy, acceptedItemId: e.data.match!.itemId, matches: [e.data.match!] });
      case 'ar.payments.recommendation_declined.v1': return answered(there(before, e), e.data.recommendationId, { status: RecommendationStatus.DECLINED, answeredBy: e.data.declinedBy, reason: e.data.reason });
      case 'ar.payments.deductions_taken.v1': { const receipt = there(before, e); return { ...receipt, deductions: [...receipt.deductions, ...e.data.deductions] }; }
      case 'ar.payments.cash_applied.v1': {
        const { applicationGroupId, applications, amount, trace, policyVersion, exchange } = e.data;
        const group: ApplicationGroup = { applicationGroupId, applications, amount, effectiveDate: e.effectiveOn, trace, policyVersion, undone: false, undoneReason: '', exchange, overpaid: e.data.overpaid };
        const receipt = there(before, e);
        return withApplied({ ...receipt, applicationGroups: [...receipt.applicationGroups, group], recommendations: overtaken(receipt.recommendations), lastAttempt: attemptIn(e.data), ...withOverpaid(receipt, e.data.overpaid, 1) }, amount, 1);
      }
      case 'ar.payments.cash_unapplied.v1': {
        const { applicationGroupId, applications, amount, reason } = e.data;
        const gone = new Set(applications.map((a) => a.item!.itemId));
        const receipt = there(before, e);
        return withApplied({ ...receipt, ...withOverpaid(receipt, e.data.overpaid, -1), applicationGroups: receipt.applicationGroups.map((g) => {
          if (g.applicationGroupId !== applicationGroupId) return g;
          const undone = g.applications.every((a) => gone.has(a.item!.itemId)); // a void undoes what is applied to its own items alone
          return undone ? { ...g, undone, undoneReason: reason } : { ...g, overpaid: undefined, applications: g.applications.filter((a) => !gone.has(a.item!.itemId)), amount: plus(g.amount, amount, -1), exchange: g.exchange && { ...g.exchange, settled: plus(g.exchange.settled, e.data.exchange!.settled, -1) } };
        }) }, amount, -1);
      }
      case 'ar.payments.cash_passed_on.v1': {
        const receipt = there(before, e);
        const { toReceiptId: receiptId, toCustomerId: customerId, amount, unapplied } = e.data;
        return withStatus({ ...receipt, unapplied, lastAttempt: withPassedOn((e.data.goesOn ? receipt.lastAttempt : undefined) ?? attemptIn({}), passedOnBy(e.data)), recommendations: overtaken(receipt.recommendations), passedOn: [...receipt.passedOn, { receiptId, customerId, amount, returned: false }] });
      }
      case 'ar.payments.cash_passed_back.v1': {
        const receipt = there(before, e);
        return withStatus({ ...receipt, unapplied: e.data.unapplied, passedOn: receipt.passedOn.map((p) => (p.receiptId === e.data.toReceiptId ? { ...p, returned: true } : p)) });
      }
      case 'ar.payments.cash_reserved_for_refund.v1': { const receipt = there(before, e); return withStatus({ ...receipt, unapplied: e.data.unapplied, refunded: plus(receipt.refunded, e.data.amount, 1), recommendations: moneyOf(e.data.unapplied).minor === 0 ? overtaken(receipt.recommendations) : receipt.recommendations }); }
      case 'ar.payments.cash_released_from_refund.v1': { const receipt = there(before, e); return withStatus({ ...receipt, unapplied: e.data.unapplied, refunded: plus(receipt.refunded, e.data.amount, -1) }); }
      case 'ar.payments.receipt_reversed.v1': {
        const receipt = there(before, e);
        const nothing = plus(receipt.amount, receipt.amount, -1);
        return { ...receipt, recommendations: overtaken(receipt.recommendations), status: ReceiptStatus.REVERSED, applied: nothing, unapplied: nothing, refunded: nothing, overpaid: undefined, reversalKind: e.data.kind, reversalCode: e.data.code };
      }
    }
  },
};

type Begun = Pick<Receipt, 'receiptId' | 'customerId' | 'amount' | 'valueDate' | 'method' | 'bankReference' | 'onAccount' | 'booking'> & { readonly pii: { readonly data: Receipt['remitter'] } | undefined };
const begun = ({ receiptId, customerId, amount, valueDate, method, bankReference, onAccount, booking, pii }: Begun, effectiveDate: string): Receipt => ({
  receiptId, customerId, amount, valueDate, method, bankReference, onAccount, effectiveDate, remitter: pii?.data, status: customerId === UNIDENTIFIED ? ReceiptStatus.UNIDENTIFIED : ReceiptStatus.UNAPPLIED,
  applied: plus(amount, amount, -1), unapplied: amount, refunded: plus(amount, amount, -1), applicationGroups: [], reversalKind: ReversalKind.UNSPECIFIED, reversalCode: '', recommendations: [], deductions: [], lastAttempt: undefined, passedOn: [], payerReceiptId: '', payerCustomerId: '', booking, overpaid: undefined,
});

/** The date of an attempt is not in its event. */
const attemptIn = (data: Partial<ApplicationAttempt>): ApplicationAttempt => ApplicationAttempt.fromPartial({ ...data, date: '' });
const passedOnBy = ({ toReceiptId: receiptId, toCustomerId: customerId, amount, unapplied }: Pick<CashPassedOn, 'toReceiptId' | 'toCustomerId' | 'amount' | 'unapplied'>) => ({ passedOn: { receiptId, customerId, amount, returned: false }, unapplied });
const withPassedOn = (attempt: ApplicationAttempt, { passedOn, unapplied }: ReturnType<typeof passedOnBy>): ApplicationAttempt => ({ ...attempt, unapplied, passedOn: [...attempt.passedOn, passedOn] });
/** What waits for an answer waits no longer. */
const overtaken = (all: readonly Recommendation[]): Recommendation[] => all.map((r) => (r.status === RecommendationStatus.OPEN ? { ...r, status: RecommendationStatus.OVERTAKEN } : r));
/** What was recommended while nobody was known is in the history of nobody's money: the answer is kept nevertheless. */
function answered(receipt: Receipt, recommendationId: string, { matches = [], ...answer }: Partial<Recommendation>): Receipt {
  const { recommendations: all } = receipt;
  if (all.some((r) => r.recommendationId === recommendationId)) return { ...receipt, recommendations: all.map((r) => (r.recommendationId === recommendationId ? { ...r, ...answer } : r)) };
  return { ...receipt, recommendations: [...all, Recommendation.fromPartial({ recommendationId, matches, ...answer })] };
}

function withApplied(receipt: Receipt, amount: Amount | undefined, sign: 1 | -1): Receipt {
  return withStatus({ ...receipt, applied: plus(receipt.applied, amount, sign), unapplied: plus(receipt.unapplied, amount, sign === 1 ? -1 : 1) });
}

/** What is too much is used with its group, and left again with it. */
function withOverpaid(receipt: Receipt, amount: Amount | undefined, sign: 1 | -1): Pick<Receipt, 'overpaid' | 'unapplied'> {
  const { overpaid, unapplied } = receipt;
  if (!amount) return { overpaid, unapplied };
  const sum = overpaid ? plus(overpaid, amount, sign) : amount;
  return { overpaid: moneyOf(sum).minor === 0 ? undefined : sum, unapplied: plus(unapplied, amount, sign === 1 ? -1 : 1) };
}

/** Refunded, passed on and used is as good as used: nothing is left. */
function withStatus(receipt: Receipt): Receipt {
  const used = moneyOf(receipt.applied).minor + moneyOf(receipt.refunded).minor + receipt.passedOn.filter((p) => !p.returned).length;
  return { ...receipt, status: used === 0 ? ReceiptStatus.UNAPPLIED : moneyOf(receipt.unapplied).minor === 0 ? ReceiptStatus.APPLIED : ReceiptStatus.PARTLY_APPLIED };
}

function plus(a: Amount | undefined, b: Amount | undefined, sign: 1 | -1): Amount {
  const [x, y] = [moneyOf(a), moneyOf(b)];
  return { currencyCode: x.currency, value: formatMoney({ minor: x.minor + sign * y.minor, currency: x.currency }) };
}

function there(receipt: Receipt | undefined, e: Consumed<Read>): Receipt {
  if (!receipt) throw new Error(`${e.type} of a receipt that was not recorded: ${e.subject}`);
  return receipt;
}

export const receipts: Projection<Read> = {
  name: 'receipts',
  ddl: `
    create table receipt (tenant text, receipt_id text, customer text not null, currency text not null, status text not null, value_on date not null, bank_reference text not null, names text[] not null, version bigint not null, resource jsonb not null,
      unapplied_minor bigint not null, on_account boolean not null, fingerprint text not null, recorded bigint not null, recorded_on date not null, primary key (tenant, receipt_id));
    create index on receipt (tenant, value_on, receipt_id);
    create index on receipt (tenant, customer, value_on);
    create index on receipt (tenant, value_on, receipt_id) where unapplied_minor > 0 and not on_account;
    create index on receipt (tenant, fingerprint) where fingerprint <> '';
    create index on receipt (tenant, receipt_id) where status = 'RECEIPT_STATUS_PENDING';
    create index on receipt (tenant, bank_reference) where bank_reference <> '';
    create table receipt_attempt (tenant text, receipt_id text, version bigint, recorded_on date not null, event jsonb not null, primary key (tenant, receipt_id, version));`,
  on,
  async project(events, tx) {
    const ids = [...new Set(events.map((e) => e.subject.slice('receipt/'.length)))];
    const rows = await tx.query<{ tenant: string; receiptId: string; version: string; names: string[]; recorded: string; recordedOn: string; resource: unknown }>(
      'select tenant, receipt_id as "receiptId", version::text as version, names, recorded::text as recorded, recorded_on::text as "recordedOn", resource from receipt where tenant = any($1) and receipt_id = any($2)', [[...new Set(events.map((e) => e.tenant))], ids]);
    const kept = new Map(rows.map((r) => [`${r.tenant}/receipt/${r.receiptId}`, { tenant: r.tenant, version: Number(r.version), names: r.names, recorded: Number(r.recorded), recordedOn: r.recordedOn, receipt: Receipt.fromJSON(r.resource) }]));
    for (const e of events) {
      const key = `${e.tenant}/${e.subject}`;
      const before = kept.get(key);
      if (before && before.version >= e.version) continue;
      const begins = e.type === 'ar.payments.receipt_pending.v1' || e.type === 'ar.payments.receipt_recorded.v1' || e.type === 'ar.payments.receipt_identified.v1';
      const names = begins ? namesIn(e.data.documents, e.data.pii?.data?.remittance ?? '') : before?.names ?? [];
      const since = before && (!begins || before.receipt.status === ReceiptStatus.PENDING) ? before : e; // what was pending is no younger than before
      kept.set(key, { tenant: e.tenant, version: e.version, names, recorded: since.recorded, recordedOn: since.recordedOn, receipt: receiptResource.evolve(before?.receipt, e) });
    }
    await tx.query(
      `insert into receipt select tenant, "receiptId", customer, currency, status, "valueOn", "bankReference", names, version, resource, "unappliedMinor", "onAccount", fingerprint, recorded, "recordedOn"
         from jsonb_to_recordset($1) x(tenant text, "receiptId" text, customer text, currency text, status text, "valueOn" date, "bankReference" text, names text[], version bigint, resource jsonb, "unappliedMinor" bigint, "onAccount" boolean, fingerprint text, recorded bigint, "recordedOn" date)
       on conflict (tenant, receipt_id) do update set customer = excluded.customer, status = excluded.status, value_on = excluded.value_on, names = excluded.names, version = excluded.version, resource = excluded.resource, unapplied_minor = excluded.unapplied_minor, fingerprint = excluded.fingerprint, recorded = excluded.recorded, recorded_on = excluded.recorded_on`,
      [JSON.stringify([...kept.values()].map(({ tenant, version, names, recorded, recordedOn, receipt: r }) => ({
        tenant, receiptId: r.receiptId, customer: r.customerId, currency: r.amount!.currencyCode, status: r.status, valueOn: r.valueDate, bankReference: r.bankReference, names, version, resource: Receipt.toJSON(r),
        unappliedMinor: moneyOf(r.unapplied).minor, onAccount: r.onAccount, fingerprint: fingerprintOf(r, names), recorded, recordedOn,
      })))]);
    const tried = events.flatMap((e) => (e.type === 'ar.payments.cash_applied.v1' || e.type === 'ar.payments.cash_held.v1' || e.type === 'ar.payments.cash_passed_on.v1' ? [e] : []));
    if (tried.length > 0) {
      await tx.query(`insert into receipt_attempt select tenant, "receiptId", version, "recordedOn", event from jsonb_to_recordset($1) x(tenant text, "receiptId" text, version bigint, "recordedOn" date, event jsonb)`,
        [JSON.stringify(tried.map((e) => ({ tenant: e.tenant, receiptId: e.data.receiptId, version: e.version, recordedOn: e.recordedOn, event: e.data })))]);
    }
  },
};

/** The same for the same payer, amount, value date and text; empty where nothing is known of the payer, and of a share of another receipt. */
export function fingerprintOf({ remitter, customerId, amount, valueDate, payerReceiptId }: Receipt, names: readonly string[]): string {
  if (payerReceiptId !== '') return '';
  const payer = normalReference(remitter?.iban || remitter?.name || (customerId === UNIDENTIFIED ? '' : customerId));
  return payer === '' ? '' : createHash('sha256').update(JSON.stringify([payer, amount, valueDate, [...names].sort(), normalReference(remitter?.remittance ?? '')])).digest('base64url');
}

const namesIn = (documents: readonly NamedDocument[], remittance: string): string[] => [...new Set([...documents.flatMap((d) => namesOf(d.reference)), ...readingsOf(remittance)])];

export async function receiptById(tx: Tx, tenant: string, receiptId: string): Promise<{ readonly receipt: Receipt; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: string; resource: unknown }>('select version::text as version, resource from receipt where tenant = $1 and receipt_id = $2', [tenant, receiptId]);
  return row && { receipt: Receipt.fromJSON(row.resource), version: Number(row.version) };
}

/** Pending receipts whose day has come, in the order of their ids. */
export const receiptsMaturing = (tx: Tx, tenant: string, today: string, after: string, limit: number): Promise<readonly { readonly receiptId: string; readonly customer: string }[]> =>
  tx.query(`select receipt_id "receiptId", customer from receipt where tenant = $1 and status = 'RECEIPT_STATUS_PENDING' and value_on <= $2::date and receipt_id > $3 order by receipt_id limit $4`, [tenant, today, after, limit]);

/** Whose they are; empty where one is not read yet. */
export async function customersOfReceipts(tx: Tx, asked: readonly { readonly tenant: string; readonly receiptId: string }[]): Promise<readonly string[]> {
  const rows = await tx.query<{ tenant: string; receiptId: string; customer: string }>('select tenant, receipt_id "receiptId", customer from receipt where tenant = any($1) and receipt_id = any($2)', [asked.map((a) => a.tenant), asked.map((a) => a.receiptId)]);
  return asked.map((a) => rows.find((r) => r.tenant === a.tenant && r.receiptId === a.receiptId)?.customer ?? '');
}

/** Every attempt to use a receipt, in order: what was applied or held, and what it passed on. */
export async function attemptsOn(tx: Tx, tenant: string, receiptId: string): Promise<readonly ApplicationAttempt[]> {
  const rows = await tx.query<{ date: string; event: Partial<ApplicationAttempt> | CashPassedOn }>('select recorded_on::text as date, event from receipt_attempt where tenant = $1 and receipt_id = $2 order by version', [tenant, receiptId]);
  const attempts: ApplicationAttempt[] = [];
  for (const { date, event } of rows) {
    if (!('toReceiptId' in event)) { attempts.push(ApplicationAttempt.fromPartial({ ...event, date })); continue; }
    attempts.push(withPassedOn((event.goesOn ? attempts.pop() : undefined) ?? ApplicationAttempt.fromPartial({ date }), passedOnBy(event)));
  }
  return attempts;
}
