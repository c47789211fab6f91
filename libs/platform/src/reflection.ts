// What a stranger's tool asks first: which services are here, and of what shape.
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { Server } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { imageBytes } from '@ar/contracts/image.js';

/** Serves reflection v1 and v1alpha from the compiled protos as they were written: proto-loader's own descriptors are not (grpc-node #3018). */
export function addReflection(server: Pick<Server, 'addService'>, services: readonly string[]): void {
  // One entry with all files: the library decodes the files of every entry, so an entry per message would decode the contract hundreds of times.
  const contract = { contract: { fileDescriptorProtos: files() } } as unknown as PackageDefinition;
  new ReflectionService(contract, { services: [...services] }).addToServer(server);
}

/** The files of the image (a FileDescriptorSet: field 1, repeated), each still encoded. */
function files(): Buffer[] {
  const reader = protobuf.Reader.create(imageBytes());
  const all: Buffer[] = [];
  while (reader.pos < reader.len) {
    reader.uint32();
    all.push(Buffer.from(reader.bytes()));
  }
  return all;
}
