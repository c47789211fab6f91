// Started by root, PostgreSQL runs as a user of its own. That user must be able to pass through every folder above its programs and its data.
import { chmodSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder that nobody but root may pass through. */
export class PrivateFolder extends Error {
  constructor(readonly folder: string) { super(`PostgreSQL does not run as root, and its user may not pass through ${folder}: "chmod o+x ${folder}" lets it, or start as another user, or put the clone elsewhere`); }
}

/**
 * Opens what is in the way below the system's folder for temporary files (`mktemp -d` makes private folders) for passing through, not for reading.
 * Any other private folder is its owner's to open: PrivateFolder.
 */
export function letPostgresPass(data: string, { uid = process.getuid?.(), programs = fileURLToPath(new URL('../../../node_modules', import.meta.url)), temporary = realpathSync(tmpdir()) } = {}): void {
  if (uid !== 0) return;
  for (const place of [programs, data]) {
    for (let folder = realpathSync(place); folder !== dirname(folder); folder = dirname(folder)) {
      const { mode } = statSync(folder);
      if (mode & 0o001) continue;
      if (!folder.startsWith(temporary + sep)) throw new PrivateFolder(folder);
      chmodSync(folder, (mode & 0o7777) | 0o001);
    }
  }
}
