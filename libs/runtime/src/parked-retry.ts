// Parked events are read again by the consumer's own function, in order; the first that still fails keeps the rest waiting.
import type { LogRecord } from '@ar/event-log/event-log.js';
import type { Consumer } from './consumer.js';
import type { Live } from './live.js';

interface Row { readonly id: number; readonly partition: number; readonly record: { headers: Record<string, string>; value: string; key: string; offset: string } }

/** Answers how many events were read. */
export async function retryParked(consumer: Consumer, live: Live, tenant: string, customer: string): Promise<number> {
  for (let read = 0; ; read++) {
    const row = await live.transaction(async (client) => (await client.query<Row>('select id, partition, record from parked where tenant = $1 and customer = $2 order by id limit 1', [tenant, customer])).rows[0]);
    if (!row) return read;
    const record: LogRecord = { ...row.record, partition: row.partition, offset: BigInt(row.record.offset) };
    if (!await consumer.again(row.partition, row.id, record)) return read;
  }
}
