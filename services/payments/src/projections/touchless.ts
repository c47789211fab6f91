// Which receipts were identified and used without a person, at any day as known at any time: since when each is identified, and when a person first had a hand in it.
import type { EventType } from '@ar/contracts/registry.js';
import { ReopeningCause } from '@ar/contracts/gen/ar/payments/v1/account.js';
import type { Consumed, Projection, Tx } from '@ar/runtime/forms.js';
import { UNIDENTIFIED } from '../domain/account.js';
import { BANK } from '../domain/bank-account.js';
import { args, type At, spansAt } from './item-spans.js';
import type { OfCurrency } from './measures.js';
import { isOf, whoseOf } from './segments.js';

const on = ['ar.payments.receipt_recorded.v1', 'ar.payments.receipt_identified.v1', 'ar.payments.cash_applied.v1', 'ar.payments.cash_unapplied.v1', 'ar.payments.receipt_reversed.v1', 'ar.payments.recommendation_accepted.v1'] as const satisfies readonly EventType[];

interface Touch { readonly tenant: string; readonly receiptId: string; readonly customer: string; readonly currency: string; readonly effectiveOn: string | null; readonly identified: number | null; readonly person: number | null; readonly reversed: number | null }

/** The rules, and what another message of a bank tells, are nobody. */
const isAutomatic = (by: string): boolean => by === 'system' || by === BANK;

/** What an event tells of its receipt. Items that a caller named were found by no policy. */
function touchOf(e: Consumed<(typeof on)[number]>): Touch {
  const nothing = { tenant: e.tenant, receiptId: e.data.receiptId, customer: e.customer, currency: ('match' in e.data ? e.data.match!.amount! : e.data.amount!).currencyCode, effectiveOn: null, identified: null, person: null, reversed: null };
  switch (e.type) {
    case 'ar.payments.receipt_recorded.v1': return { ...nothing, effectiveOn: e.effectiveOn, identified: e.customer === UNIDENTIFIED ? null : e.recorded };
    case 'ar.payments.receipt_identified.v1': return { ...nothing, effectiveOn: e.effectiveOn, identified: e.recorded, person: isAutomatic(e.data.identifiedBy) ? null : e.recorded };
    case 'ar.payments.cash_applied.v1': return { ...nothing, person: e.data.policyVersion === 0 ? e.recorded : null };
    case 'ar.payments.cash_unapplied.v1': return { ...nothing, person: e.data.cause === ReopeningCause.UNAPPLIED ? e.recorded : null };
    case 'ar.payments.receipt_reversed.v1': return { ...nothing, reversed: e.recorded };
    case 'ar.payments.recommendation_accepted.v1': return { ...nothing, person: e.recorded };
  }
}

const earlier = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b < a) ? b : a);

/** What was recorded while nobody knew whose it is may be read later than what was recorded then, and where a period was closed in between they count from other days: every column takes its own earliest. */
export const touchless: Projection<(typeof on)[number]> = {
  name: 'touchless',
  revision: 2,
  ddl: `create table receipt_touch (tenant text, receipt_id text, customer text not null, currency text not null, effective_on date, identified bigint, person bigint, reversed bigint, primary key (tenant, receipt_id));
        create index on receipt_touch (tenant, currency, effective_on)`,
  on,
  async project(events, tx) {
    const told = new Map<string, Touch>();
    for (const e of events) {
      if (e.type === 'ar.payments.receipt_recorded.v1' && e.data.payerReceiptId !== '') continue; // a share of what is counted
      const [now, before] = [touchOf(e), told.get(`${e.tenant}/${e.data.receiptId}`)];
      told.set(`${e.tenant}/${e.data.receiptId}`, !before ? now : {
        ...now, customer: now.customer === UNIDENTIFIED ? before.customer : now.customer, effectiveOn: earlier(before.effectiveOn, now.effectiveOn), identified: before.identified ?? now.identified, person: before.person ?? now.person, reversed: before.reversed ?? now.reversed,
      });
    }
    await tx.query(
      `insert into receipt_touch as t select tenant, "receiptId", customer, currency, "effectiveOn", identified, person, reversed
         from jsonb_to_recordset($1) x(tenant text, "receiptId" text, customer text, currency text, "effectiveOn" date, identified bigint, person bigint, reversed bigint)
       on conflict (tenant, receipt_id) do update set customer = case when excluded.customer = '${UNIDENTIFIED}' then t.customer else excluded.customer end, effective_on = least(t.effective_on, excluded.effective_on),
         identified = least(t.identified, excluded.identified), person = least(t.person, excluded.person), reversed = least(t.reversed, excluded.reversed)`, [JSON.stringify([...told.values()])]);
  },
};

/** Of the receipts of a period that were identified, those that are used up, did not go back, and no person had a hand in. */
export async function touchlessIn(tx: Tx, at: At, of: OfCurrency, from: string): Promise<{ readonly identified: bigint; readonly touchless: bigint }> {
  const [row] = await tx.query<{ identified: string; touchless: string }>(
    `select count(*)::text as identified, (count(*) filter (where (t.reversed is null or t.reversed > $3) and (t.person is null or t.person > $3) and c.item_id is null))::text as touchless
       from receipt_touch t left join (select distinct item_id from ${spansAt(whoseOf(of))} s where side = 'credit') c on c.item_id = t.receipt_id
      where t.tenant = $1 and t.currency = $5 and ${isOf(whoseOf(of), 't.customer')} and t.effective_on between $6::date and $2::date and t.identified <= $3`, [...args(at, of), from]);
  return { identified: BigInt(row!.identified), touchless: BigInt(row!.touchless) };
}
