import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka, type TestKafka } from './kafka.js';

const kafka = await startKafka();
if ('missing' in kafka && process.env['CI'] === 'true') throw new Error(`with CI=true this suite must run. ${kafka.missing}`);
// eslint-disable-next-line no-restricted-syntax -- where Kafka is not there, the suite says what it needs
const suite = 'missing' in kafka || !kafka.ours ? describe.skip : describe;

suite(`a Kafka for tests${'missing' in kafka ? ` (skipped: ${kafka.missing})` : ''}`, () => {
  const { brokers, topic, kill, pause, resume, restart, stop } = kafka as TestKafka;
  const admin = new Kafka({ brokers, clientId: 'test', logLevel: logLevel.NOTHING, requestTimeout: 2_000 }).admin({ retry: { retries: 2 } });
  beforeAll(() => admin.connect());
  afterAll(async () => { await admin.disconnect(); await stop(); });

  it('keeps its topics through kill -9 and restart', async () => {
    const name = topic();
    await admin.createTopics({ topics: [{ topic: name, numPartitions: 3 }], waitForLeaders: true });
    await kill();
    await expect(admin.listTopics()).rejects.toThrow();
    await restart();
    expect(await admin.listTopics()).toContain(name);
  }, 60_000);

  it('does not answer while paused', async () => {
    await pause();
    await expect(admin.listTopics()).rejects.toThrow();
    await resume();
    expect(await admin.listTopics()).toEqual(expect.any(Array));
  }, 30_000);
});
