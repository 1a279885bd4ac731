/** Stores equal audits of a folder once: the first stays as it is, and the others only refer to it. */
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { namesOf } from './files.ts';
import { describeAudits } from './readAudits.ts';

/** Audits smaller than this, in bytes, are left complete, so that people can read each of them. */
const MIN_BYTES = 1024 * 1024;

/** Call it before the files of the folder are described. Errors: those of readEvidence. */
export async function joinLikeAudits(dir: string): Promise<void> {
  const names = namesOf('audit', await readdir(dir));
  for (const [index, { file, like }] of (await describeAudits(dir, names)).entries()) {
    const path = join(dir, names[index] as string);
    if (like === index || statSync(path).size < MIN_BYTES) continue;
    const partial = `${path}.partial`;
    writeFileSync(partial, `${JSON.stringify({ reader: file.reader, like: names[like] })}\n`, { flag: 'wx' });
    renameSync(partial, path);
  }
}
