// Documents of other systems that were taken on.
import type { Consumed, Projection, Resource } from '@ar/runtime/forms.js';
import { TakenOnDocument } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';

const on = ['ar.payments.document_taken_on.v1', 'ar.payments.credit_taken_on.v1', 'ar.payments.take_on_cancelled.v1'] as const;
type Read = (typeof on)[number];

/** As it was taken on last. */
export const takenOnResource: Resource<TakenOnDocument> = {
  aggregate: 'taken-on',
  on,
  evolve(before, event) {
    const e = event as Consumed<Read>;
    switch (e.type) {
      case 'ar.payments.document_taken_on.v1': return TakenOnDocument.fromPartial({ ...e.data, businessDate: e.recordedOn });
      case 'ar.payments.credit_taken_on.v1': {
        const { unapplied, onAccount: _left, ...credit } = e.data;
        return TakenOnDocument.fromPartial({ ...credit, open: unapplied!, creditNoteId: credit.documentId, businessDate: e.recordedOn });
      }
      case 'ar.payments.take_on_cancelled.v1': {
        if (!before) throw new Error(`${e.data.documentId} is cancelled, and was not taken on`);
        return { ...before, cancelledDate: e.recordedOn, cancelledBy: e.data.cancelledBy, cancelReason: e.data.reason };
      }
    }
  },
};

/** A document that is taken on again is another one. */
export const takenOnDocuments: Projection<Read> = {
  name: 'taken-on-documents',
  ddl: 'create table taken_on (tenant text, document_id text, customer text not null, source text not null, number text not null, taken_on date not null, resource jsonb not null, primary key (tenant, document_id))',
  on,
  async project(events, tx) {
    const taken = events.flatMap((e) => (e.type === 'ar.payments.take_on_cancelled.v1' ? [] : [{
      tenant: e.tenant, id: e.data.documentId, customer: e.customer, source: e.data.sourceSystem, number: e.data.documentNumber, takenOn: e.recordedOn, resource: TakenOnDocument.toJSON(takenOnResource.evolve(undefined, e)),
    }]));
    if (taken.length > 0) await tx.query('insert into taken_on select tenant, id, customer, source, number, "takenOn", resource from jsonb_to_recordset($1) x(tenant text, id text, customer text, source text, number text, "takenOn" date, resource jsonb)', [JSON.stringify(taken)]);
    for (const e of events) {
      if (e.type !== 'ar.payments.take_on_cancelled.v1') continue;
      const [row] = await tx.query<{ resource: unknown }>('select resource from taken_on where tenant = $1 and document_id = $2', [e.tenant, e.data.documentId]);
      await tx.query('update taken_on set resource = $3 where tenant = $1 and document_id = $2', [e.tenant, e.data.documentId, JSON.stringify(TakenOnDocument.toJSON(takenOnResource.evolve(row && TakenOnDocument.fromJSON(row.resource), e)))]);
    }
  },
};
