import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from '../../reports/words/commandLine.ts';
import { recordedLoads } from '../../reports/load.ts';
import { EVIDENCE_FOLDER, requireApart } from '../../reports/folder/runFolder.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { judgeFolder } from '../load/recordLoads.ts';
import type { CommandContext } from '../context.ts';
import type { ReporterName } from '../session/reporters.ts';
import { openSession } from '../session/session.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

const EVIDENCE_FILE = 'evidence.json';

export interface JudgeFlags {
  readonly out?: string;
  readonly reporter?: readonly ReporterName[];
}

export async function judge(context: CommandContext, dir: string, flags: JudgeFlags): Promise<void> {
  const folders = evidenceFolders(resolve(context.cwd, dir));
  if (flags.out !== undefined) requireApart(context.cwd, flags.out, [dir]);
  await using session = openSession(context, {
    command: 'judge',
    repeat: commandLine('judge', [dir]),
    target: 'judged',
    seed: 0,
    ...flags,
  });
  for (const folder of folders) {
    if (!session.signal.aborted) await unlessStopped(judgeFolder(session, folder.path, folder.about));
  }
  context.done(session.finish());
}

interface EvidenceFolder {
  readonly path: string;
  readonly about: Parameters<typeof judgeFolder>[2];
}

/** The folders of evidence in `dir`. Facts that only the run knew are taken from its result, if there is one. */
function evidenceFolders(dir: string): EvidenceFolder[] {
  if (existsSync(join(dir, EVIDENCE_FILE))) {
    return [{ path: dir, about: { spec: 'recorded', connections: 0, negativeControl: false } }];
  }
  const parent = join(dir, EVIDENCE_FOLDER);
  const names = existsSync(parent) ? evidenceIn(parent) : [];
  if (names.length === 0) {
    throw new LockstepError(
      'USAGE',
      `Expected recorded evidence in ${dir}, found no ${EVIDENCE_FILE} and no ${EVIDENCE_FOLDER}/. Name a folder that "lockstep load" wrote: certify, mutants and stress keep no evidence of loads that were ok. "lockstep report" shows their results.`,
    );
  }
  const recorded = recordedLoads(dir);
  const gone = recorded.find(({ evidence }) => !existsSync(join(dir, evidence, EVIDENCE_FILE)));
  if (gone !== undefined) {
    throw new LockstepError(
      'EVIDENCE_MISSING',
      `Expected evidence of every load of the run, found no ${gone.evidence}/${EVIDENCE_FILE} in ${dir}. Restore it, or name the folder of evidence of a single load.`,
    );
  }
  return names.map((name) => {
    const load = recorded.find((one) => one.evidence === join(EVIDENCE_FOLDER, name));
    return {
      path: join(parent, name),
      about: {
        spec: load?.spec ?? 'recorded',
        connections: load?.connections ?? 0,
        negativeControl: load?.negativeControl ?? false,
      },
    };
  });
}

/** The folders of evidence below `parent`, in order. A certification keeps those of its faults one level deeper. */
function evidenceIn(parent: string): string[] {
  const holdsEvidence = (name: string): boolean => existsSync(join(parent, name, EVIDENCE_FILE));
  return foldersIn(parent).flatMap((name) =>
    holdsEvidence(name)
      ? [name]
      : foldersIn(join(parent, name))
          .map((below) => join(name, below))
          .filter(holdsEvidence),
  );
}

function foldersIn(dir: string): string[] {
  const folders = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).toSorted();
}
