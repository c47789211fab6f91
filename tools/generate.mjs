// Makes libs/contracts/src/gen and libs/contracts/ar.binpb from the protos, when they are not those of the protos as they are. Needs nothing but buf and ts-proto.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = join(root, 'libs/contracts/src/gen');
const image = join(root, 'libs/contracts/ar.binpb');
const stampFile = join(generated, '.stamp');

const protosIn = (folder) => readdirSync(join(root, folder), { recursive: true }).filter((name) => name.endsWith('.proto')).map((name) => join(folder, name)).sort();

function stampNow() {
  const hash = createHash('sha256');
  for (const file of ['buf.yaml', 'buf.gen.yaml', 'package-lock.json', ...protosIn('proto'), ...protosIn('third_party/proto')]) hash.update(file).update('\0').update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

function buf(...args) {
  const bin = join(root, 'node_modules/.bin');
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], { cwd: root, encoding: 'utf8', env: { ...process.env, PATH: bin + delimiter + process.env.PATH } });
  if (status === 0) return;
  process.stderr.write(`buf ${args.join(' ')} failed\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  process.exit(1);
}

const stamp = stampNow();
if (existsSync(image) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  console.log('contracts: as the protos are');
} else {
  const started = Date.now();
  // Removed first: a run that fails half-way is run again.
  rmSync(stampFile, { force: true });
  buf('generate');
  buf('build', '--exclude-source-info', '-o', image); // comments are for readers of the protos; every process decodes this
  writeFileSync(stampFile, stamp);
  console.log(`contracts: generated in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
