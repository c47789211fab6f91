// Events of services that are not there, published to the log as those services would: for suites that drive one service alone.
import { randomUUID } from 'node:crypto';
import type { EventLog } from '@ar/event-log/event-log.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { registry, type EventType } from '@ar/contracts/registry.js';
import { defaultPolicies } from '@ar/domain/policies.js';
import { encode } from './cloud-event.js';
import type { Publisher } from './forms.js';
import { wirePolicies } from './policy-contract.js';

const asGiven = new Proxy({}, { get: () => ({ type: _type, ...data }: { type: string }) => data }) as Publisher<never>;

/** Publishes contract events of tenant `t`; money is `{minor, currency}`. `customer` '' is a tenant event and goes to every partition. */
export function foreign(log: EventLog) {
  const last = new Map<string, number>();
  const sequences = new Map<string, number>();
  const publish = async (type: EventType, customer: string, data: object, on: string): Promise<void> => {
    const [, source = '', name = ''] = type.split('.');
    const stored = name.split('_').map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
    const sequence = (sequences.get(source) ?? 0) + 1;
    sequences.set(source, sequence);
    const event = {
      sequence, streamId: `t/${source}/${customer}`, version: sequence, partitionKey: `t/${customer}`, eventId: randomUUID(), type: stored, schemaV: 1, data, meta: { correlation: 'test', causation: '', actor: 'test' },
      businessDate: on, recordedAt: '2026-01-01T00:00:00.000000Z',
    } as unknown as StoredEvent;
    if (!(type in registry)) throw new Error(`not registered: ${type}`);
    const partitions = customer === '' ? Array.from({ length: log.partitions }, (_, p) => p) : [log.partitionOf(`t/${customer}`)];
    await log.publish(partitions.map((partition) => {
      const key = `${source}/${partition}`;
      const record = { partition, key: event.partitionKey, ...encode(source, asGiven as never, event, last.get(key) ?? 0, 'binary') };
      last.set(key, sequence);
      return record;
    }));
  };
  return {
    publish,
    /** The tenant with the default policies, and its first day. */
    async tenant(firstDay: string): Promise<void> {
      await publish('ar.invoicing.tenant_registered.v1', '', { tenantId: 't', baseCurrency: 'EUR', timeZone: 'UTC', policies: wirePolicies(defaultPolicies), firstBusinessDay: firstDay }, firstDay);
      await publish('ar.invoicing.business_day_opened.v1', '', { tenantId: 't', date: firstDay }, firstDay);
    },
    day: (date: string) => publish('ar.invoicing.business_day_opened.v1', '', { tenantId: 't', date }, date),
    /** The last sequence of a source in partition 0: what to wait for. */
    position: (): Readonly<Record<string, number>> => Object.fromEntries(last),
  };
}
