// Documents of other systems that were taken on.
import type { Consumed, Projection, Resource } from '@ar/runtime/forms.js';
import { TakenOnDocument } from '@ar/contracts/gen/ar/payments/v1/take_on_service.js';

const on = ['ar.payments.document_taken_on.v1'] as const;
type Read = (typeof on)[number];

export const takenOnResource: Resource<TakenOnDocument> = {
  aggregate: 'taken-on',
  on,
  evolve: (_before, event) => TakenOnDocument.fromPartial({ ...(event as Consumed<Read>).data, businessDate: event.recordedOn }),
};

export const takenOnDocuments: Projection<Read> = {
  name: 'taken-on-documents',
  ddl: 'create table taken_on (tenant text, document_id text, customer text not null, source text not null, number text not null, taken_on date not null, resource jsonb not null, primary key (tenant, document_id))',
  on,
  async project(events, tx) {
    await tx.query('insert into taken_on select tenant, id, customer, source, number, "takenOn", resource from jsonb_to_recordset($1) x(tenant text, id text, customer text, source text, number text, "takenOn" date, resource jsonb)', [JSON.stringify(events.map((e) => ({
      tenant: e.tenant, id: e.data.documentId, customer: e.customer, source: e.data.sourceSystem, number: e.data.documentNumber, takenOn: e.recordedOn, resource: TakenOnDocument.toJSON(takenOnResource.evolve(undefined, e)),
    })))]);
  },
};
