// Cases, contacts, and what else ranks a customer: credit on hold, an address for reminders.
import { Contact } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import type { Dispute } from '@ar/contracts/gen/ar/collections/v1/dispute_service.js';
import type { PromiseToPay } from '@ar/contracts/gen/ar/collections/v1/promise_service.js';
import type { EventType } from '@ar/contracts/registry.js';
import type { Day } from '@ar/domain/day.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { deliveryOutcome, type DeliveryOutcome } from '@ar/runtime/undelivered.js';
import { comingTo } from './coming.js';
import { disputeAfter, disputeEvents, isDisputeEvent } from './disputes.js';
import { isPromiseEvent, promiseAfter, promiseEvents } from './promises.js';

const caseEvents = ['ar.collections.collection_case_opened.v1', 'ar.collections.collection_case_closed.v1', 'ar.collections.contact_recorded.v1'] as const satisfies readonly EventType[];

const contactIn = ({ data, recordedOn }: Consumed<'ar.collections.contact_recorded.v1'>): Contact => {
  const { contactId, customerId, channel, result, followUpOn, promiseId, disputeId, pii } = data;
  return { contactId, customerId, channel, result, date: recordedOn, followUpOn, note: pii?.data, promiseId, disputeId };
};

/** What commands on a customer's stream answer with: what was touched last. Open ones are kept, as later events are about them. */
export interface Touched {
  readonly contact: Contact | undefined;
  readonly promise: PromiseToPay | undefined;
  readonly dispute: Dispute | undefined;
  readonly openPromises: Readonly<Record<string, PromiseToPay>>;
  readonly openDisputes: Readonly<Record<string, Dispute>>;
}

export const caseResource: Resource<Touched> = {
  aggregate: 'case',
  on: [...caseEvents, ...promiseEvents, ...disputeEvents],
  evolve(before, event) {
    const touched = before ?? { contact: undefined, promise: undefined, dispute: undefined, openPromises: {}, openDisputes: {} };
    if (isPromiseEvent(event)) {
      const { [event.data.promiseId]: known, ...others } = touched.openPromises;
      const promise = promiseAfter(known, event);
      return { ...touched, promise, openPromises: event.type === 'ar.collections.promise_made.v1' ? { ...others, [promise.promiseId]: promise } : others };
    }
    if (isDisputeEvent(event)) {
      const { [event.data.disputeId]: known, ...others } = touched.openDisputes;
      const dispute = disputeAfter(known, event);
      return { ...touched, dispute, openDisputes: event.type === 'ar.collections.dispute_opened.v1' ? { ...others, [dispute.disputeId]: dispute } : others };
    }
    return event.type === 'ar.collections.contact_recorded.v1' ? { ...touched, contact: contactIn(event) } : touched;
  },
};

export const cases: Projection<(typeof caseEvents)[number]> = {
  name: 'cases',
  ddl: `create table collection_case (tenant text, customer text, case_id text not null, open boolean not null, opened_on date not null, closed_on date, version bigint not null, primary key (tenant, customer));
        create index on collection_case (tenant) where open;
        create table contact (tenant text, customer text, contact_id text, contacted_on date not null, version bigint not null, follow_up_on date, resource jsonb not null, primary key (tenant, customer, contact_id));
        create index on contact (tenant, customer, version desc)`,
  on: caseEvents,
  async project(events, tx) {
    for (const e of events) {
      switch (e.type) {
        case 'ar.collections.collection_case_opened.v1':
          await tx.query(`insert into collection_case values ($1, $2, $3, true, $4, null, $5)
                          on conflict (tenant, customer) do update set case_id = excluded.case_id, open = true, opened_on = excluded.opened_on, closed_on = null, version = excluded.version`, [e.tenant, e.customer, e.data.caseId, e.recordedOn, e.version]);
          break;
        case 'ar.collections.collection_case_closed.v1':
          await tx.query('update collection_case set open = false, closed_on = $3, version = $4 where tenant = $1 and customer = $2', [e.tenant, e.customer, e.recordedOn, e.version]);
          break;
        case 'ar.collections.contact_recorded.v1':
          await tx.query('insert into contact values ($1, $2, $3, $4, $5, $6, $7)', [e.tenant, e.customer, e.data.contactId, e.recordedOn, e.version, e.data.followUpOn || null, JSON.stringify(Contact.toJSON(contactIn(e)))]);
      }
    }
  },
};

