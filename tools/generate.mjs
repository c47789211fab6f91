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
  for (const file of ['tools/generate.mjs', 'buf.yaml', 'buf.gen.yaml', 'package-lock.json', ...protosIn('proto'), ...protosIn('third_party/proto')]) hash.update(file).update('\0').update(readFileSync(join(root, file))).update('\0');
  return hash.digest('hex');
}

function buf(...args) {
  const bin = join(root, 'node_modules/.bin');
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], { cwd: root, encoding: 'utf8', env: { ...process.env, PATH: bin + delimiter + process.env.PATH } });
  if (status === 0) return;
  process.stderr.write(`buf ${args.join(' ')} failed\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  process.exit(1);
}

/** ts-proto takes instants through Date, which ends at milliseconds: what the store knows to the microsecond would come back to it as another instant. Text keeps as many digits as there are, in threes. */
const exactInstants = [
  [/function toTimestamp\(dateStr: string\): Timestamp \{\n[^}]*\{[^}]*\};\n\}/, `function toTimestamp(dateStr: string): Timestamp {
  const [, fraction = ""] = /\\.(\\d{1,9})/.exec(dateStr) ?? [];
  return { seconds: BigInt(Math.floor(globalThis.Date.parse(dateStr) / 1_000)), nanos: globalThis.Number(fraction.padEnd(9, "0")) };
}`],
  [/function fromTimestamp\(t: Timestamp\): string \{\n[^}]*\}/, `function fromTimestamp(t: Timestamp): string {
  const digits = t.nanos % 1_000_000 === 0 ? 3 : t.nanos % 1_000 === 0 ? 6 : 9;
  const fraction = globalThis.String(t.nanos).padStart(9, "0").slice(0, digits);
  return new globalThis.Date(globalThis.Number(t.seconds) * 1_000).toISOString().replace(".000Z", "." + fraction + "Z");
}`],
];

function keepInstantsExact() {
  for (const name of readdirSync(generated, { recursive: true }).filter((file) => file.endsWith('.ts'))) {
    const file = join(generated, name);
    const before = readFileSync(file, 'utf8');
    const after = exactInstants.reduce((text, [form, exact]) => text.replace(form, () => exact), before);
    if (/function (to|from)Timestamp/.test(before) && exactInstants.some(([, exact]) => before.includes(exact.split('(')[0]) && !after.includes(exact))) throw new Error(`${name} reads and writes instants in another form than is known here`);
    if (after !== before) writeFileSync(file, after);
  }
}

const stamp = stampNow();
if (existsSync(image) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  console.log('contracts: as the protos are');
} else {
  const started = Date.now();
  // Removed first: a run that fails half-way is run again.
  rmSync(stampFile, { force: true });
  buf('generate');
  keepInstantsExact();
  buf('build', '--exclude-source-info', '-o', image); // comments are for readers of the protos; every process decodes this
  writeFileSync(stampFile, stamp);
  console.log(`contracts: generated in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
