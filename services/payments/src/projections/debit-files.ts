// Files of direct debits: who cut them, and what they come to. What is in each is with the attempts of the debits.
import type { EventType } from '@ar/contracts/registry.js';
import { DebitFile } from '@ar/contracts/gen/ar/payments/v1/debit_service.js';
import type { Consumed, Projection, Resource, Tx } from '@ar/runtime/forms.js';

const on = ['ar.payments.debit_file_cut.v1'] as const satisfies readonly EventType[];
type Read = Consumed<(typeof on)[number]>;

export const debitFileResource: Resource<DebitFile> = {
  aggregate: 'debit-file',
  on,
  evolve(_before, event) {
    const { data: { customerId: _bank, ...of }, recordedOn } = event as Read;
    return DebitFile.fromPartial({ ...of, cutDate: recordedOn });
  },
};

export const debitFiles: Projection<(typeof on)[number]> = {
  name: 'debit-files',
  ddl: 'create table debit_file (tenant text, file_id text, version int not null, resource jsonb not null, primary key (tenant, file_id))',
  on,
  async project(events, tx) {
    for (const e of events) await tx.query('insert into debit_file values ($1, $2, $3, $4)', [e.tenant, e.data.debitFileId, e.version, JSON.stringify(DebitFile.toJSON(debitFileResource.evolve(undefined, e)))]);
  },
};

export async function debitFileById(tx: Tx, tenant: string, fileId: string): Promise<{ readonly file: DebitFile; readonly version: number } | undefined> {
  const [row] = await tx.query<{ version: number; resource: unknown }>('select version, resource from debit_file where tenant = $1 and file_id = $2', [tenant, fileId]);
  return row && { file: DebitFile.fromJSON(row.resource), version: row.version };
}
