/** Certifies targets one after the other inside a session: progress, recorded clauses, printed results. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Level } from '../adapters/contract/index.ts';
import { certificationSummary, clauseBlock } from '../reports/terminal.ts';
import { EVIDENCE_FOLDER } from '../reports/runFolder.ts';
import type { CertificationRecorder, CertificationStart } from '../reports/recorder.ts';
import type { SuiteProof } from '../reports/mutation/proof.ts';
import { contentHash, type TargetReference } from '../scenarios/host/index.ts';
import { buildId } from '../scenarios/process/index.ts';
import type { BaselineEntry } from '../suites/baseline.ts';
import { certify, type CertifiedSubject } from '../suites/certify.ts';
import type { Shard } from '../suites/shard.ts';
import { admitGuest } from './exitGuard.ts';
import { serverPart } from './repeat.ts';
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
  readonly shrink?: boolean;
  readonly strict?: boolean;
  readonly pg: string;
  readonly allowFaultsOnServer?: boolean;
  readonly shard?: Shard;
  readonly baseline?: readonly BaselineEntry[];
  /** What the suites were shown to catch. */
  readonly proof?: SuiteProof;
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
  const said = new Set<string>();
  const underWay = new Set<string>();
  const dismiss = flags.inProcess
    ? admitGuest({
        name: target.spec,
        underWay: () =>
          underWay.size === 0 ? 'it was started' : `it was checked for ${[...underWay].join(', ')}`,
        keep: (exitStatus) => recorder.interrupt(exitStatus),
      })
    : undefined;
  try {
    const hash = (await contentHash(target.url)) ?? null;
    const outcome = await certify(
      {
        ...flags,
        target,
        budgetMs: flags.budget * 1000,
        runId: randomBytes(3).toString('hex'),
        now: () => performance.now(),
        signal,
        evidence: join(session.dir, EVIDENCE_FOLDER, `${recorder.result.certifications.length + 1}-faults`),
      },
      {
        started: (subject) => {
          recording = recorder.startCertification(startOf(subject, hash, target.spec, flags), flags.baseline);
          for (const warning of warningsOf(subject, hash, target.spec)) terminal.error(`! ${warning}`);
          if (prints) terminal.out(`\n${target.spec}  seed ${flags.seed}, ${flags.runs} runs a clause`);
        },
        deciding: (clause) => underWay.add(clause),
        clause: (result, done, all) => {
          underWay.delete(result.clause);
          recording?.addClause(result);
          progress.update(done, `of ${all} clauses`);
          // The summary names every clause of a reason; here it is said once.
          const { status, reason = '' } = result;
          const isRepeated = status === 'error' && said.has(reason);
          said.add(reason);
          if (prints && !isRepeated && (result.runs > 0 || status === 'error')) {
            progress.print(
              clauseBlock(
                result,
                { target: target.spec, processes: flags.processes, ...repeatWith(flags) },
                style,
              ),
            );
          }
        },
      },
    );
    const certification = recording?.finish(outcome);
    if (prints && certification !== undefined) {
      progress.print(certificationSummary(certification, style));
    }
  } finally {
    dismiss?.();
    progress.stop();
  }
}

function warningsOf({ notes }: CertifiedSubject, hash: string | null, spec: string): string[] {
  const unhashed = `${spec}: its imports could not be followed; the certificate has no content hash`;
  return hash === null ? [...notes, unhashed] : [...notes];
}

function startOf(
  subject: CertifiedSubject,
  hash: string | null,
  spec: string,
  flags: CertificationFlags,
): CertificationStart {
  const { name, version, surfaces, capabilities, idSpace, storage, requestedLevel } = subject;
  const ids = idSpace === undefined ? {} : { ids: idSpace.rule };
  const { runs, budget, processes, inProcess, strict = false } = flags;
  return {
    target: { name, version, spec, surfaces, capabilities, ...ids, storage },
    contentHash: hash,
    suites: { buildId: buildId(), proof: flags.proof ?? null },
    requestedLevel,
    strict,
    runs,
    budgetMs: budget * 1000,
    processes,
    inProcess,
    ...repeatWith(flags),
  };
}

function repeatWith(flags: CertificationFlags): Pick<CertificationStart, 'repeatWith'> {
  const part = serverPart(flags);
  return part === '' ? {} : { repeatWith: part };
}
