// What a stranger's tool asks first: which services are here, and of what shape.
import { createRequire } from 'node:module';
import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { Server } from '@grpc/grpc-js';
import { imageBytes } from '@ar/contracts/image.js';

interface Descriptors { readonly FileDescriptorSet: { decode(bytes: Uint8Array): { readonly file: readonly unknown[] } }; readonly FileDescriptorProto: { encode(file: unknown): { finish(): Uint8Array } } }

/** Serves reflection v1 and v1alpha from the compiled protos. proto-loader's own descriptors are not what was written (grpc-node #3018), so they are replaced. */
export function addReflection(server: Pick<Server, 'addService'>, services: readonly string[]): void {
  const { FileDescriptorSet, FileDescriptorProto } = createRequire(import.meta.url)('protobufjs/ext/descriptor') as Descriptors;
  const image = imageBytes();
  const files = FileDescriptorSet.decode(image).file.map((file) => Buffer.from(FileDescriptorProto.encode(file).finish()));
  const definitions = Object.fromEntries(Object.entries(loadFileDescriptorSetFromBuffer(image)).map(([name, definition]) => [name, 'format' in definition ? { ...definition, fileDescriptorProtos: files } : definition])) as PackageDefinition;
  new ReflectionService(definitions, { services: [...services] }).addToServer(server);
}
