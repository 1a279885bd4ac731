/** Finds the settings of a project. Loaded with every command, so it must be small. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['lockstep.config.ts', 'lockstep.config.mts', 'lockstep.config.js', 'lockstep.config.mjs'];

/** The name of the file in `cwd`, if there is one. */
export function configFile(cwd: string): string | undefined {
  return NAMES.find((name) => existsSync(join(cwd, name)));
}
