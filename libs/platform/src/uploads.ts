// One answer to many messages, taken one after the other: the next is asked for when the last was worked off, so that a fast sender costs one message of memory, not the whole. It ends, with
// an error that says why, when the sender is gone, its deadline has passed, or one of its messages could not be read.
import { type sendUnaryData, type ServerReadableStream, status as Code } from '@grpc/grpc-js';
import type { Api } from './api.js';
import { currentCall, type CallContext } from './call-context.js';
import { ApiError, apiError, grpcError } from './errors.js';
import { Unreadable } from './interceptor.js';

/** What messages come from: a client stream of grpc-js. */
export interface Sending<Req> extends AsyncIterable<Req | Unreadable> { destroy(error?: Error): unknown }

const passed = () => new ApiError(Code.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', 'the deadline passed before everything had arrived');

export async function* sent<Req>(sending: Sending<Req>, { deadline, cancelled }: Pick<CallContext, 'deadline' | 'cancelled'>): AsyncGenerator<Req, void, undefined> {
  const timer = setTimeout(() => sending.destroy(passed()), Math.max(0, deadline - Date.now()));
  try {
    for await (const message of sending) {
      if (message instanceof Unreadable) throw message.error;
      yield message;
    }
  } catch (error) {
    throw cancelled() ? passed() : error;
  } finally {
    clearTimeout(timer);
  }
  if (cancelled()) throw passed(); // what was sent may have ended before its end
}

export type UploadCall<Req, Res> = ServerReadableStream<Req, Res>;
export type UploadAnswer<Res> = sendUnaryData<Res>;

/** Answers a client stream of a service, errors as the status that the contract promises. */
export async function answerUpload<Req, Res>(api: Api, call: UploadCall<Req, Res>, answer: UploadAnswer<Res>, handle: (messages: AsyncGenerator<Req, void, undefined>) => Promise<Res>): Promise<void> {
  const context = currentCall();
  const messages = sent(call as unknown as Sending<Req>, context);
  try {
    answer(null, await handle(messages));
  } catch (thrown) {
    const error = apiError(thrown, context.trace);
    context.reason = error.reason;
    if (error.code === Code.INTERNAL) api.runtime.options.onError(thrown as Error, context.method);
    answer(grpcError(error, api.service));
  } finally {
    await messages.return(); // what still comes is not waited for
  }
}
