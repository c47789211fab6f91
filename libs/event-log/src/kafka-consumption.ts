// How the log on Kafka is read.
//
// - A group shares the partitions; where to start is asked of the reader on every assignment, and nothing is ever committed to Kafka.
// - While a batch is worked on the member says every second that it lives; when the group rebalances, everything not yet committed is revoked.
// - Two members may still work on one partition for a moment: the reader's database decides whose work counts.
// - A consumer that crashed is replaced by a new one after a pause, for ever; until it has joined, `failure` says why.
// - So is one that has fallen silent, and one that for twenty seconds does not ask for records that are there: after a broker was killed and came back, a client may go on so for minutes.
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
export const SILENT_AFTER_MS = 20_000;
/** A group is joined only when all its members are ready, or the time for that is over. */
const JOINED_WITHIN_MS = FETCH.rebalanceTimeout + 30_000;
/** What is replaced may not be able to say good-bye. */
const GOODBYE_MS = 5_000;

const recordOf = (partition: number, { key, value, headers, offset }: KafkaMessage): LogRecord => ({
  partition, key: key?.toString() ?? '', value: value?.toString() ?? '', offset: BigInt(offset),
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(Array.isArray(text) ? text[0] : text ?? '')])),
});

/** What a member was given by the group, until the next time. */
interface Assignment { readonly partitions: readonly number[]; /** Milliseconds. */ readonly since: number; readonly next: Map<number, bigint>; revoked: boolean }
const nothing = (): Assignment => ({ partitions: [], since: 0, next: new Map(), revoked: true });

/** How a consumer is looked after: where each partition ends, and how long it may leave what is there. */
interface Watched { readonly ends: () => Promise<ReadonlyMap<number, bigint>>; readonly silentAfterMs?: number | undefined }

export async function consumeKafka(kafka: Kafka, topic: string, group: string, handlers: Handlers, { max = MAX_BATCH, onError, ends, silentAfterMs = SILENT_AFTER_MS }: ConsumeOptions & Watched): Promise<Consumption> {
  const stopping = new AbortController();
  let assignment = nothing();
  let failure: Error | undefined;

  async function eachBatch({ batch: { partition, messages }, resolveOffset, heartbeat, pause, isRunning, isStale }: EachBatchPayload, consumer: Consumer, isOver: () => boolean): Promise<void> {
    const mine = assignment;
    let lost: unknown;
    const revoked = () => isOver() || mine.revoked || stopping.signal.aborted || !isRunning();
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

  interface Member { readonly consumer: Consumer; /** Why it has to be replaced. */ readonly crashed: Promise<Error>; /** Nothing that it still does counts. */ end(): void }

  async function start(): Promise<Member> {
    const consumer = kafka.consumer({ ...FETCH, groupId: group, retry: { initialRetryTime: 200, retries: 5, maxRetryTime: 2_000, restartOnFailure: async () => false } });
    const { promise: crashed, resolve } = Promise.withResolvers<Error>();
    const { GROUP_JOIN, REBALANCING, FETCH: FETCHED, CRASH } = consumer.events;
    const life = { over: false, joining: true, working: 0, heardAt: Date.now() };
    const heard = (joining = life.joining) => { life.joining = joining; life.heardAt = Date.now(); };
    const readAt = new Map<number, number>();
    const listening = setInterval(() => {
      const silence = Date.now() - life.heardAt;
      if (life.working === 0 && silence > (life.joining ? JOINED_WITHIN_MS : silentAfterMs)) resolve(new Error(`the consumer has said nothing for ${silence} ms`));
    }, Math.min(BEAT_MS, silentAfterMs)).unref();
    const looking = setInterval(() => { leftAlone().then((left) => { if (left !== undefined) resolve(new Error(left)); }, () => undefined); }, silentAfterMs).unref(); // a log that does not answer is looked at again
    const end = () => { life.over = true; clearInterval(listening); clearInterval(looking); };
    /** A partition of which nothing was read for so long although there is something. */
    const leftAlone = async (): Promise<string | undefined> => {
      const [mine, now] = [assignment, Date.now()];
      const still = () => life.working === 0 && !life.joining && !mine.revoked && mine === assignment;
      const idle = mine.partitions.filter((p) => now - Math.max(readAt.get(p) ?? 0, mine.since) > silentAfterMs);
      if (!still() || idle.length === 0) return undefined;
      const there = await ends();
      for (const p of idle) {
        const next = mine.next.get(p) ?? await handlers.startAt(p);
        if (still() && (readAt.get(p) ?? 0) < now && next < (there.get(p) ?? 0n)) return `partition ${p} has records from ${next} on that the consumer does not ask for`;
      }
      return undefined;
    };
    // listeners before run(): the first assignment is told while it starts
    consumer.on(REBALANCING, () => { if (!life.over) { heard(true); assignment.revoked = true; } });
    consumer.on(GROUP_JOIN, ({ payload }) => {
      if (life.over) return;
      heard(false);
      assignment.revoked = true;
      assignment = { partitions: payload.memberAssignment[topic] ?? [], since: Date.now(), next: new Map(), revoked: false };
      failure = undefined;
    });
    consumer.on(FETCHED, () => heard());
    consumer.on(CRASH, ({ payload }) => { if (!life.over) assignment.revoked = true; resolve(payload.error); });
    const work = async (payload: EachBatchPayload) => {
      life.working++;
      readAt.set(payload.batch.partition, Date.now());
      try { await eachBatch(payload, consumer, () => life.over); } finally { life.working--; heard(); }
    };
    const begun = (async () => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16, eachBatch: work });
    })();
    const member = { consumer, crashed, end };
    begun.catch(() => undefined); // told below, unless it crashed before
    try {
      await Promise.race([begun, crashed]); // one that crashed as it began is replaced like any other
    } catch (error) {
      await leave(member);
      throw error;
    }
    return member;
  }

  /** Says good-bye, if that can still be done. */
  async function leave({ consumer, end }: Member): Promise<void> {
    end();
    const gone = new AbortController();
    await Promise.race([consumer.disconnect().catch((error: unknown) => onError?.(asError(error))), rest(GOODBYE_MS, gone.signal)]);
    gone.abort();
  }

  let current: Member | undefined = await start();
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
      assignment.revoked = true;
      if (current) await leave(current);
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
