// Makes every npm script work as the first command on a fresh clone: installs, generates and builds what is missing, then runs the tool on the Node of this project.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules/.bin');
const env = { ...process.env, PATH: bin + delimiter + process.env.PATH };
const [tool, ...args] = process.argv.slice(2);
const say = (text) => process.stderr.write(`${text}\n`);

function step(what, command, commandArgs, quiet = false) {
  const started = Date.now();
  if (!quiet) say(`${what} …`);
  const { status, stdout, stderr, error } = spawnSync(command, commandArgs, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  if (status !== 0) {
    say(`${what} failed\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
    process.exit(status ?? 1);
  }
  if (!quiet) say(`${what}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** Two first commands at once would install into each other: the second waits until the first, of that process, is ready or gone. */
const preparing = join(root, '.preparing');
function takeTurn() {
  const ticket = `${preparing}.${process.pid}`;
  writeFileSync(ticket, String(process.pid)); // linked into place with what it says, so that nobody reads half of it
  process.on('exit', () => { rmSync(ticket, { force: true }); endTurn(); });
  for (let waiting = ''; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)) {
    try { linkSync(ticket, preparing); break; } catch (error) { if (error.code !== 'EEXIST') throw error; }
    const other = readIfThere(preparing);
    if (other !== '' && !isAlive(Number(other))) rmSync(preparing, { force: true });
    else if (other !== waiting) say(`waiting for process ${waiting = other}, which prepares this folder …`);
  }
  rmSync(ticket);
}
function endTurn() { if (readIfThere(preparing) === String(process.pid)) rmSync(preparing, { force: true }); }
function readIfThere(file) { try { return readFileSync(file, 'utf8'); } catch (error) { if (error.code === 'ENOENT') return ''; throw error; } }
function isAlive(pid) { try { return process.kill(pid, 0); } catch (error) { return error.code === 'EPERM'; } }
takeTurn();

const stamp = join(root, 'node_modules/.ar-installed');
const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : existsSync(join(root, 'node_modules/.package-lock.json')) && existsSync(join(bin, 'node')) ? lock : '';
if (installed !== lock) step('installing packages (about a minute, once)', 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']); // not ci: it refuses a lock without the binaries of other platforms
mkdirSync(join(root, 'node_modules'), { recursive: true });
if (!existsSync(stamp) || installed !== lock) writeFileSync(stamp, lock);

const node = join(bin, 'node');
step('generating contracts', node, ['tools/generate.mjs'], existsSync(join(root, 'libs/contracts/src/gen/.stamp')));

/** When a source was last changed. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  return latest;
}
const parts = ['libs', 'services'].flatMap((top) => readdirSync(join(root, top)).map((name) => join(root, top, name))).concat(join(root, 'tools'));
const sources = Math.max(...parts.filter((part) => existsSync(join(part, 'src'))).map((part) => newest(join(part, 'src'))), statSync(join(root, 'tsconfig.base.json')).mtimeMs);
const builtStamp = join(root, 'tools/dist/.built');
if (!existsSync(builtStamp) || statSync(builtStamp).mtimeMs < sources || parts.some((part) => existsSync(join(part, 'src')) && !existsSync(join(part, 'dist')))) {
  step('building', node, ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--output-style=static']);
  writeFileSync(builtStamp, '');
}
endTurn();

const child = spawn(node, ['--disable-warning=TimeoutNegativeWarning', join(root, `tools/dist/${tool}.js`), ...args], { cwd: root, env, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal); });
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
