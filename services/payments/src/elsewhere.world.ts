// Other services, as far as the log can tell: what they publish, linked as their relays link it.
import type { EventLog } from '@ar/event-log/event-log.js';
import type { StoredEvent } from '@ar/event-store/store.js';
import { encode } from '@ar/runtime/cloud-event.js';
import type { Position } from '@ar/contracts/gen/ar/type/v1/position.js';
import { toPosition } from '@ar/platform/api.js';
import type { Day } from '@ar/domain/day.js';

export interface Told { readonly tenant: string; /** Empty: everyone's. */ readonly customer: string; readonly subject: string; readonly on: Day; readonly data: object }

export class Elsewhere {
  #sequence = 0;
  readonly #last = new Map<number, number>();
  readonly #versions = new Map<string, number>();
  constructor(private readonly log: EventLog, private readonly source: string) {}

  /** Publishes an event of the contract, amounts as `{minor, currency}`; answers what to wait for: all that this service has told so far. `only`: of what is everyone's, as if it had got no further yet. */
  async tell(type: string, { tenant, customer, subject, on, data }: Told, only?: (partition: number) => boolean): Promise<Position> {
    const sequence = ++this.#sequence;
    const version = (this.#versions.get(`${tenant}/${subject}`) ?? 0) + 1;
    this.#versions.set(`${tenant}/${subject}`, version);
    const event: StoredEvent = {
      sequence, streamId: `${tenant}/${subject}`, version, partitionKey: `${tenant}/${customer}`, eventId: `${this.source}-${sequence}`, type, schemaV: 1, data: { ...data, effectiveOn: on },
      meta: { correlation: 'elsewhere', causation: '', actor: 'system' } as StoredEvent['meta'], businessDate: on, recordedAt: `${on}T12:00:00.000000Z`,
    };
    const partitions = customer === '' ? Array.from({ length: this.log.partitions }, (_, p) => p).filter((p) => only?.(p) ?? true) : [this.log.partitionOf(event.partitionKey)];
    await this.log.publish(partitions.map((partition) => {
      const { headers, value } = encode(this.source, { [type]: (e: object) => e }, event, this.#last.get(partition) ?? 0, 'binary');
      this.#last.set(partition, sequence);
      return { partition, key: event.partitionKey, headers, value };
    }));
    return toPosition(Object.fromEntries([...this.#last].map(([p, last]) => [`${this.source}/${p}`, last])));
  }
}
