// Two first commands at once: the second waits while the first installs and builds.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const preparing = join(root, '.preparing');
/** As if that process prepared this folder; other suites start the platform too, and have their turns. */
async function prepares(pid: number | undefined): Promise<void> {
  for (;;) {
    try { writeFileSync(preparing, String(pid), { flag: 'wx' }); return; } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; }
    await sleep(50);
  }
}
const held = () => existsSync(preparing) && readFileSync(preparing, 'utf8') === String(process.pid);

/** `npm start -- --help`, and what it says. */
function first() {
  const child = spawn(process.execPath, ['tools/first.mjs', 'start', '--help'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => { heard.out += text; });
  child.stderr.on('data', (text: Buffer) => { heard.err += text; });
  return { heard, says: (text: string) => new Promise<void>((resolve) => child.stderr.on('data', () => { if (heard.err.includes(text)) resolve(); })), ended: new Promise<number | null>((resolve) => child.on('exit', resolve)) };
}

afterEach(() => { if (held()) rmSync(preparing); });

describe('a first command beside another', () => {
  it('waits until that is ready', async () => {
    await prepares(process.pid);
    const second = first();
    await second.says(`waiting for process ${process.pid}, which prepares this folder`);
    expect(second.heard.out).toBe('');
    rmSync(preparing);
    expect([await second.ended, second.heard.out.includes('--port-base')]).toEqual([0, true]);
  });

  it('goes on where that ended without a word', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.on('exit', resolve));
    await prepares(gone.pid);
    const second = first();
    expect([await second.ended, second.heard.out.includes('--port-base')]).toEqual([0, true]);
  });
});
