// Around every call, health and reflection included: its deadline, its context, its log line and its metrics.
import { ServerInterceptingCall, ServerListenerBuilder, ResponderBuilder, type ServerInterceptor } from '@grpc/grpc-js';
import { status as Code } from '@grpc/grpc-js';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { calls, type CallContext } from './call-context.js';
import { ApiError, grpcError } from './errors.js';
import type { Metrics } from './metrics.js';
import { traceOf } from './traceparent.js';

const DEFAULT_DEADLINE_MS = 30_000;
export const MESSAGE_LIMIT = 4 * 1024 * 1024;

/** What the codec makes of a message it cannot hand on: answered with details here, which the transport could not. */
export class Unreadable { constructor(readonly error: ApiError) {} }

/** A request's bytes, read so that text which is not UTF-8 is an error, not a text with replacement characters; and so is the one name that an object cannot keep: a label of that name would be gone without a word. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
class RequestReader extends BinaryReader {
  constructor(value: Buffer) { super(value, (bytes) => strictUtf8.decode(bytes)); }
  override string(...how: Parameters<BinaryReader['string']>): string {
    const text = super.string(...how);
    if (text === '__proto__') throw new Error('__proto__ is a reserved word, no text');
    return text;
  }
}
const strict = (value: Buffer): Buffer => new RequestReader(value) as unknown as Buffer; // ts-proto's decode takes either

/** ts-proto definitions whose requests are checked for size and form before they are decoded. */
export function checkedCodecs<D extends Readonly<Record<string, { readonly requestDeserialize: (value: Buffer) => unknown }>>>(definition: D): D {
  return Object.fromEntries(Object.entries(definition).map(([name, method]) => [name, {
    ...method,
    requestDeserialize: (value: Buffer) => {
      if (value.length > MESSAGE_LIMIT) return new Unreadable(new ApiError(Code.RESOURCE_EXHAUSTED, 'MESSAGE_TOO_LARGE', `the request has ${value.length} bytes; ${MESSAGE_LIMIT} are allowed`, { bytes: String(value.length), limit: String(MESSAGE_LIMIT) }));
      try {
        return method.requestDeserialize(strict(value));
      } catch (error) {
        return new Unreadable(new ApiError(Code.INVALID_ARGUMENT, 'MESSAGE_UNDECODABLE', `the request is not a message of this method: ${(error as Error).message.slice(0, 200)}`));
      }
    },
  }])) as unknown as D;
}

export function callInterceptor(service: string, logger: Logger, metrics: Metrics, draining: () => boolean): ServerInterceptor {
  return (descriptor, call) => {
    const began = performance.now();
    const given = call.getDeadline();
    const now = Date.now();
    const at = given instanceof Date ? given.getTime() : Number.isFinite(given) ? given : now + DEFAULT_DEADLINE_MS;
    let cancelled = false;
    let context: CallContext = { method: descriptor.path, deadline: Math.min(at, now + 600_000), trace: randomUUID().replaceAll('-', ''), traceparent: undefined, cancelled: () => cancelled };
    let answered = false;
    const told = (code: Code, reason: string) => {
      if (answered) return;
      answered = true;
      const ms = Math.round((performance.now() - began) * 10) / 10;
      if (descriptor.path.startsWith('/ar.')) metrics.calls.observe({ method: descriptor.path, reason }, ms / 1_000);
      const line = { method: context.method, trace: context.trace, tenant: context.tenant, requestId: context.requestId, code: Code[code], reason, ms };
      if (code === Code.INTERNAL || code === Code.UNKNOWN) logger.error(line, 'call failed');
      else if (descriptor.path.startsWith('/ar.')) logger.debug(line, 'call');
    };
    const end = (error: ApiError) => {
      const { code, details, metadata } = grpcError(error, service);
      told(code, error.reason);
      call.sendStatus({ code, details, metadata });
    };
    const responder = new ResponderBuilder()
      .withStart((next) => next(new ServerListenerBuilder()
        .withOnReceiveMetadata((metadata, forward) => {
          const traceparent = metadata.get('traceparent')[0]?.toString();
          const trace = traceOf(traceparent);
          if (trace) context = { ...context, trace, traceparent };
          if (draining() && descriptor.path.startsWith('/ar.')) return end(new ApiError(Code.UNAVAILABLE, 'DRAINING', 'this replica is going away; another one will answer'));
          calls.run(context, () => forward(metadata)); // who takes a stream of messages begins here
        })
        .withOnReceiveMessage((message, forward) => (message instanceof Unreadable && !descriptor.requestStream ? end(message.error) : forward(message)))
        .withOnReceiveHalfClose((forward) => { if (!answered) calls.run(context, forward); })
        .withOnCancel(() => { cancelled = true; told(Code.CANCELLED, 'CANCELLED'); })
        .build()))
      .withSendStatus((status, next) => { told(status.code ?? Code.UNKNOWN, status.code === Code.OK ? 'OK' : context.reason ?? Code[status.code ?? Code.UNKNOWN] ?? ''); next(status); })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
