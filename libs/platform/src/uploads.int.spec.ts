import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, credentials, makeClientConstructor, Metadata, Server, ServerCredentials, type ServiceDefinition, type ServiceError, status as Code, type UntypedHandleCall } from '@grpc/grpc-js';
import { type BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { pino } from 'pino';
import type { Api } from './api.js';
import { ApiError } from './errors.js';
import { callInterceptor, checkedCodecs, MESSAGE_LIMIT } from './interceptor.js';
import { Metrics } from './metrics.js';
import { answerUpload, type UploadAnswer, type UploadCall } from './uploads.js';

const text = { requestSerialize: (s: string) => Buffer.from(new BinaryWriter().string(s).finish()), requestDeserialize: (b: Buffer) => (b as unknown as BinaryReader).string(), responseSerialize: (s: string) => Buffer.from(s), responseDeserialize: (b: Buffer) => b.toString() };
const definition = { upload: { path: '/ar.test.v1.Uploads/Upload', requestStream: true, responseStream: false, ...text } } as const;
const checked = checkedCodecs(definition);
interface Uploads extends Client { upload(metadata: Metadata, options: { deadline?: number }, done: (error: ServiceError | null, answer?: string) => void): { write(s: string, done?: () => void): boolean; end(): void; cancel(): void } }

// What is sent is counted; `slow` is worked off slowly, `stop` is refused at once.
const server = new Server({ interceptors: [callInterceptor('test', pino({ level: 'silent' }), new Metrics('test'), () => false)], 'grpc.max_receive_message_length': 4 * MESSAGE_LIMIT } as never);
const seen = { messages: 0, ended: [] as string[] };
let client: Uploads;

beforeAll(async () => {
  const api = { service: 'test', runtime: { options: { onError: () => undefined } } } as unknown as Api;
  server.addService(checked as unknown as ServiceDefinition, {
    upload: ((call: UploadCall<string, string>, done: UploadAnswer<string>) => void answerUpload(api, call, done, async (messages) => {
      let bytes = 0;
      try {
        for await (const message of messages) {
          seen.messages++;
          bytes += message.length;
          if (message === 'slow') await new Promise((resolve) => { setTimeout(resolve, 50); });
          if (message === 'stop') throw new ApiError(Code.FAILED_PRECONDITION, 'STOPPED', 'enough');
        }
      } finally { seen.ended.push('ended'); }
      return String(bytes);
    })) as UntypedHandleCall,
  });
  const port = await new Promise<number>((resolve, reject) => { server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, p) => (e ? reject(e) : resolve(p))); });
  client = new (makeClientConstructor(definition as unknown as ServiceDefinition, 'Uploads'))(`127.0.0.1:${port}`, credentials.createInsecure()) as unknown as Uploads;
});
afterAll(() => { client.close(); server.forceShutdown(); });

const send = (messages: readonly string[], { deadline, end = true }: { deadline?: number; end?: boolean } = {}) => new Promise<string>((resolve) => {
  const call = client.upload(new Metadata(), deadline === undefined ? {} : { deadline }, (error, answer) => resolve(error ? `${Code[error.code]}: ${error.details}` : answer!));
  for (const message of messages) call.write(message);
  if (end) call.end();
});

describe('a client stream', () => {
  it('is answered once, when all has come', async () => expect(await send(['ab', 'cde'])).toBe('5'));
  it('is refused at any time, with the reason', async () => expect(await send(['ab', 'stop', 'more'])).toBe('FAILED_PRECONDITION: enough'));
  it('with a message that is too large is refused as others are', async () => expect(await send(['ab', 'x'.repeat(MESSAGE_LIMIT + 1)])).toMatch(/^RESOURCE_EXHAUSTED: the request has 4194309 bytes/));
  it('that never ends is let go at its deadline, and when its sender is gone', async () => {
    const before = seen.ended.length;
    expect(await send(['ab'], { deadline: Date.now() + 150, end: false })).toMatch(/^DEADLINE_EXCEEDED/);
    const call = client.upload(new Metadata(), {}, () => undefined);
    call.write('ab');
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    call.cancel();
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(seen.ended.length).toBe(before + 2);
  });
  it('is taken as fast as it is worked off, not faster', async () => {
    seen.messages = 0;
    const sending = send(['slow', 'slow', ...Array.from({ length: 200 }, () => 'x'.repeat(100_000))]);
    await new Promise((resolve) => { setTimeout(resolve, 60); });
    expect(seen.messages).toBeLessThan(10);
    expect(await sending).toBe(String(200 * 100_000 + 8));
  });
});
