// A program that knows nothing of this platform but an address: it learns services and messages by reflection, and calls them.
import type { Buffer } from 'node:buffer';
import { Client, credentials, Metadata, status, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromObject, loadSync, type MethodDefinition, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadRequest, ErrorInfo } from '@ar/contracts/gen/google/rpc/error_details.js';
import { Status } from '@ar/contracts/gen/google/rpc/status.js';

/** The published reflection protocol, which every gRPC tool carries with it. */
const REFLECTION = `syntax = "proto3"; package grpc.reflection.v1;
service ServerReflection { rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse); }
message ServerReflectionRequest { string host = 1; oneof message_request { string file_by_filename = 3; string file_containing_symbol = 4; string list_services = 7; } }
message ServerReflectionResponse { FileDescriptorResponse file_descriptor_response = 4; ListServiceResponse list_services_response = 6; ErrorResponse error_response = 7; }
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever reflection says it is
export type Answer = any;
interface File { readonly name: string; readonly dependency: readonly string[] }
interface Reflected { readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] }; readonly list_services_response?: { readonly service: readonly { readonly name: string }[] }; readonly error_response?: { readonly error_message: string } }
interface Descriptors { readonly FileDescriptorProto: { decode(bytes: Uint8Array): File } }

/** How a call ended that did not get its answer. */
export class Told extends Error {
  constructor(readonly code: string, message: string, readonly reason: string, readonly domain: string, readonly metadata: Readonly<Record<string, string>>, readonly fields: readonly { readonly field: string; readonly reason: string }[], readonly details: readonly string[]) { super(message); }
}

const OPTIONS = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true } as const;

export interface Stranger {
  readonly services: readonly string[];
  /** Methods of a service, by name. */
  methods(service: string): readonly string[];
  /** `ar.invoicing.v1.InvoiceService/IssueInvoice`, answered or rejected with Told. */
  call(method: string, request: object, options?: { readonly deadlineMs?: number }): Promise<Answer>;
  /** The bytes of a request, for those who mean to change them. */
  bytes(method: string, request: object): Buffer;
  callWith(method: string, bytes: Buffer, options?: { readonly deadlineMs?: number }): Promise<Answer>;
  stream(method: string, request: object, options?: { readonly deadlineMs?: number }): ClientReadableStream<Answer>;
  /** All answers of a stream, or rejected with Told. */
  all(method: string, request: object, options?: { readonly deadlineMs?: number }): Promise<Answer[]>;
  close(): void;
}

export async function meet(address: string): Promise<Stranger> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const { services, definitions } = await reflect(client);
  const of = (method: string): MethodDefinition<object, Answer> => {
    const [service, name] = method.split('/') as [string, string];
    const found = (definitions[service] as ServiceDefinition | undefined)?.[name];
    if (!found) throw new Error(`reflection does not know ${method}`);
    return found;
  };
  const callWith: Stranger['callWith'] = (method, bytes, { deadlineMs = 30_000 } = {}) => new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/${method}`, (b: Buffer) => b, of(method).responseDeserialize, bytes, new Metadata(), { deadline: Date.now() + deadlineMs }, (error, answer) => { if (error) reject(told(error)); else resolve(answer); });
  });
  const stream: Stranger['stream'] = (method, request, { deadlineMs = 30_000 } = {}) => client.makeServerStreamRequest(`/${method}`, of(method).requestSerialize, of(method).responseDeserialize, request, new Metadata(), { deadline: Date.now() + deadlineMs });
  return {
    services, callWith, close: () => client.close(),
    methods: (service) => Object.keys(definitions[service] as ServiceDefinition),
    bytes: (method, request) => of(method).requestSerialize(request),
    call: (method, request, options) => callWith(method, of(method).requestSerialize(request), options),
    stream,
    all: (method, request, options) => new Promise((resolve, reject) => {
      const answers: Answer[] = [];
      stream(method, request, options).on('data', (answer: Answer) => answers.push(answer)).on('end', () => resolve(answers)).on('error', (error: ServiceError) => reject(told(error)));
    }),
  };
}

/** Asks for the services, for the files that describe them, and for the files that those need. */
async function reflect(client: Client): Promise<{ services: string[]; definitions: PackageDefinition }> {
  const folder = mkdtempSync(join(tmpdir(), 'ar-reflection-'));
  const file = join(folder, 'reflection.proto');
  writeFileSync(file, REFLECTION);
  const method = (loadSync(file, OPTIONS)['grpc.reflection.v1.ServerReflection'] as ServiceDefinition)['ServerReflectionInfo'] as MethodDefinition<object, Reflected>;
  rmSync(folder, { recursive: true });
  const conversation = client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize);
  const answers: ((answer: Reflected) => void)[] = [];
  const failures: ((error: Error) => void)[] = [];
  conversation.on('data', (answer: Reflected) => answers.shift()!(answer));
  conversation.on('error', (error: Error) => failures.splice(0).forEach((fail) => fail(error)));
  const ask = (request: object) => new Promise<Reflected>((resolve, reject) => { answers.push(resolve); failures.push(reject); conversation.write(request); });

  const { FileDescriptorProto } = createRequire(import.meta.url)('protobufjs/ext/descriptor') as Descriptors;
  const services = (await ask({ list_services: '' })).list_services_response!.service.map((s) => s.name);
  const files = new Map<string, File>();
  const learn = async (request: object): Promise<void> => {
    const { file_descriptor_response: found, error_response: error } = await ask(request);
    if (!found || found.file_descriptor_proto.length === 0) throw new Error(`reflection: ${error?.error_message ?? 'no answer'}`);
    for (const proto of found.file_descriptor_proto.map((bytes) => FileDescriptorProto.decode(bytes))) files.set(proto.name, proto);
    for (const proto of [...files.values()]) for (const needed of proto.dependency) if (!files.has(needed)) await learn({ file_by_filename: needed });
  };
  for (const service of services) await learn({ file_containing_symbol: service });
  conversation.end();
  return { services, definitions: loadFileDescriptorSetFromObject({ file: [...files.values()] }, OPTIONS) };
}

function told(error: ServiceError): Told {
  const [bytes] = error.metadata.get('grpc-status-details-bin') as Buffer[];
  const details = bytes ? Status.decode(bytes).details : [];
  const value = (type: string) => details.find((d) => d.typeUrl === `type.googleapis.com/google.rpc.${type}`)?.value;
  const info = value('ErrorInfo') ? ErrorInfo.decode(value('ErrorInfo')!) : undefined;
  const bad = value('BadRequest') ? BadRequest.decode(value('BadRequest')!) : undefined;
  return new Told(status[error.code], error.details, info?.reason ?? '', info?.domain ?? '', { ...info?.metadata as unknown as Record<string, string> }, (bad?.fieldViolations ?? []).map(({ field, reason }) => ({ field, reason })), details.map((d) => d.typeUrl.replace(/^.*\./, '')));
}

/** Waits for the error that a call must end with. */
export const toldBy = async (call: Promise<unknown>): Promise<Told> => {
  const ended = await call.then((answer) => { throw new Error(`was answered: ${JSON.stringify(answer).slice(0, 300)}`); }, (error: unknown) => error);
  if (!(ended instanceof Told)) throw ended;
  return ended;
};
