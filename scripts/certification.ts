/** Certifies targets one after the other inside a session: progress, recorded clauses, printed results. */
import { randomBytes } from 'node:crypto';
import type { Level } from '../adapters/contract/index.ts';
import { certificationSummary, clauseBlock } from '../reports/terminal.ts';
import type { CertificationRecorder } from '../reports/recorder.ts';
import type { TargetReference } from '../scenarios/host/index.ts';
import { certify, type CertifiedSubject } from '../suites/certify.ts';
import type { Session } from './session.ts';

export interface CertificationFlags {
  readonly level?: Level;
  readonly only?: readonly string[];
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  readonly processes: number;
  /** Seconds for the programs of one clause. */
  readonly budget: number;
  readonly inProcess: boolean;
  readonly pg: string;
}

export async function certifyTargets(
  session: Session,
  targets: readonly TargetReference[],
  flags: CertificationFlags,
): Promise<void> {
  for (const target of targets) {
    if (session.signal.aborted) return;
    await certifyTarget(session, target, flags);
  }
}

async function certifyTarget(
  session: Session,
  target: TargetReference,
  flags: CertificationFlags,
): Promise<void> {
  const { terminal, recorder, signal, prints } = session;
  const { style } = terminal;
  const progress = terminal.progress(`certify ${target.spec}`, undefined);
  let recording: CertificationRecorder | undefined;
  try {
    const outcome = await certify(
      {
        ...flags,
        target,
        budgetMs: flags.budget * 1000,
        runId: randomBytes(3).toString('hex'),
        now: () => performance.now(),
        signal,
      },
      {
        started: (subject) => {
          recording = recorder.startCertification({
            target: summaryOf(subject, target.spec),
            requestedLevel: subject.requestedLevel,
            runs: flags.runs,
            processes: flags.processes,
          });
          if (prints) terminal.out(`\n${target.spec}  seed ${flags.seed}, ${flags.runs} runs a clause`);
        },
        clause: (result, done, all) => {
          recording?.addClause(result);
          progress.update(done, `of ${all} clauses`);
          if (prints && result.runs > 0) {
            progress.print(clauseBlock(result, { target: target.spec, processes: flags.processes }, style));
          }
        },
      },
    );
    const certification = recording?.finish(outcome);
    if (prints && certification !== undefined) {
      progress.print(certificationSummary(certification, style));
    }
  } finally {
    progress.stop();
  }
}

/** The target as reports show it. */
export function summaryOf(
  subject: Omit<CertifiedSubject, 'requestedLevel'>,
  spec: string,
): Parameters<Session['recorder']['startCertification']>[0]['target'] {
  const { name, version, surfaces, capabilities, storage } = subject;
  return { name, version, spec, surfaces, capabilities, storage };
}
