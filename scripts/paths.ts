/** The places of this package's compiled files. It works from dist/ and from the sources. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../scenarios/process/entry.ts';

const root = pathToFileURL(`${packageRoot}/`);

/** The URL of a compiled file, by its path below dist/. */
export function distUrl(path: string): string {
  return new URL(`dist/${path}`, root).href;
}

/** The version in package.json. */
export function lockstepVersion(): string {
  const text = readFileSync(new URL('package.json', root), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
