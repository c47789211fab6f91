// Every error a caller sees: google.rpc.Status with a stable reason. What the inside said stays inside.
import { Metadata, status as Code } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, PreconditionFailure, ResourceInfo, RetryInfo } from '@ar/contracts/gen/google/rpc/error_details.js';
import { Status } from '@ar/contracts/gen/google/rpc/status.js';
import type { Refusal } from '@ar/domain/decider.js';
import { cut } from '@ar/domain/text.js';
import { NotRecorded, Refused, RequestIdReused, TooBusy, VersionMismatch } from '@ar/runtime/commands.js';
import { NoProjections, StoreAlarm } from '@ar/runtime/live.js';
import { isTransient } from '@ar/runtime/parked.js';
import { KeyParked, PositionInvalid, ReadModelBehind } from '@ar/runtime/positions.js';
import { spoken } from './refusal-words.js';

export interface Violation { readonly field: string; readonly reason: string; readonly description: string }
interface Detail { readonly type: string; readonly value: Uint8Array }

/** What a call answers instead of a resource. `metadata` repeats everything dynamic of the text. */
export class ApiError extends Error {
  constructor(readonly code: Code, readonly reason: string, message: string, readonly metadata: Readonly<Record<string, string>> = {}, readonly more: readonly Detail[] = []) { super(message); }
}

const retryIn = (seconds: number): Detail => ({ type: 'google.rpc.RetryInfo', value: RetryInfo.encode(RetryInfo.fromPartial({ retryDelay: { seconds: BigInt(seconds), nanos: 0 } })).finish() });
const resource = (resourceType: string, resourceName: string, description: string): Detail => ({ type: 'google.rpc.ResourceInfo', value: ResourceInfo.encode({ resourceType, resourceName, owner: '', description }).finish() });

const badRequest = (violations: readonly Violation[]): Detail =>
  ({ type: 'google.rpc.BadRequest', value: BadRequest.encode(BadRequest.fromPartial({ fieldViolations: violations.map((v) => ({ field: v.field, description: cut(v.description, 200), reason: v.reason })) })).finish() });

/** A request with bad fields: the first one's reason, and each field with what is wrong with it. */
export function invalid(violations: readonly Violation[]): ApiError {
  const shown = violations.slice(0, 20);
  const [first] = shown;
  return new ApiError(Code.INVALID_ARGUMENT, first!.reason, cut(shown.map((v) => `${v.field}: ${v.description}`).join('; '), 1_000), { field: first!.field },
    [badRequest(shown)]);
}

/** `credit-limit-exceeded` is CREDIT_LIMIT_EXCEEDED on the wire, with the status that its ending says. `help` says what can be done, with `field` beside it which field of the request is to be changed for it. */
export function refused({ refused: code, detail }: Refusal<string>): ApiError {
  const reason = code.toUpperCase().replaceAll('-', '_');
  const metadata = spoken(detail);
  const { help, field } = metadata;
  const facts = help === undefined ? metadata : Object.fromEntries(Object.entries(metadata).filter(([k]) => k !== 'help' && k !== 'field'));
  const words = code.replaceAll('-', ' ') + (Object.keys(facts).length > 0 ? ` (${Object.entries(facts).map(([k, v]) => `${k}: ${v}`).join(', ')})` : '') + (help === undefined ? '' : `: ${help}`);
  const more = help === undefined || field === undefined ? [] : [badRequest([{ field, reason, description: help }])];
  const type = code.replace(/-(not-found|exists)$/, '');
  const name = Object.values(facts)[0] ?? '';
  if (code.endsWith('-not-found')) return new ApiError(Code.NOT_FOUND, reason, words, metadata, [resource(type, name, words), ...more]);
  if (code.endsWith('-exists')) return new ApiError(Code.ALREADY_EXISTS, reason, words, metadata, [resource(type, name, words)]);
  if (code.endsWith('-same-person')) return new ApiError(Code.PERMISSION_DENIED, reason, words, metadata);
  return new ApiError(Code.FAILED_PRECONDITION, reason, words, metadata,
    [{ type: 'google.rpc.PreconditionFailure', value: PreconditionFailure.encode({ violations: [{ type: reason, subject: name, description: words }] }).finish() }, ...more]);
}

/** Anything thrown, as a caller may see it; `trace` is what support can find it by. */
export function apiError(error: unknown, trace: string): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof Refused) return refused(error.refusal);
  if (error instanceof RequestIdReused) return invalid([{ field: 'request_id', reason: 'REQUEST_ID_REUSED', description: 'was used for a request with another content' }]);
  if (error instanceof VersionMismatch) return new ApiError(Code.ABORTED, 'VERSION_MISMATCH', `the resource is at version ${error.version}`, { current_version: String(error.version) });
  if (error instanceof PositionInvalid) return invalid([{ field: 'min_position.sequences', reason: 'FIELD_INVALID', description: `${error.entry.slice(0, 60)} is not part of a position of this installation` }]);
  if (error instanceof ReadModelBehind) return new ApiError(Code.UNAVAILABLE, 'READ_MODEL_BEHIND', 'this service has not read up to min_position within the deadline', Object.fromEntries(Object.entries(error.behind).slice(0, 12).map(([k, v]) => [k, String(v)])), [retryIn(1)]);
  if (error instanceof KeyParked) return new ApiError(Code.UNAVAILABLE, 'KEY_PARKED', `events of customer ${error.customer} cannot be read; operators have been told`, { customer_id: error.customer, position: error.entry }, [retryIn(60)]);
  if (error instanceof TooBusy) return new ApiError(Code.RESOURCE_EXHAUSTED, 'RATE_LIMITED', 'too many commands are waiting', {}, [retryIn(1)]);
  if (error instanceof NoProjections) return new ApiError(Code.UNAVAILABLE, 'READ_MODEL_BEHIND', 'this service has no projections yet', {}, [retryIn(1)]);
  if (error instanceof NotRecorded && error.cause instanceof StoreAlarm) return new ApiError(Code.UNAVAILABLE, 'STORE_DOWN', 'the store and the log do not belong together, nothing is recorded; operators have been told', {}, [retryIn(60)]);
  if (error instanceof NotRecorded && isTransient(error.cause) || isTransient(error)) return new ApiError(Code.UNAVAILABLE, 'STORE_DOWN', 'the store does not answer; the same request_id tells whether the command was recorded', {}, [retryIn(1)]);
  return new ApiError(Code.INTERNAL, 'UNEXPECTED', `something went wrong here; trace ${trace}`, { trace });
}

/** The status as it travels, in a message of its own or in `grpc-status-details-bin`. Kept under 4 KiB. */
export function statusOf(error: ApiError, domain: string): Status {
  const info: Detail = { type: 'google.rpc.ErrorInfo', value: ErrorInfo.encode({ reason: error.reason, domain: `${domain}.ar`, metadata: { ...error.metadata } }).finish() };
  const details = [info, ...error.more].map((d) => ({ typeUrl: `type.googleapis.com/${d.type}`, value: Buffer.from(d.value) }));
  const whole = Status.fromPartial({ code: error.code, message: error.message, details });
  return Status.encode(whole).finish().length <= 4_000 ? whole : Status.fromPartial({ code: error.code, message: cut(error.message, 500), details: details.slice(0, 1) });
}

/** What grpc-js sends. */
export function grpcError(error: ApiError, domain: string): { readonly code: Code; readonly details: string; readonly metadata: Metadata } {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(statusOf(error, domain)).finish()));
  return { code: error.code, details: error.message, metadata };
}
