// The compiled protos, for reflection: what the service answers, described by itself.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of the image; `src` and `dist` are side by side, so it is the same from both. */
export const imagePath = fileURLToPath(new URL('../ar.binpb', import.meta.url));

/** A google.protobuf.FileDescriptorSet with every file, those of others included. */
export const imageBytes = (): Buffer => readFileSync(imagePath);
