import { describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { letPostgresPass, PrivateFolder } from './postgres-user.js';

/** A data folder in a folder of this mode. */
function within<T>(mode: number, look: (folder: string, data: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ar-private-'));
  try {
    mkdirSync(join(folder, 'data'), { mode: 0o755 });
    chmodSync(folder, mode);
    return look(folder, join(folder, 'data'));
  } finally { rmSync(folder, { recursive: true }); }
}
const modeOf = (folder: string) => statSync(folder).mode & 0o777;

describe('a private temporary folder', () => {
  it('lets the user of PostgreSQL pass, and nobody read', () => within(0o700, (folder, data) => { letPostgresPass(data, { uid: 0, programs: '/' }); expect(modeOf(folder)).toBe(0o701); }));
  it('stays as it is where PostgreSQL runs as who started it', () => within(0o700, (folder, data) => { letPostgresPass(data, { uid: 1_000, programs: '/' }); expect(modeOf(folder)).toBe(0o700); }));
});

describe('a private folder of somebody', () => {
  it('is named, with the way out, and not opened', () => within(0o700, (folder, data) => {
    const said = (() => { try { letPostgresPass(data, { uid: 0, programs: '/', temporary: '/elsewhere' }); return undefined; } catch (error) { return error; } })();
    expect(said).toBeInstanceOf(PrivateFolder);
    expect((said as PrivateFolder).message).toContain(`"chmod o+x ${folder}"`);
    expect(modeOf(folder)).toBe(0o700);
  }));
});
