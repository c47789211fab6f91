// The event log in a Postgres database of its own: for a laptop, for tests, and for those who need no Kafka.
//
// - A batch is one statement: offsets from one locked row per partition, taken in partition order; then one notification that wakes the readers.
// - Offsets become visible in their order, without holes: a reader that has read up to an offset has read everything before it.
import pg from 'pg';
import { assertPublishable, type EventLog, MAX_BATCH, MAX_RECORD_BYTES } from './event-log.js';
import { partitionOf } from './partition.js';
import { consumePostgres } from './postgres-consumption.js';
import { createSchema, page } from './postgres-schema.js';

export interface PostgresLogOptions {
  readonly url: string;
  /** Fixed when the log is first made; 1 unless told. Absent: as it was made. */
  readonly partitions?: number;
  readonly maxRecordBytes?: number;
  /** A statement that takes longer is an error. */
  readonly timeoutMs?: number;
}

export async function openPostgresLog({ url, partitions: wanted, maxRecordBytes = MAX_RECORD_BYTES, timeoutMs = 30_000 }: PostgresLogOptions): Promise<EventLog> {
  const connection: pg.ClientConfig = { connectionString: url, application_name: 'ar-log', keepAlive: true, connectionTimeoutMillis: Math.min(timeoutMs, 5_000), query_timeout: timeoutMs };
  const pool = new pg.Pool({ ...connection, max: 4 });
  pool.on('error', () => undefined); // an idle connection was lost: the pool has dropped it, the next statement opens another or fails itself
  const partitions = await createSchema(pool, wanted).catch(async (error: unknown) => { await pool.end(); throw error; });
  let last: Promise<unknown> = Promise.resolve();

  const ends = async () => {
    const { rows } = await pool.query<{ partition: number; next: string }>('select partition, next from ar_log.head order by partition');
    return new Map(rows.map((row) => [row.partition, BigInt(row.next)]));
  };

  return {
    partitions,
    partitionOf: (key) => partitionOf(key, partitions),

    async publish(batch) {
      assertPublishable(batch, partitions, maxRecordBytes);
      if (batch.length === 0) return new Map();
      const sent = last.then(() => pool.query<{ partition: number; last: string }>({
        name: 'ar_log.publish', text: 'select partition, last from ar_log.publish($1, $2, $3, $4)',
        values: [batch.map((r) => r.partition), batch.map((r) => r.key), batch.map((r) => JSON.stringify(r.headers)), batch.map((r) => r.value)],
      }));
      last = sent.catch(() => undefined); // its caller hears of it; the next call only waits for it
      return new Map((await sent).rows.map((row) => [row.partition, BigInt(row.last)]));
    },

    consume: (group, handlers, options = {}) => consumePostgres(connection, partitions, group, handlers, options),

    async read(partition, from, onBatch, max = MAX_BATCH) {
      const end = (await ends()).get(partition) ?? 0n;
      for (let next = from; next < end;) {
        const records = await page((statement) => pool.query(statement), partition, next, max, end);
        if (records.length === 0) throw new Error(`the event log has no records in partition ${partition} from ${next}, but should have ${end - next}`);
        await onBatch(records);
        next = records.at(-1)!.offset + 1n;
      }
    },

    ends,
    healthy: () => pool.query({ text: 'select 1', query_timeout: 2_000 } as pg.QueryConfig).then(() => true, () => false),
    async close() { await last; await pool.end(); },
  };
}
