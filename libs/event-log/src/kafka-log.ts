// The event log on Apache Kafka: one topic, kept for ever, its partitions fixed when it is made.
//
// - One batch is in flight, sent by an idempotent producer, and answered only when all replicas in sync have it.
// - A producer whose send failed is thrown away, always. It keeps its sequence number; if the broker did store the failed batch, it would take the next,
//   different batch of equal size for a repetition: the send answers ok and the records are never there. A new producer cannot be mistaken;
//   what the old one stored comes a second time, and readers drop it.
// - The offsets answered must rise in each partition: whatever says otherwise is an error.
import { Kafka, logLevel, Partitioners, type Admin, type KafkaConfig, type Producer, type SASLOptions } from 'kafkajs';
import { assertPublishable, bytesOf, type EventLog, MAX_BATCH, MAX_RECORD_BYTES, type LogRecord, type NewRecord } from './event-log.js';
import { consumeKafka, readKafka } from './kafka-consumption.js';
import { partitionOf } from './partition.js';

export interface KafkaLogOptions {
  readonly brokers: readonly string[];
  /** `ar.events.v1` unless told. */
  readonly topic?: string;
  /** Fixed when the topic is first made; 12 unless told. Absent: as it was made. */
  readonly partitions?: number;
  /** Copies of each record; absent: as the brokers are set up. */
  readonly replicas?: number;
  readonly clientId: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: SASLOptions;
  readonly maxRecordBytes?: number;
  /** How long one request may take. A batch is tried three times. */
  readonly timeoutMs?: number;
  /** How long a consumer may say nothing, or leave alone what is there, before it is replaced; 20 s unless told. */
  readonly silentAfterMs?: number;
}

const READ_TRIES = 20;
const READ_PAUSE_MS = 500;

/** What Kafka adds to a record: framing of the record and of its batch. */
const OVERHEAD_BYTES = 48_576;

export async function openKafkaLog(options: KafkaLogOptions): Promise<EventLog> {
  const { brokers, topic = 'ar.events.v1', replicas = -1, clientId, ssl, sasl, maxRecordBytes = MAX_RECORD_BYTES, timeoutMs = 10_000, silentAfterMs } = options;
  const kafka = new Kafka({
    brokers: [...brokers], clientId, connectionTimeout: 3_000, requestTimeout: timeoutMs, logLevel: logLevel.NOTHING, // every failure is answered or reported
    retry: { initialRetryTime: 200, retries: 5, maxRetryTime: 2_000 }, ...(ssl === undefined ? {} : { ssl }), ...(sasl === undefined ? {} : { sasl }),
  });
  const admin = kafka.admin();
  const partitions = await opened(admin, () => createTopic(admin, topic, options.partitions, replicas, maxRecordBytes));

  let producer: Producer | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const highest = new Map<number, bigint>();

  async function send(batch: readonly NewRecord[]): Promise<Map<number, bigint>> {
    const answered = new Map<number, bigint>();
    try {
      if (!producer) {
        producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, retry: { initialRetryTime: 100, retries: 2 } });
        await producer.connect();
      }
      for (const part of partsOf(batch, maxRecordBytes)) {
        const counts = new Map<number, bigint>();
        for (const { partition } of part) counts.set(partition, (counts.get(partition) ?? 0n) + 1n);
        const results = await producer.send({ topic, acks: -1, messages: part.map(({ partition, key, value, headers }) => ({ partition, key, value, headers })) });
        for (const { partition, baseOffset } of results) {
          const [base, before] = [BigInt(baseOffset ?? -1), highest.get(partition) ?? -1n];
          if (base <= before) throw new Error(`the log answered offset ${base} in partition ${partition} after ${before}: the records were taken for a repetition`);
          const end = base + counts.get(partition)! - 1n;
          highest.set(partition, end);
          answered.set(partition, end);
          counts.delete(partition);
        }
        if (counts.size > 0) throw new Error(`the log did not answer for partition ${[...counts.keys()].join(', ')}`);
      }
      return answered;
    } catch (error) {
      producer?.disconnect().catch(() => undefined); // it is gone either way
      producer = undefined;
      throw error;
    }
  }

  const ends = async () => new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, BigInt(high)] as const).sort(([a], [b]) => a - b));

  return {
    partitions,
    partitionOf: (key) => partitionOf(key, partitions),

    async publish(batch) {
      assertPublishable(batch, partitions, maxRecordBytes);
      if (batch.length === 0) return new Map();
      const sent = last.then(() => send(batch));
      last = sent.catch(() => undefined); // its caller hears of it; the next call only waits for it
      return sent;
    },

    consume: (group, handlers, consumeOptions = {}) => consumeKafka(kafka, topic, group, handlers, { ...consumeOptions, ends, silentAfterMs }),

    async read(partition, from, onBatch, max = MAX_BATCH) {
      const end = (await ends()).get(partition) ?? 0n;
      let next = from;
      const forward = async (records: readonly LogRecord[]) => { await onBatch(records); next = records.at(-1)!.offset + 1n; };
      for (let attempt = 1; next < end; attempt++) {
        try {
          await readKafka(kafka, topic, `${clientId}.read`, { partition, partitions, from: next, end, max }, forward);
        } catch (error) { // a broker that has just come back loads its groups for a while, and says so
          if ((error as { retriable?: boolean }).retriable !== true || attempt >= READ_TRIES) throw error;
          await new Promise((again) => { setTimeout(again, READ_PAUSE_MS); });
        }
      }
    },

    ends,
    async healthy() {
      const { promise: late, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => resolve(false), 2_000);
      return Promise.race([admin.fetchTopicMetadata({ topics: [topic] }).then(() => true, () => false), late]).finally(() => clearTimeout(timer));
    },
    async close() {
      await last;
      await producer?.disconnect();
      await admin.disconnect();
    },
  };
}

