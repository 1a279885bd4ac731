/** Certifies targets one after another in a session: shows progress, records clauses and prints results. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Level } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { drawBlocks } from '../../reports/document/terminal/draw.ts';
import { certificationVerdict } from '../../reports/run/certification.ts';
import { clauseBlocks } from '../../reports/run/clauses.ts';
import { timingTables } from '../../reports/run/timings.ts';
import { EVIDENCE_FOLDER } from '../../reports/folder/runFolder.ts';
import type { CertificationRecorder, CertificationStart } from '../../reports/folder/recorder.ts';
import type { SuiteProof } from '../../reports/mutation/proof.ts';
import { contentHash, type TargetReference } from '../../scenarios/host/index.ts';
import type { Phase } from '../../scenarios/phase.ts';
import { buildId } from '../../scenarios/process/index.ts';
import type { BaselineEntry } from '../../suites/baseline.ts';
import { certify, type CertifiedSubject } from '../../suites/certify.ts';
import type { ClauseResult } from '../../suites/result.ts';
import type { Shard } from '../../suites/shard.ts';
import { admitGuest } from '../session/exitGuard.ts';
import { serverPart } from '../options/repeat.ts';
import type { RunSession } from '../session/session.ts';
import { unlessStopped } from '../session/unlessStopped.ts';

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
  readonly timings?: boolean;
  readonly pg: string;
  readonly allowFaultsOnServer?: boolean;
  readonly shard?: Shard;
  readonly baseline?: readonly BaselineEntry[];
  /** Updates the baseline with what was decided. The run is then compared with the new baseline. */
  readonly updateBaseline?: (clauses: readonly ClauseResult[]) => readonly BaselineEntry[];
  /** What the suites were proved to catch. */
  readonly proof?: SuiteProof;
}

export async function certifyTargets(
  session: RunSession,
  targets: readonly TargetReference[],
  flags: CertificationFlags,
): Promise<void> {
  for (const target of targets) {
    if (session.signal.aborted) return;
    await unlessStopped(certifyTarget(session, target, flags));
  }
}

async function certifyTarget(
  session: RunSession,
  target: TargetReference,
  flags: CertificationFlags,
): Promise<void> {
  const { terminal, recorder, signal, prints } = session;
  const { style } = terminal;
  using progress = terminal.progress(`certify ${target.spec}`);
  let recording: CertificationRecorder | undefined;
  const isToldAlone = tellingOnce();
  const context = { target: target.spec, processes: flags.processes, ...repeatWith(flags) };
  const underWay = new Map<string, number | undefined>();
  const dismiss = flags.inProcess
    ? admitGuest({
        name: target.spec,
        underWay: () =>
          underWay.size === 0 ? 'it was started' : `it was checked for ${[...underWay.keys()].join(', ')}`,
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
          if (prints) terminal.out(`\n${target.spec}  seed ${flags.seed}, ${flags.runs} runs per clause`);
        },
        phase: (phase) => progress.phase(phase),
        deciding: (clause, atMostMs) => {
          underWay.set(clause, atMostMs);
          progress.phase(checking(underWay));
        },
        clause: (result, checked, all) => {
          underWay.delete(result.clause);
          if (underWay.size > 0) progress.phase(checking(underWay));
          recording?.addClause(result);
          progress.update(checked, `of ${all} clauses`);
          if (prints && isToldAlone(result)) progress.print(drawBlocks(clauseBlocks(result, context), style));
        },
      },
    );
    const certification = recording?.finish(outcome, flags.updateBaseline?.(outcome.clauses));
    if (prints && certification !== undefined) {
      progress.print(
        drawBlocks([certificationVerdict(certification), ...timingTables([certification])], style),
      );
    }
  } finally {
    dismiss?.();
  }
}

function warningsOf({ notes }: CertifiedSubject, hash: string | null, spec: string): string[] {
  const unhashed = `${spec}: its imports could not be followed; the certificate has no content hash`;
  return hash === null ? [...notes, unhashed] : [...notes];
}

/**
 * Whether to print a clause when it is decided. Each reason is printed once here, because the summary lists the clauses
 * of every reason.
 */
function tellingOnce(): (result: ClauseResult) => boolean {
  const said = new Set<string>();
  return ({ status, runs, reason = '' }) => {
    if (status !== 'error' && status !== 'inconclusive') return runs > 0;
    const isRepeated = said.has(reason);
    said.add(reason);
    return !isRepeated;
  };
}

/** The clauses that are being decided. If each has a time limit, the longest is shown. */
function checking(underWay: ReadonlyMap<string, number | undefined>): Phase {
  const bounds = [...underWay.values()];
  const phase = { what: `checking ${[...underWay.keys()].join(', ')}`, goesOn: true } as const;
  return bounds.includes(undefined) ? phase : { ...phase, atMostMs: Math.max(...bounds.map(Number)) };
}

function startOf(
  subject: CertifiedSubject,
  hash: string | null,
  spec: string,
  flags: CertificationFlags,
): CertificationStart {
  const { name, version, surfaces, capabilities, idSpace, storage, requestedLevel } = subject;
  const { runs, budget, processes, inProcess, strict = false } = flags;
  return {
    target: { name, version, spec, surfaces, capabilities, ...defined({ ids: idSpace?.rule }), storage },
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
