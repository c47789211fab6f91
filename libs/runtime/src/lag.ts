// How old the oldest event is that was not read here yet, by partition. It is told without asking the log each time: whoever waits asks often.
//
// - When a partition is seen to lag, what lags is at least as old as that, until all that was there then is read.
// - If that takes more than a second, its oldest unread record is looked at, beside the calls, and again every few seconds: its instant is the lag's.
import type { EventLog } from '@ar/event-log/event-log.js';
import { arrive } from './cloud-event.js';

const LOOK_AFTER_MS = 1_000;
const LOOK_AGAIN_MS = 5_000;

interface Behind { readonly since: number; /** Where the log ended then: until all of that is read, something that old is unread. */ readonly end: number; readonly looked: number; /** Milliseconds since the epoch; of a record that was the oldest unread when it was looked at. */ readonly recorded: number | undefined }

export class Lag {
  readonly #behind = new Map<number, Behind>();
  readonly #looking = new Map<number, Promise<void>>();
  constructor(private readonly log: Pick<EventLog, 'read'>, private readonly onError: (error: Error) => void) {}

  /** Whole seconds; `next` is the offset that is read next, `end` the one after the last record, `now` in milliseconds. */
  seconds(partition: number, next: number, end: number, now: number): number {
    if (end <= next) { this.#behind.delete(partition); return 0; }
    const before = this.#behind.get(partition);
    const behind = before && next < before.end ? before : { since: now, end, looked: before?.looked ?? 0, recorded: undefined };
    this.#behind.set(partition, behind);
    if (now - behind.since >= LOOK_AFTER_MS && now - behind.looked >= LOOK_AGAIN_MS && !this.#looking.has(partition)) {
      this.#behind.set(partition, { ...behind, looked: now });
      this.#looking.set(partition, this.#look(partition, BigInt(next)).catch((error: unknown) => this.onError(error as Error)).finally(() => this.#looking.delete(partition)));
    }
    return Math.max(0, Math.floor((now - Math.min(behind.since, behind.recorded ?? behind.since)) / 1_000));
  }

  /** No record is being looked at any more. */
  async settled(): Promise<void> { await Promise.all(this.#looking.values()); }

  async #look(partition: number, from: bigint): Promise<void> {
    const enough = new Error('the first record is enough');
    let recorded: number | undefined;
    try {
      await this.log.read(partition, from, async (records) => { recorded = Date.parse(arrive(records[0]!).recordedAt); throw enough; }, 1);
    } catch (error) { if (error !== enough) throw error; }
    const behind = this.#behind.get(partition);
    if (behind && recorded !== undefined) this.#behind.set(partition, { ...behind, recorded });
  }
}
