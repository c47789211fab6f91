// Tests run on sources; a wrong ESM import shows only in what was built. So each built module of a service, but its entry point, is loaded once.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const services = fileURLToPath(new URL('../../services', import.meta.url));
let loaded = 0;
for (const service of readdirSync(services)) {
  const dist = join(services, service, 'dist');
  for (const file of readdirSync(dist, { recursive: true })) {
    if (!file.endsWith('.js') || file === 'main.js') continue;
    await import(pathToFileURL(join(dist, file)).href);
    loaded++;
  }
}
console.log(`${loaded} modules loaded`);
process.exit(loaded > 0 ? 0 : 1);