const customerEvents = ['ar.credit.customer_registered.v1', 'ar.credit.customer_updated.v1', 'ar.credit.credit_hold_placed.v1', 'ar.credit.credit_hold_released.v1'] as const satisfies readonly EventType[];

export const customers: Projection<(typeof customerEvents)[number]> = {
  name: 'customers',
  ddl: 'create table customer (tenant text, customer text, without_address boolean not null, on_hold boolean not null default false, primary key (tenant, customer))',
  on: customerEvents,
  async project(events, tx) {
    for (const e of events) {
      switch (e.type) {
        case 'ar.credit.customer_registered.v1':
        case 'ar.credit.customer_updated.v1': {
          const { invoiceEmail = '', reminderEmail = '' } = e.data.pii?.data ?? {};
          await tx.query('insert into customer (tenant, customer, without_address) values ($1, $2, $3) on conflict (tenant, customer) do update set without_address = excluded.without_address', [e.tenant, e.customer, invoiceEmail === '' && reminderEmail === '']);
          break;
        }
        case 'ar.credit.credit_hold_placed.v1':
        case 'ar.credit.credit_hold_released.v1':
          await tx.query('update customer set on_hold = $3 where tenant = $1 and customer = $2', [e.tenant, e.customer, e.type === 'ar.credit.credit_hold_placed.v1']);
      }
    }
  },
};

/** Documents that could not be delivered: who calls may ask for another address. A row goes when the document leaves anew. */
export const undelivered: Projection<DeliveryOutcome> = {
  name: 'undelivered',
  ddl: 'create table undelivered (tenant text, customer text, document_id text, document_number text not null, since date not null, detail text not null, primary key (tenant, customer, document_id))',
  on: ['ar.invoicing.delivery_sent.v1', 'ar.invoicing.delivery_confirmed.v1', 'ar.invoicing.delivery_failed.v1', 'ar.invoicing.delivery_suppressed.v1', 'ar.invoicing.delivery_bounced.v1'],
  async project(events, tx) {
    for (const event of events) {
      const told = deliveryOutcome(event);
      const of = [event.tenant, event.customer, told.documentId];
      if (told.undelivered === true)
        await tx.query('insert into undelivered values ($1, $2, $3, $4, $5, $6) on conflict (tenant, customer, document_id) do update set detail = excluded.detail', [...of, told.documentNumber, event.recordedOn, told.detail]);
      if (told.undelivered === false) await tx.query('delete from undelivered where tenant = $1 and customer = $2 and document_id = $3', of);
    }
  },
};

/** The latest contacts, at most 100. */
export async function contactsOf(tx: Tx, tenant: string, customer: string): Promise<readonly Contact[]> {
  const rows = await tx.query<{ resource: unknown }>('select resource from contact where tenant = $1 and customer = $2 order by version desc limit 100', [tenant, customer]);
  return rows.map((r) => Contact.fromJSON(r.resource));
}

/** Whose promise or dispute it is; undefined when it is not known, or not of one customer only. */
export async function ownerOf(tx: Tx, tenant: string, kind: 'promise' | 'dispute', id: string): Promise<string | undefined> {
  const stored = kind === 'promise' ? { table: 'promise', event: 'PromiseMade', field: 'promiseId' } : { table: 'dispute', event: 'DisputeOpened', field: 'disputeId' };
  const rows = await tx.query<{ customer: string }>(`select customer from ${stored.table} where tenant = $1 and ${stored.table}_id = $2 limit 2`, [tenant, id]);
  if (rows.length > 0) return rows.length === 1 ? rows[0]!.customer : undefined;
  // Recorded a moment ago and not come back through the log yet: among the newest of the store.
  const [fresh] = await tx.query<{ customer: string }>(
    `select data->>'customerId' customer from es.event where sequence > (select sequence from es.head) - 5000 and type = $2 and data->>$3 = $4 and stream_id like $1 || '/case/%' order by sequence desc limit 1`,
    [tenant, stored.event, stored.field, id]);
  return fresh?.customer;
}

