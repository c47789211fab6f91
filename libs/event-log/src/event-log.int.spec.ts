// One suite for every adapter of the log. What a service may rely on is here; nothing here knows how an adapter does it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startKafka } from '@ar/testing/kafka.js';
import { freePort, startPostgres } from '@ar/testing/postgres.js';
import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { type Consumption, type EventLog, type LogRecord, type NewRecord, RecordTooLarge } from './event-log.js';
import { consumeKafka } from './kafka-consumption.js';
import { openKafkaLog } from './kafka-log.js';
import { openPostgresLog } from './postgres-log.js';

interface Place { open(partitions?: number): Promise<EventLog> }
interface Rig { place(): Promise<Place>; /** Takes the server away until `back`. */ away(): Promise<void>; back(): Promise<void>; /** What is sent arrives, and no answer comes back until `answer`. */ mute(): Promise<void>; answer(): Promise<void>; stop(): Promise<void>; readonly mayBeTakenAway: boolean }

/** A way to the server that can be cut: every connection breaks and none is accepted until it is mended. */
async function cuttable(toPort: number) {
  const open = new Set<Socket>();
  let whole = true;
  let muted = false;
  const server = createServer((from) => {
    if (!whole) return from.destroy();
    const to = connect(toPort, '127.0.0.1');
    for (const [one, other] of [[from, to], [to, from]] as const) {
      open.add(one);
      one.setNoDelay(true).on('data', (chunk) => { if (one === from || !muted) other.write(chunk); });
      one.on('error', () => other.destroy()).on('close', () => { open.delete(one); other.destroy(); });
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = () => { for (const socket of open) socket.destroy(); };
  return { port, cut: () => { whole = false; cut(); }, mend: () => { whole = true; }, mute: () => { muted = true; }, answer: () => { muted = false; cut(); }, close: () => { cut(); server.close(); } };
}

async function postgresRig(): Promise<Rig> {
  const postgres = await startPostgres();
  const wire = await cuttable(Number(new URL(await postgres.database()).port || 5432));
  return {
    async place() {
      const url = new URL(await postgres.database());
      url.hostname = '127.0.0.1';
      url.port = String(wire.port);
      return { open: (partitions) => openPostgresLog({ url: url.href, timeoutMs: 5_000, ...(partitions ? { partitions } : {}) }) };
    },
    away: async () => wire.cut(), back: async () => wire.mend(), mute: async () => wire.mute(), answer: async () => wire.answer(), mayBeTakenAway: true,
    stop: async () => { wire.close(); await postgres.stop(); },
  };
}

const kafka = await startKafka();
if ('missing' in kafka && process.env['CI'] === 'true') throw new Error(`with CI=true the log must be tested on Kafka too. ${kafka.missing}`);

async function kafkaRig(): Promise<Rig> {
  if ('missing' in kafka) throw new Error(kafka.missing);
  return {
    async place() {
      const topic = kafka.topic();
      return { open: (partitions) => openKafkaLog({ brokers: kafka.brokers, topic, clientId: 'test', timeoutMs: 3_000, ...(partitions ? { partitions } : {}) }) };
    },
    away: kafka.kill, back: kafka.restart, mute: kafka.pause, answer: kafka.resume, mayBeTakenAway: kafka.ours, stop: kafka.stop,
  };
}

/** Until it holds, at most `ms`; then one last time, to say what does not. */
async function eventually(holds: () => void, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(10)) {
    try { return holds(); } catch { /* not yet */ }
  }
  holds();
}

const record = (log: EventLog, key: string, value: string): NewRecord => ({ partition: log.partitionOf(key), key, value, headers: { ce_id: `id of ${value}`, ce_type: 'ar.test.done.v1' } });
const values = (records: readonly { value: string }[]) => records.map(({ value }) => value);

/** A reader with a database: marks and records move together. */
function database() {
  const marks = new Map<number, bigint>();
  const kept: LogRecord[] = [];
  const sizes: number[] = [];
  return {
    kept, sizes, marks,
    handlers: {
      startAt: async (partition: number) => marks.get(partition) ?? 0n,
      onBatch: async ({ partition, records }: { partition: number; records: readonly LogRecord[] }) => {
        sizes.push(records.length);
        const mark = marks.get(partition) ?? 0n;
        kept.push(...records.filter(({ offset }) => offset >= mark));
        if (records.at(-1)!.offset >= mark) marks.set(partition, records.at(-1)!.offset + 1n);
      },
    },
  };
}

async function all(log: EventLog): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for (let partition = 0; partition < log.partitions; partition++) await log.read(partition, 0n, async (records) => { found.push(...records); });
  return found;
}

for (const [name, start, missing] of [['Postgres', postgresRig, ''], ['Kafka', kafkaRig, 'missing' in kafka ? kafka.missing : '']] as const) {
  // eslint-disable-next-line no-restricted-syntax -- where Kafka is not there, the suite says what it needs; with CI=true it fails instead
  (missing ? describe.skip : describe)(`the event log on ${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let rig: Rig;
    const closing: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];
    beforeAll(async () => { rig = await start(); }, 60_000);
    afterAll(async () => {
      for (const one of closing.splice(0).reverse()) await (one.stop?.() ?? one.close?.());
      await rig.stop();
    }, 60_000);
    const opened = async (place: Place, partitions?: number) => { const log = await place.open(partitions); closing.push(log); return log; };
    const fresh = async (partitions?: number) => opened(await rig.place(), partitions);
    const consume = async (...[log, group, handlers, options]: [EventLog, ...Parameters<EventLog['consume']>]): Promise<Consumption> => {
      const consumption = await log.consume(group, handlers, options);
      closing.push(consumption);
      return consumption;
    };

    it('gives each record back as it was published, and keeps the order of each key', async () => {
      const log = await fresh(4);
      const text = `{"name":"Müller \\"& Söhne\\" 漢字 🙂","nul":"\\u0000"}`;
      await log.publish([{ ...record(log, 'acme/c-1', text), headers: { ce_id: '1', ce_subject: 'acme/invoice/ä"\\{},' } }]);
      for (let i = 0; i < 10; i++) await log.publish(Array.from({ length: 20 }, (_, k) => record(log, `acme/k${k}`, `k${k}#${i}`)));
      const reader = database();
      await consume(log, 'order', reader.handlers);
      await eventually(() => expect(reader.kept).toHaveLength(201));
      expect(reader.kept.find(({ key }) => key === 'acme/c-1')).toEqual({ partition: log.partitionOf('acme/c-1'), offset: 0n, key: 'acme/c-1', value: text, headers: { ce_id: '1', ce_subject: 'acme/invoice/ä"\\{},' } });
      for (let k = 0; k < 20; k++) expect(values(reader.kept.filter(({ key }) => key === `acme/k${k}`))).toEqual(Array.from({ length: 10 }, (_, i) => `k${k}#${i}`));
    }, 30_000);

    it('answers the last offset of each partition, and no offset is left out', async () => {
      const log = await fresh(3);
      const at = (partition: number, value: string) => ({ partition, key: 'any', headers: {}, value });
      expect(await log.publish([at(2, 'a'), at(0, 'b'), at(2, 'c')])).toEqual(new Map([[2, 1n], [0, 0n]]));
      expect(await log.publish([at(2, 'd'), at(1, 'e')])).toEqual(new Map([[2, 2n], [1, 0n]]));
      expect(await log.publish([])).toEqual(new Map());
      expect(await log.ends()).toEqual(new Map([[0, 1n], [1, 1n], [2, 3n]]));
      const found: LogRecord[] = [];
      await log.read(2, 1n, async (records) => { found.push(...records); }, 1);
      expect(found.map(({ offset, value }) => [offset, value])).toEqual([[1n, 'c'], [2n, 'd']]);
      await expect(log.publish([at(3, 'f')])).rejects.toThrow('partition 3 of a log with 3');
    });

    it('delivers each record as it comes, without waiting for more', async () => {
      const log = await fresh(1);
      const got: string[] = [];
      await consume(log, 'one by one', { startAt: async () => 0n, onBatch: async (batch) => { got.push(...batch.records.map((r) => r.value.toString())); } });
      for (let i = 1; i <= 20; i++) {
        await log.publish([record(log, 'k', `${i}`)]);
        await eventually(() => expect(got).toEqual(Array.from({ length: i }, (_, n) => `${n + 1}`)));
      }
    }, 30_000);

    it('resumes where the reader says, not where the group was', async () => {
      const log = await fresh(1);
      const reader = database();
      const first = await consume(log, 'resume', reader.handlers);
      await log.publish([record(log, 'k', 'one'), record(log, 'k', 'two')]);
      await eventually(() => expect(values(reader.kept)).toEqual(['one', 'two']));
      await first.stop();
      await log.publish([record(log, 'k', 'three')]);
      const second = await consume(log, 'resume', reader.handlers);
      await eventually(() => expect(values(reader.kept)).toEqual(['one', 'two', 'three']));
      await second.stop();
      const wrong: string[] = [];
      const ahead = await consume(log, 'ahead', { startAt: async () => 9n, onBatch: async () => undefined }, { onError: (error) => wrong.push(error.message) });
      await eventually(() => expect(wrong[0]).toMatch('the log ends before 9 in partition 0'));
      await ahead.stop();
      const restored = database(); // restored from a backup: it knows only the first
      restored.marks.set(0, 1n);
      await consume(log, 'resume', restored.handlers);
      await eventually(() => expect(values(restored.kept)).toEqual(['two', 'three']));
    }, 30_000);

    it('delivers again from where the reader stands when a batch failed, and tells why', async () => {
      const log = await fresh(2);
      const reader = database();
      const errors: string[] = [];
      let failing = 2;
      await consume(log, 'failing', { ...reader.handlers, onBatch: async (batch) => {
        if (batch.partition === 0 && batch.records.at(-1)!.value === 'bad' && failing-- > 0) throw new Error('not now');
        await reader.handlers.onBatch(batch);
      } }, { max: 1, onError: (error) => errors.push(error.message) });
      await log.publish(['good', 'bad', 'last'].map((value) => ({ partition: 0, key: 'k', headers: {}, value })));
      await eventually(() => expect(values(reader.kept)).toEqual(['good', 'bad', 'last']));
      expect(errors).toEqual(['not now', 'not now']);
    }, 30_000);

    it('shares the partitions between two members, and one takes all when the other goes', async () => {
      const place = await rig.place();
      const [log, other] = [await opened(place, 4), await opened(place, 4)];
      const reader = database();
      const busy = new Set<number>();
      let overlaps = 0;
      const onBatch: typeof reader.handlers.onBatch = async (batch) => {
        if (busy.has(batch.partition)) overlaps++;
        busy.add(batch.partition);
        await sleep(2);
        await reader.handlers.onBatch(batch);
        busy.delete(batch.partition);
      };
      let published = 0;
      let publishing = true;
      const load = (async () => {
        for (; publishing; published += 8) { await log.publish(Array.from({ length: 8 }, (_, i) => ({ partition: i % 4, key: 'k', headers: {}, value: `${published + i}` }))); await sleep(5); }
      })();
      const one = await consume(log, 'shared', { ...reader.handlers, onBatch });
      await eventually(() => expect(one.assigned()).toEqual([0, 1, 2, 3]));
      const two = await consume(other, 'shared', { ...reader.handlers, onBatch });
      await eventually(() => {
        expect([one.assigned().length, two.assigned().length]).toEqual([2, 2]);
        expect([...one.assigned(), ...two.assigned()].sort()).toEqual([0, 1, 2, 3]);
      });
      await sleep(200);
      await one.stop();
      await eventually(() => expect(two.assigned()).toEqual([0, 1, 2, 3]));
      publishing = false;
      await load;
      await eventually(() => expect(reader.kept).toHaveLength(published));
      for (let partition = 0; partition < 4; partition++) {
        const offsets = reader.kept.filter((r) => r.partition === partition).map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.map((_, i) => BigInt(i)));
      }
      expect(overlaps).toBe(0);
    }, 60_000);

    it('tells a member in long work that its partition was taken away', async () => {
      const place = await rig.place();
      const [log, other] = [await opened(place, 2), await opened(place, 2)];
      await log.publish([{ partition: 0, key: 'k', headers: {}, value: 'long' }, { partition: 1, key: 'k', headers: {}, value: 'long' }]);
      const gone: number[] = [];
      await consume(log, 'long', { startAt: async () => 0n, onBatch: async (batch) => {
        while (!batch.revoked()) { await sleep(20); await batch.heartbeat().catch(() => undefined); }
        gone.push(batch.partition);
      } });
      await sleep(300);
      const second = database();
      await consume(other, 'long', second.handlers);
      await eventually(() => expect(second.kept.length).toBeGreaterThan(0), 20_000);
      expect(gone).toEqual(expect.arrayContaining(second.kept.map(({ partition }) => partition)));
    }, 40_000);

    it('keeps what is published again twice, in order', async () => {
      const log = await fresh(1);
      const batch = [record(log, 'k', 'one'), record(log, 'k', 'two')];
      await log.publish(batch);
      await log.publish(batch);
      expect(values(await all(log))).toEqual(['one', 'two', 'one', 'two']);
    });

    it('takes an event of a tenant to every partition, each copy in the order of its partition', async () => {
      const log = await fresh(12);
      await log.publish(Array.from({ length: 12 }, (_, partition) => ({ partition, key: 'acme/', headers: { ce_id: 'day-1', ce_prevsequence: String(partition) }, value: 'day' })));
      await log.publish([record(log, 'acme/c', 'after')]);
      const reader = database();
      await consume(log, 'tenant', reader.handlers);
      await eventually(() => expect(reader.kept).toHaveLength(13));
      const days = reader.kept.filter(({ value }) => value === 'day').sort((a, b) => a.partition - b.partition);
      expect(days.map(({ partition, offset, headers }) => [partition, offset, headers['ce_prevsequence']])).toEqual(days.map((_, i) => [i, 0n, String(i)]));
      expect(reader.kept.find(({ value }) => value === 'after')).toMatchObject({ partition: log.partitionOf('acme/c'), offset: 1n });
    }, 30_000);

    it('carries 10,000 records, in batches of at most what was asked', async () => {
      const log = await fresh(12);
      const reader = database();
      await consume(log, 'many', reader.handlers, { max: 300 });
      for (let i = 0; i < 10_000; i += 1_000) await log.publish(Array.from({ length: 1_000 }, (_, j) => record(log, `t/c${(i + j) % 97}`, String(i + j).padEnd(800, '.'))));
      await eventually(() => expect(reader.kept).toHaveLength(10_000));
      const seen = new Map<string, number>();
      for (const { key, value } of reader.kept) {
        expect(parseInt(value)).toBeGreaterThan(seen.get(key) ?? -1);
        seen.set(key, parseInt(value));
      }
      expect(Math.max(...reader.sizes)).toBeLessThanOrEqual(300);
      expect((await all(log)).length).toBe(10_000);
    }, 60_000);

    it('refuses a record above the limit with its size, and nothing of its batch is there', async () => {
      const log = await fresh(1);
      const refusal = await log.publish([record(log, 'k', 'small'), record(log, 'acme/big', 'x'.repeat(1_000_001))]).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(RecordTooLarge);
      expect(refusal).toMatchObject({ key: 'acme/big', limit: 1_000_000, bytes: expect.any(Number) });
      const large = Array.from({ length: 5 }, (_, i) => ({ partition: 0, key: 'k', headers: {}, value: String(i).repeat(999_000) }));
      await log.publish(large); // each within the limit, together far above what a broker takes at once
      expect((await all(log)).map(({ value }) => [value[0], value.length])).toEqual(large.map((_, i) => [String(i), 999_000]));
    }, 30_000);

    it('is not opened with another number of partitions than it was made with', async () => {
      const place = await rig.place();
      const [one, two] = await Promise.all([place.open(3), place.open(3)]); // two processes that start at once
      closing.push(one, two);
      await expect(place.open(4)).rejects.toThrow('3 partition(s) and cannot be read with 4');
      expect((await opened(place)).partitions).toBe(3);
    });

    it('loses nothing after a batch that failed but was stored', async () => {
      if (!rig.mayBeTakenAway) return;
      const log = await fresh(1);
      await log.publish([record(log, 'k', 'first')]);
      await rig.mute();
      const stored = [record(log, 'k', 'stored')];
      await expect(log.publish(stored)).rejects.toThrow().finally(rig.answer);
      await sleep(500);
      await log.publish([record(log, 'k', 'others')]); // of equal size: a producer that remembers its failure would be told that it is there already
      await log.publish(stored);
      const found = values(await all(log));
      expect(found.slice(0, 2)).toEqual(['first', 'stored']);
      expect(found.slice(-2)).toEqual(['others', 'stored']);
    }, 40_000);

    if (name === 'Kafka') {
      it('would lose that batch with one producer, which is told that all is well', async () => {
        if (!rig.mayBeTakenAway || 'missing' in kafka) return;
        const topic = kafka.topic();
        const log = await openKafkaLog({ brokers: kafka.brokers, topic, clientId: 'test', partitions: 1 });
        closing.push(log);
        const producer = new Kafka({ brokers: kafka.brokers, clientId: 'unguarded', requestTimeout: 1_000, logLevel: logLevel.NOTHING })
          .producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 1, initialRetryTime: 100 } });
        await producer.connect();
        const send = (value: string) => producer.send({ topic, acks: -1, messages: [{ partition: 0, key: 'k', value }] });
        await send('first');
        await kafka.pause();
        await expect(send('stored')).rejects.toThrow().finally(kafka.resume); // the next tests need it, whatever becomes of this one
        await sleep(500);
        const [answer] = await send('others');
        await producer.disconnect();
        expect(answer).toMatchObject({ errorCode: 0 });
        expect(values(await all(log))).toEqual(['first', 'stored']);
      }, 40_000);
    }

    if (name === 'Kafka') {
      it('replaces a consumer that says nothing, and reads on where its reader stands', async () => {
        if ('missing' in kafka) return;
        const log = await openKafkaLog({ brokers: kafka.brokers, topic: kafka.topic(), clientId: 'test', partitions: 1, silentAfterMs: 200 }); // with nothing to read, the client says so twice a second
        closing.push(log);
        const reader = database();
        const errors: string[] = [];
        await consume(log, 'silent', reader.handlers, { onError: (error) => { errors.push(error.message); } });
        await log.publish([record(log, 'k', 'before')]);
        for (const value of ['one', 'two', 'three']) {
          const told = errors.length;
          await eventually(() => expect(errors.length).toBeGreaterThan(told));
          await log.publish([record(log, 'k', value)]);
        }
        await eventually(() => expect(values(reader.kept)).toEqual(['before', 'one', 'two', 'three']), 30_000);
        expect(new Set(errors.map((e) => e.replace(/\d+ ms/, '… ms')))).toEqual(new Set(['the consumer has said nothing for … ms']));
      }, 90_000);

      it('replaces a consumer that does not ask for what is there', async () => {
        if ('missing' in kafka) return;
        const [topic, errors] = [kafka.topic(), [] as string[]];
        const log = await openKafkaLog({ brokers: kafka.brokers, topic, clientId: 'test', partitions: 1 });
        closing.push(log);
        const client = new Kafka({ brokers: kafka.brokers, clientId: 'deaf', logLevel: logLevel.NOTHING });
        const made = client.consumer.bind(client);
        let isFirst = true;
        client.consumer = (options) => { // the first one asks for nothing, as one was seen to
          const consumer = made(options);
          if (isFirst) consumer.on(consumer.events.GROUP_JOIN, () => consumer.pause([{ topic, partitions: [0] }]));
          isFirst = false;
          return consumer;
        };
        const reader = database();
        const consumption = await consumeKafka(client, topic, 'deaf', reader.handlers, { ends: log.ends, silentAfterMs: 1_500, onError: (error) => { errors.push(error.message); } });
        closing.push(consumption);
        await log.publish([record(log, 'k', 'one')]);
        await eventually(() => expect(values(reader.kept)).toEqual(['one']), 30_000);
        expect(errors).toEqual(['partition 0 has records from 0 on that the consumer does not ask for']);
      }, 60_000);
    }

    it('goes on when the server was away, without loss', async () => {
      if (!rig.mayBeTakenAway) return;
      const log = await fresh(2);
      const reader = database();
      const consumption = await consume(log, 'away', reader.handlers);
      await log.publish([record(log, 'k', 'before')]);
      await eventually(() => expect(values(reader.kept)).toEqual(['before']));
      await rig.away();
      const batch = [record(log, 'k', 'during')];
      await expect(log.publish(batch)).rejects.toThrow();
      expect(await log.healthy()).toBe(false);
      await sleep(Number(process.env['AR_TEST_AWAY_MS'] ?? 20_000));
      await rig.back();
      let tries = 0;
      for (let done = false; !done; tries++) {
        if (tries > 60) throw new Error('the log did not come back');
        done = await log.publish(batch).then(() => true, async () => { await sleep(250); return false; });
      }
      await log.publish([record(log, 'k', 'after')]);
      await eventually(() => expect([...new Set(values(reader.kept))]).toEqual(['before', 'during', 'after']), 30_000);
      expect(await log.healthy()).toBe(true);
      expect(consumption.failure()).toBeUndefined();
    }, 120_000);
  });
}
