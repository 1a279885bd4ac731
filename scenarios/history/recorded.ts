/** Histories that a load recorded: one file per driver, in a folder of evidence that contains the initial streams. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { EvidenceHeader } from '../evidence.ts';
import { DESCRIPTION_FILE, readEvidenceHeader } from '../evidence/description.ts';
import { checkFiles, evidenceNames, namesOf } from '../evidence/files.ts';
import { LockstepError } from '../lockstepError.ts';

export interface RecordedHistory {
  readonly seeded: EvidenceHeader['seeded'];
  /** Their paths, in the order of the drivers. */
  readonly files: readonly string[];
}

/**
 * The recorded histories in `dir`. Errors: EVIDENCE_MISSING, EVIDENCE_VERSION, EVIDENCE_MALFORMED, EVIDENCE_CUT; USAGE
 * for an interrupted run, whose last requests may be missing: their effects would look like errors.
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

/** Whether `dir` contains the evidence of a load. */
export function isRecorded(dir: string): boolean {
  return existsSync(join(dir, DESCRIPTION_FILE));
}

/** The folder of evidence to which `path` belongs, if any. On its own the file would be an incomplete history. */
export function folderOfRecorded(path: string): string | undefined {
  const dir = dirname(path);
  return namesOf('history', [basename(path)]).length > 0 && isRecorded(dir) ? dir : undefined;
}