/** What a customer's case is ranked by, one row per currency in which something is past due. */
export interface CaseFacts {
  readonly customer: string; readonly caseId: string; readonly open: boolean; readonly openedOn: Day; readonly closedOn: Day | null; readonly version: number;
  readonly onHold: boolean; readonly withoutAddress: boolean; readonly brokenPromises: number; readonly lastContactOn: Day | null; readonly followUpOn: Day | null; readonly undelivered: readonly { readonly documentId: string; readonly documentNumber: string; readonly since: Day; readonly detail: string }[];
  readonly pastDue: readonly { readonly currency: string; readonly pastDueMinor: bigint; readonly disputedMinor: bigint; readonly promisedMinor: bigint; /** What of it is under way. */ readonly comingMinor: bigint; readonly items: number; readonly oldestDueOn: Day }[];
}

/** Sums as the database writes them: a number could not carry every one. */
type PastDueText = Omit<CaseFacts['pastDue'][number], 'pastDueMinor' | 'disputedMinor' | 'promisedMinor' | 'comingMinor'> & Readonly<Record<'pastDueMinor' | 'disputedMinor' | 'promisedMinor', string>>;

/** Open cases of a tenant, or the case of one customer, open or not. */
export async function caseFacts(tx: Tx, tenant: string, today: Day, customer: string | null): Promise<readonly CaseFacts[]> {
  const rows = await tx.query<Omit<CaseFacts, 'pastDue'> & { readonly pastDue: readonly PastDueText[] }>(
    `with chosen as (select * from collection_case where tenant = $1 and (customer = $3 or ($3::text is null and open))),
     late as (
       select i.customer, i.currency, i.due_on, i.open_minor,
              least(i.open_minor, coalesce((select sum(d.minor) from disputed_item d where d.tenant = i.tenant and d.customer = i.customer and d.item_id = i.item_id), 0)) disputed,
              least(i.open_minor, coalesce((select sum(p.minor) from promised_item p where p.tenant = i.tenant and p.customer = i.customer and p.item_id = i.item_id), 0)) promised
         from chosen c join item i using (tenant, customer) where i.open_minor > 0 and i.due_on < $2),
     by_currency as (select customer, currency, sum(open_minor)::text past_due, sum(disputed)::text disputed, sum(promised)::text promised, count(*)::int items, min(due_on) oldest from late group by 1, 2)
     select c.customer, c.case_id "caseId", c.open, c.opened_on "openedOn", c.closed_on "closedOn", c.version, coalesce(u.on_hold, false) "onHold", coalesce(u.without_address, true) "withoutAddress",
            (select count(*)::int from promise p where p.tenant = c.tenant and p.customer = c.customer and p.status = 'PROMISE_STATUS_BROKEN' and p.ended_on > $2::date - interval '12 months') "brokenPromises",
            (select max(k.contacted_on) from contact k where k.tenant = c.tenant and k.customer = c.customer) "lastContactOn",
            (select k.follow_up_on from contact k where k.tenant = c.tenant and k.customer = c.customer order by k.version desc limit 1) "followUpOn",
            (select coalesce(jsonb_agg(jsonb_build_object('documentId', n.document_id, 'documentNumber', n.document_number, 'since', n.since, 'detail', n.detail)), '[]') from (
               select * from undelivered n where n.tenant = c.tenant and n.customer = c.customer order by n.since, n.document_id limit 50) n) undelivered,
            coalesce((select jsonb_agg(jsonb_build_object('currency', b.currency, 'pastDueMinor', b.past_due, 'disputedMinor', b.disputed, 'promisedMinor', b.promised, 'items', b.items, 'oldestDueOn', b.oldest) order by b.currency)
                        from by_currency b where b.customer = c.customer), '[]') "pastDue"
       from chosen c left join customer u using (tenant, customer) order by c.customer`, [tenant, today, customer]);
  const coming = await comingTo(tx, rows.map((r) => ({ tenant, customer: r.customer })));
  const comes = (of: string, currency: string): bigint => (coming.get(JSON.stringify([tenant, of])) ?? []).reduce((sum, c) => (c.currency === currency && c.dueOn < today ? sum + BigInt(c.minor) : sum), 0n);
  return rows.map((r) => ({ ...r, pastDue: r.pastDue.map((p) => ({ ...p, comingMinor: comes(r.customer, p.currency), pastDueMinor: BigInt(p.pastDueMinor), disputedMinor: BigInt(p.disputedMinor), promisedMinor: BigInt(p.promisedMinor) })) }));
}
