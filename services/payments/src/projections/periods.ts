// The books of each tenant: from which day on they are open, and the periods before.
import type { EventType } from '@ar/contracts/registry.js';
import { Books } from '@ar/contracts/gen/ar/payments/v1/period_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';
import { MOST_PERIODS } from '../domain/period.js';

const types = ['ar.payments.period_closed.v1', 'ar.payments.period_reopened.v1'] as const satisfies readonly EventType[];
type Read = (typeof types)[number];

export const booksResource: Resource<Books> = {
  aggregate: 'period',
  on: types,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    const closed = before?.closed ?? [];
    switch (e.type) {
      case 'ar.payments.period_closed.v1': {
        const { lastDate, firstOpenDate, closedBy, controlTotals } = e.data;
        return { firstOpenDate, closed: [{ lastDate, closedBy, businessDate: e.recordedOn, controlTotals }, ...closed].slice(0, MOST_PERIODS) };
      }
      case 'ar.payments.period_reopened.v1': return { firstOpenDate: e.data.firstOpenDate, closed: closed.slice(1) };
    }
  },
};

export const periods: Projection<Read> = {
  name: 'periods',
  ddl: 'create table books (tenant text primary key, version int not null, resource jsonb not null)',
  on: types,
  async project(events, tx) {
    for (const e of events) {
      const found = await booksOf(tx, e.tenant);
      await tx.query('insert into books values ($1, $2, $3) on conflict (tenant) do update set version = excluded.version, resource = excluded.resource', [e.tenant, e.version, JSON.stringify(Books.toJSON(booksResource.evolve(found.version > 0 ? found.books : undefined, e)))]);
    }
  },
};

/** Version 0: no period was ever closed. */
export async function booksOf(tx: Tx, tenant: string): Promise<{ readonly books: Books; readonly version: number }> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from books where tenant = $1', [tenant]);
  return row ? { books: Books.fromJSON(row.resource), version: row.version } : { books: { firstOpenDate: '', closed: [] }, version: 0 };
}
