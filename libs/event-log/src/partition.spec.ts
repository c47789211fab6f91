import { describe, expect, it } from '@jest/globals';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf } from './partition.js';

describe('the partition of a key', () => {
  // the vectors of Kafka's own UtilsTest
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Java does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('is the one that the Kafka client would choose, whatever the alphabet', () => {
    const choose = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, partitionErrorCode: 0, leader: 0, replicas: [], isr: [], offlineReplicas: [] }));
    for (let i = 0; i < 500; i++) {
      const key = `t${i % 7}/kunde-${'äß漢🙂'.slice(0, i % 5)}-${i * 7919}`;
      expect([key, partitionOf(key, 12)]).toEqual([key, choose({ topic: 'any', partitionMetadata, message: { key: Buffer.from(key), value: '' } })]);
    }
  });

  it('is 0 in a log with one partition', () => {
    expect(['a', 'b/c', ''].map((key) => partitionOf(key, 1))).toEqual([0, 0, 0]);
  });
});
