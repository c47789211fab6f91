import type { Decider } from './decider.js';

export interface Typed { readonly type: string }

/** A kind of stream. A stored event may carry `effectiveOn`, the day on which it counts; without it, it counts on the business date. */
export interface Aggregate<S, C, E extends Typed, Code extends string> extends Decider<S, C, E, Code> {
  readonly type: string;
  /** Whose stream it is, asked with the state after the event; '' is the tenant itself, whose events go to everyone. */
  customer(id: string, state: S): string;
  /** Only for streams that grow without bound. Raised when the shape of the state changes: older snapshots are then dropped. */
  readonly snapshot?: number;
  /** The state from its JSON, where it is more than plain values. */
  restored?(json: unknown): S;
  /** Brings the data of an event stored in an older shape to the present one. */
  upcast?(type: string, schemaV: number, data: unknown): E;
}
