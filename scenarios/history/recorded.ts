/** Histories that a load recorded: one file a driver, in a folder of evidence that says how its streams began. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { EvidenceHeader } from '../evidence.ts';
import { DESCRIPTION_FILE, readEvidenceHeader } from '../evidence/description.ts';
import { checkFiles, evidenceNames, namesOf } from '../evidence/files.ts';
import { LockstepError } from '../lockstepError.ts';

export interface RecordedHistory {
  readonly seeded: EvidenceHeader['seeded'];
  /** Paths, in the drivers' order. */
  readonly files: readonly string[];
}

/**
 * What there is to read in `dir`. Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED, EVIDENCE_CUT; USAGE for
 * a run that was interrupted, whose last requests may be in no file: what they did would look like somebody's mistake.
 */
export async function findRecorded(dir: string): Promise<RecordedHistory> {
  const header = await readEvidenceHeader(dir);
  const { seeded, interrupted } = header;
  if (interrupted !== undefined)
    throw new LockstepError(
      'USAGE',
      `${dir}: expected the evidence of a complete run, but this run ended early (${interrupted}), so requests may be missing from its histories. Use "lockstep judge", which also reads the other evidence.`,
    );
  const cut = await checkFiles(dir, header);
  if (cut.length > 0)
    throw new LockstepError(
      'EVIDENCE_CUT',
      `${dir}: expected complete evidence, but the histories cannot be checked: ${cut.join('; ')}. Use the folder as the run left it.`,
    );
  const names = namesOf('history', await evidenceNames(dir));
  return { seeded, files: names.map((name) => join(dir, name)) };
}

/** Whether `dir` holds evidence of a load. */
export function isRecorded(dir: string): boolean {
  return existsSync(join(dir, DESCRIPTION_FILE));
}

/** The folder of evidence that `path` is a part of, if it is: alone it would be a history with holes. */
export function folderOfRecorded(path: string): string | undefined {
  const dir = dirname(path);
  return namesOf('history', [basename(path)]).length > 0 && isRecorded(dir) ? dir : undefined;
}