const OPENINGS = 5;
/** A broker that has just begun, or is about to go, closes connections in the middle of a request, which the client gives up: begun again then, a few times. */
async function opened<T>(admin: Admin, first: () => Promise<T>): Promise<T> {
  for (let opening = 1; ; opening++) {
    try {
      await admin.connect();
      return await first();
    } catch (error) {
      await admin.disconnect();
      if (opening === OPENINGS || !(error as { readonly retriable?: boolean }).retriable) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 500 * opening); });
    }
  }
}

/** Makes the topic, or finds it as it is, and answers its number of partitions. */
async function createTopic(admin: Admin, topic: string, wanted: number | undefined, replicationFactor: number, maxRecordBytes: number): Promise<number> {
  const configEntries = [
    { name: 'cleanup.policy', value: 'delete' }, { name: 'retention.ms', value: '-1' }, { name: 'retention.bytes', value: '-1' },
    { name: 'max.message.bytes', value: String(maxRecordBytes + OVERHEAD_BYTES) },
  ];
  if (!(await admin.listTopics()).includes(topic)) {
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: wanted ?? 12, replicationFactor, configEntries }] }); // false: another process was faster
  }
  const partitions = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions.length;
  if (wanted !== undefined && wanted !== partitions) {
    throw new Error(`the topic ${topic} was made with ${partitions} partition(s) and cannot be read with ${wanted}: keys would change their partition`);
  }
  return partitions;
}

/** Cuts a batch, in order, so that no partition gets more at once than the brokers take in one request. */
function* partsOf(batch: readonly NewRecord[], limit: number): Generator<readonly NewRecord[]> {
  let part: NewRecord[] = [];
  let bytes = new Map<number, number>();
  for (const record of batch) {
    const size = (bytes.get(record.partition) ?? 0) + bytesOf(record) + 20 * (1 + Object.keys(record.headers).length); // 20: more than the framing of a record or of a header
    if (bytes.has(record.partition) && size > limit) {
      yield part;
      [part, bytes] = [[], new Map()];
    }
    part.push(record);
    bytes.set(record.partition, bytes.has(record.partition) ? size : bytesOf(record));
  }
  yield part;
}
