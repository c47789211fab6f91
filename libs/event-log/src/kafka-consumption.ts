// How the log on Kafka is read.
//
// - A group shares the partitions; where to start is asked of the reader on every assignment, and nothing is ever committed to Kafka.
// - While a batch is worked on the member says every second that it lives; when the group rebalances, everything not yet committed is revoked.
// - Two members may still work on one partition for a moment: the reader's database decides whose work counts.
// - A consumer that crashed is replaced by a new one after a pause, for ever; until it has joined, `failure` says why.
import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { asError, type ConsumeOptions, type Consumption, type Handlers, type LogRecord, MAX_BATCH, PAUSE_MS } from './event-log.js';
import { rest } from './signal.js';

/**
 * Small enough that many partitions of well compressed records fit into memory. The session is the shortest that brokers allow by default:
 * a member that could not say good-bye, because the broker was killed or it was itself, holds up its group for that long.
 */
const FETCH = { maxBytesPerPartition: 1_048_576, maxBytes: 8_388_608, minBytes: 1, maxWaitTimeInMs: 500, sessionTimeout: 6_000, rebalanceTimeout: 60_000, heartbeatInterval: 1_000, allowAutoTopicCreation: false };
const BEAT_MS = 1_000;

const recordOf = (partition: number, { key, value, headers, offset }: KafkaMessage): LogRecord => ({
  partition, key: key?.toString() ?? '', value: value?.toString() ?? '', offset: BigInt(offset),
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(Array.isArray(text) ? text[0] : text ?? '')])),
});

/** What a member was given by the group, until the next time. */
interface Assignment { readonly partitions: readonly number[]; readonly next: Map<number, bigint>; revoked: boolean }
const nothing = (): Assignment => ({ partitions: [], next: new Map(), revoked: true });

export async function consumeKafka(kafka: Kafka, topic: string, group: string, handlers: Handlers, { max = MAX_BATCH, onError }: ConsumeOptions): Promise<Consumption> {
  const stopping = new AbortController();
  let assignment = nothing();
  let failure: Error | undefined;

  async function eachBatch({ batch: { partition, messages }, resolveOffset, heartbeat, pause, isRunning, isStale }: EachBatchPayload, consumer: Consumer): Promise<void> {
    const mine = assignment;
    let lost: unknown;
    const revoked = () => mine.revoked || stopping.signal.aborted || !isRunning();
    const beat = async () => {
      if (revoked()) throw lost ?? new Error(`partition ${partition} was taken away`);
      await heartbeat().catch((error: unknown) => { mine.revoked = true; lost = error; throw error; });
    };
    if (revoked() || isStale()) return;
    const beating = setInterval(() => { beat().catch(() => undefined); }, BEAT_MS); // `lost` remembers why
    try {
      const first = BigInt(messages[0]!.offset);
      const next = mine.next.get(partition) ?? await handlers.startAt(partition);
      const positioned = mine.next.has(partition);
      if (positioned && first < next) throw new Error(`the log ends before ${next} in partition ${partition}, where reading should go on`);
      mine.next.set(partition, next);
      if (!positioned && first !== next) return consumer.seek({ topic, partition, offset: String(next) });
      for (let from = 0; from < messages.length; from += max) {
        if (revoked()) break;
        const records = messages.slice(from, from + max).map((message) => recordOf(partition, message));
        await handlers.onBatch({ partition, records, revoked, heartbeat: beat });
        const { offset } = records.at(-1)!;
        mine.next.set(partition, offset + 1n);
        resolveOffset(String(offset));
      }
    } catch (error) {
      if (!revoked()) {
        onError?.(asError(error));
        mine.next.delete(partition); // the reader is asked again where it stands
        setTimeout(pause(), PAUSE_MS).unref(); // only this partition rests
      }
    } finally {
      clearInterval(beating);
    }
    if (lost) throw lost; // the client joins the group again
  }

  async function start(): Promise<{ consumer: Consumer; crashed: Promise<Error> }> {
    const consumer = kafka.consumer({ ...FETCH, groupId: group, retry: { initialRetryTime: 200, retries: 5, maxRetryTime: 2_000, restartOnFailure: async () => false } });
    const { promise: crashed, resolve } = Promise.withResolvers<Error>();
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events;
    // listeners before run(): the first assignment is told while it starts
    consumer.on(REBALANCING, () => { assignment.revoked = true; });
    consumer.on(GROUP_JOIN, ({ payload }) => {
      assignment.revoked = true;
      assignment = { partitions: payload.memberAssignment[topic] ?? [], next: new Map(), revoked: false };
      failure = undefined;
    });
    consumer.on(CRASH, ({ payload }) => { assignment.revoked = true; resolve(payload.error); });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16, eachBatch: (payload) => eachBatch(payload, consumer) });
    } catch (error) {
      await consumer.disconnect().catch(() => undefined); // why it could not start is told
      throw error;
    }
    return { consumer, crashed };
  }

  let current: { consumer: Consumer; crashed: Promise<Error> } | undefined = await start();
  const stopped = new Promise<undefined>((resolve) => stopping.signal.addEventListener('abort', () => resolve(undefined)));
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        current ??= await start();
        const crash = await Promise.race([current.crashed, stopped]);
        if (crash) throw crash;
      } catch (error) {
        failure = asError(error);
        onError?.(failure);
      }
      await current?.consumer.disconnect().catch((error: unknown) => onError?.(asError(error)));
      current = undefined;
      await rest(PAUSE_MS, stopping.signal);
    }
  })();

  return {
    assigned: () => (assignment.revoked ? [] : [...assignment.partitions].sort((a, b) => a - b)),
    failure: () => failure,
    async stop() {
      assignment.revoked = true;
      stopping.abort();
      await running;
    },
  };
}

/** Reads a stretch of one partition as the only member of a group of its own. It commits nothing, so the brokers forget the group when it leaves. */
export async function readKafka(
  kafka: Kafka, topic: string, name: string, { partition, partitions, from, end, max }: { partition: number; partitions: number; from: bigint; end: bigint; max: number },
  onBatch: (records: readonly LogRecord[]) => Promise<void>,
): Promise<void> {
  const consumer = kafka.consumer({ ...FETCH, groupId: `${name}.${randomUUID()}`, retry: { initialRetryTime: 200, retries: 5, restartOnFailure: async () => false } });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined); // awaited below, maybe later than it fails
  let next = from;
  let over = false;
  const others = Array.from({ length: partitions }, (_, p) => p).filter((p) => p !== partition);
  consumer.on(consumer.events.GROUP_JOIN, () => {
    consumer.pause([{ topic, partitions: others }]);
    consumer.seek({ topic, partition, offset: String(next) });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false, eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        const records = batch.messages.map((message) => recordOf(batch.partition, message)).filter(({ offset }) => offset >= next && offset < end);
        if (over || batch.partition !== partition || records.length === 0) return;
        for (let i = 0; i < records.length; i += max) {
          const slice = records.slice(i, i + max);
          try { await onBatch(slice); } catch (error) { over = true; return reject(error); }
          next = slice.at(-1)!.offset + 1n;
          resolveOffset(String(next - 1n));
          await heartbeat();
        }
        over = next >= end;
        if (over) resolve();
      },
    });
    await done;
  } finally {
    await consumer.disconnect();
  }
}
