import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EVIDENCE_FOLDER, loadRunResult } from '../../reports/runFolder.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { judgeFolder } from '../loading.ts';
import type { CommandContext } from '../context.ts';
import type { ReporterName } from '../reporters.ts';
import { openSession } from '../session.ts';

const EVIDENCE_FILE = 'evidence.json';

export interface JudgeFlags {
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}

export async function judge(context: CommandContext, dir: string, flags: JudgeFlags): Promise<void> {
  const folders = evidenceFolders(resolve(context.cwd, dir));
  await using session = openSession(context, {
    command: 'judge',
    repeat: `lockstep judge ${dir}`,
    target: 'judged',
    seed: 0,
    ...flags,
  });
  for (const folder of folders) {
    if (!session.signal.aborted) await judgeFolder(session, folder.path, folder.about);
  }
  context.done(session.finish());
}

interface EvidenceFolder {
  readonly path: string;
  readonly about: Parameters<typeof judgeFolder>[2];
}

/** Folders of evidence in `dir`. What only the run knew is taken from its result, where there is one. */
function evidenceFolders(dir: string): EvidenceFolder[] {
  if (existsSync(join(dir, EVIDENCE_FILE))) {
    return [{ path: dir, about: { spec: 'recorded', connections: 0, negativeControl: false } }];
  }
  const parent = join(dir, EVIDENCE_FOLDER);
  const names = existsSync(parent) ? readdirSync(parent).sort() : [];
  if (names.length === 0) {
    throw new LockstepError(
      'USAGE',
      `Expected recorded evidence in ${dir}, found no ${EVIDENCE_FILE} and no ${EVIDENCE_FOLDER}/. Name a folder that "lockstep load" wrote.`,
    );
  }
  const recorded = loadRunResult(dir).loads;
  return names.map((name) => {
    const load = recorded.find((one) => one.evidence === join(EVIDENCE_FOLDER, name));
    return {
      path: join(parent, name),
      about: {
        spec: load?.target.spec ?? 'recorded',
        connections: load?.connections ?? 0,
        negativeControl: load?.negativeControl ?? false,
      },
    };
  });
}
