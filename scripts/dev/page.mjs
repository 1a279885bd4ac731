// What the scripts that write pages share.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The built command. */
export const lockstep = join(root, 'dist', 'scripts', 'lockstep.js');

/** Writes the page, and formats it as the check wants it. `path` is relative to the repository. */
export function writePage(path, text) {
  writeFileSync(join(root, path), text);
  spawnSync('npx', ['--no-install', 'oxfmt', path], { cwd: root });
}
