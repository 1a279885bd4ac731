/** The version of lockstep that runs here. */
import { readFileSync } from 'node:fs';

let known: string | undefined;

export function ownVersion(): string {
  known ??= read();
  return known;
}

/** The package is three folders up from its sources, and four from what is built of them. */
function read(): string {
  for (const above of ['../../../package.json', '../../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8')) as {
        readonly name?: string;
        readonly version?: string;
      };
      if (name === 'lockstep' && version !== undefined) return version;
    } catch {
      // Not there: the other one is.
    }
  }
  return 'unknown';
}
