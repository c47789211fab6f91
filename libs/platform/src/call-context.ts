// What belongs to the call under way, for logs, errors and deadlines.
import { AsyncLocalStorage } from 'node:async_hooks';

export interface CallContext {
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** 32 hex digits: the trace the caller named, or one that was made up for the call. */
  readonly trace: string;
  /** W3C, as the caller sent it. */
  readonly traceparent: string | undefined;
  tenant?: string;
  requestId?: string;
  reason?: string;
  readonly cancelled: () => boolean;
}

export const calls = new AsyncLocalStorage<CallContext>();
export const currentCall = (): CallContext => calls.getStore() ?? { method: '', deadline: Date.now() + 30_000, trace: '', traceparent: undefined, cancelled: () => false };
