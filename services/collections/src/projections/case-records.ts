// Cases from their opening to their closing.
import { CaseRecord } from '@ar/contracts/gen/ar/collections/v1/case_service.js';
import type { Projection } from '@ar/runtime/forms.js';

const on = ['ar.collections.collection_case_opened.v1', 'ar.collections.collection_case_closed.v1'] as const;

export const caseRecords: Projection<(typeof on)[number]> = {
  name: 'case-records',
  ddl: 'create table case_record (tenant text not null, case_id text not null, customer text not null, opened_on date not null, closed_on date, resource jsonb not null, primary key (tenant, case_id))',
  on,
  async project(events, tx) {
    for (const e of events) {
      if (e.type === 'ar.collections.collection_case_opened.v1') {
        const { caseId, customerId, pastDue, oldestDueDate } = e.data;
        await tx.query('insert into case_record values ($1, $2, $3, $4, null, $5)', [e.tenant, caseId, customerId, e.recordedOn, JSON.stringify(CaseRecord.toJSON({ caseId, customerId, openedOn: e.recordedOn, closedOn: '', pastDue, oldestDueDate }))]);
      } else {
        const [row] = await tx.query<{ resource: unknown }>('select resource from case_record where tenant = $1 and case_id = $2', [e.tenant, e.data.caseId]);
        const closed = { ...CaseRecord.fromJSON(row!.resource), closedOn: e.recordedOn };
        await tx.query('update case_record set closed_on = $3, resource = $4 where tenant = $1 and case_id = $2', [e.tenant, e.data.caseId, e.recordedOn, JSON.stringify(CaseRecord.toJSON(closed))]);
      }
    }
  },
};
