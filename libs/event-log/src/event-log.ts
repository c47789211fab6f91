// The AR event log: every service publishes to it and every service reads all of it.
//
// - A record belongs to one partition; within a partition the order is total and offsets only rise.
// - All records of one key are in one partition, so one customer's history is one sequence for every reader. Records for everyone are published once per partition.
// - Publishing is at least once: what failed is published again and may then be there twice. Readers drop what they know.
// - Nothing is ever changed or removed.
//
// Nothing above this port knows which adapter it is.

export interface NewRecord { readonly partition: number; readonly key: string; readonly headers: Readonly<Record<string, string>>; readonly value: string }
export interface LogRecord extends NewRecord { readonly offset: bigint }

/** A batch of one partition, given by `consume`. */
export interface Reader {
  readonly partition: number;
  /** In order, never empty. */
  readonly records: readonly LogRecord[];
  /** True when the partition was taken away or the consumption is stopping: what is not committed yet belongs to another member. */
  readonly revoked: () => boolean;
  /** Keeps the assignment alive in long work; throws when the partition was taken away. */
  heartbeat(): Promise<void>;
}

export interface Consumption {
  /** The partitions read now. */
  assigned(): readonly number[];
  /** Why nothing is read although it should be; undefined again when reading goes on. */
  failure(): Error | undefined;
  /** Takes no new batch, waits for the running ones, leaves the group. */
  stop(): Promise<void>;
}

export interface Handlers {
  /** Asked on every assignment and after every failure: offsets in the log are a hint, the reader's database decides. */
  startAt(partition: number): Promise<bigint>;
  /** One at a time per partition. A throw re-delivers from `startAt` after a pause. */
  onBatch(batch: Reader): Promise<void>;
}

export interface ConsumeOptions {
  /** The most records of one batch, 500 unless told. */
  readonly max?: number;
  /** Hears of every failure, before it is tried again. */
  onError?(error: Error): void;
}

export interface EventLog {
  readonly partitions: number;
  /** Murmur2 of the key as Java's clients compute it; the same on both adapters. */
  partitionOf(key: string): number;
  /**
   * Appends in order, all or error; answers the offset of the last record of each partition. Calls wait for each other.
   * After an error it is unknown what was stored: the same records go first in the next call.
   */
  publish(batch: readonly NewRecord[]): Promise<ReadonlyMap<number, bigint>>;
  /** Several members of one group share the partitions. */
  consume(group: string, handlers: Handlers, options?: ConsumeOptions): Promise<Consumption>;
  /** Everything from an offset to the end as it is now, without a group. */
  read(partition: number, from: bigint, onBatch: (records: readonly LogRecord[]) => Promise<void>, max?: number): Promise<void>;
  /** The next offset of each partition. */
  ends(): Promise<ReadonlyMap<number, bigint>>;
  /** Whether the log answers now. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

export const MAX_BATCH = 500;
/** What one record may hold, key and headers included: below the 1 MiB that Kafka's brokers take. */
export const MAX_RECORD_BYTES = 1_000_000;
/** How long a reader rests before it tries again what failed. */
export const PAUSE_MS = 500;

/** The record cannot be published, now or ever; nothing of its batch was. */
export class RecordTooLarge extends Error {
  constructor(readonly bytes: number, readonly limit: number, readonly key: string) {
    super(`a record of ${key} has ${bytes} bytes, the log takes at most ${limit}`);
    this.name = 'RecordTooLarge';
  }
}

export function bytesOf(record: NewRecord): number {
  let bytes = Buffer.byteLength(record.key) + Buffer.byteLength(record.value);
  for (const name in record.headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(record.headers[name]!);
  return bytes;
}

/** Throws, before anything is sent, when the log cannot take one of the records. */
export function assertPublishable(batch: readonly NewRecord[], partitions: number, limit: number): void {
  for (const record of batch) {
    if (!Number.isInteger(record.partition) || record.partition < 0 || record.partition >= partitions) throw new RangeError(`partition ${record.partition} of a log with ${partitions}`);
    const bytes = bytesOf(record);
    if (bytes > limit) throw new RecordTooLarge(bytes, limit, record.key);
  }
}

export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
