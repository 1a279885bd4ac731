/** The version of lockstep that runs here. */
import { readFileSync } from 'node:fs';

let known: string | undefined;

export function ownVersion(): string {
  known ??= read();
  return known;
}

/** The package is three folders above this source file, and four above the compiled file. */
function read(): string {
  for (const above of ['../../../package.json', '../../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as {
        readonly name?: string;
        readonly version?: string;
      };
      if (name === 'lockstep' && version !== undefined) return version;
    } catch {
      // The manifest is at the other place.
    }
  }
  return 'unknown';
}
