/** Histories that a load recorded: one file a driver, in a folder of evidence that says how its streams began. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { EvidenceHeader } from '../evidence.ts';
import { readEvidenceHeader } from '../load/readEvidence.ts';
import { LockstepError } from '../lockstepError.ts';

const EVIDENCE_FILE = 'evidence.json';
const HISTORY_FILE = /^history-\d+\.jsonl$/;

export interface RecordedHistory {
  readonly seeded: EvidenceHeader['seeded'];
  /** Paths, in the drivers' order. */
  readonly files: readonly string[];
}

/**
 * What there is to read in `dir`. Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED; USAGE for a run that
 * was interrupted, whose last requests may be in no file: what they did would look like somebody's mistake.
 */
export async function findRecorded(dir: string): Promise<RecordedHistory> {
  const { seeded, interrupted } = await readEvidenceHeader(dir);
  if (interrupted !== undefined)
    throw new LockstepError(
      'USAGE',
      `${dir} is of a run that ended early (${interrupted}), so requests may be missing in its histories. "lockstep judge" knows what else it left.`,
    );
  const names = (await readdir(dir)).filter((name) => HISTORY_FILE.test(name));
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return { seeded, files: names.map((name) => join(dir, name)) };
}

/** Whether `dir` holds evidence of a load. */
export function isRecorded(dir: string): boolean {
  return existsSync(join(dir, EVIDENCE_FILE));
}

/** The folder of evidence that `path` is a part of, if it is: alone it would be a history with holes. */
export function folderOfRecorded(path: string): string | undefined {
  const dir = dirname(path);
  return HISTORY_FILE.test(basename(path)) && isRecorded(dir) ? dir : undefined;
}
