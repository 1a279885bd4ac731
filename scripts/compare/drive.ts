/** Drives and judges the runs of a comparison, one after another. */
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import type { CompareRound, CompareRun } from '../../reports/compare/model.ts';
import type { LoadResult } from '../../reports/model.ts';
import { EVIDENCE_FOLDER } from '../../reports/folder/runFolder.ts';
import { runLoad } from '../../scenarios/load/index.ts';
import { createRandom } from '../../scenarios/random.ts';
import { orderOf, type PlannedRun } from '../../suites/figures/order.ts';
import { judgeEvidence } from '../../suites/judging/judgeEvidence.ts';
import { loadResultOf, warningsOf } from '../load/recordLoads.ts';
import { MAX_SEED } from '../options/options.ts';
import type { Progress } from '../terminal/progress.ts';
import { unlessStopped } from '../session/unlessStopped.ts';
import type { DriveFlags } from './flags.ts';
import type { DrivenSide } from './sides.ts';

export interface DriveContext {
  /** The report's folder. It contains the evidence. */
  readonly dir: string;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly note: (text: string) => void;
}

/**
 * Yields each complete round. A run that is not ok ends the comparison, and its incomplete round is yielded too. An
 * interrupted round is not.
 */
export async function* driveRounds(
  sides: readonly DrivenSide[],
  flags: DriveFlags,
  context: DriveContext,
): AsyncGenerator<CompareRound> {
  const { signal, progress } = context;
  for (let number = 1; number <= flags.rounds && !signal.aborted; number += 1) {
    const seed = createRandom(context.seed, number).integer(MAX_SEED);
    const runs: CompareRun[] = [];
    for (const planned of orderOf(number, sides.length, flags.floor)) {
      const round = { number, seed };
      const load = await unlessStopped(
        driveRun(sides[planned.side] as DrivenSide, planned, round, flags, context),
      );
      // The evidence of an interrupted load is not comparable.
      if (load === undefined || signal.aborted) return;
      runs.push({ ...planned, load });
      if (load.judgement.verdict !== 'ok') break;
    }
    yield { number, seed, runs };
    progress.update(number, 'rounds');
    if (runs.some(({ load }) => load.judgement.verdict !== 'ok')) return;
  }
}

async function driveRun(
  { target, name }: DrivenSide,
  { side, isAgain }: PlannedRun,
  { number, seed }: Pick<CompareRound, 'number' | 'seed'>,
  flags: DriveFlags,
  { dir, signal, progress, note }: DriveContext,
): Promise<LoadResult> {
  const { mix, processes, drivers, connections, operations, rate, warmup, pg } = flags;
  const evidence = join(dir, EVIDENCE_FOLDER, `${number}-${side + 1}${isAgain ? '-again' : ''}`);
  const about = `${name}${isAgain ? ' again' : ''}, round ${number} of ${flags.rounds}`;
  const outcome = await runLoad({
    target,
    pg,
    mix,
    services: processes,
    drivers,
    connections,
    operations,
    ...defined({ rate }),
    ...(warmup === undefined ? {} : { warmupMs: Math.round(warmup * 1000) }),
    seed,
    out: evidence,
    signal,
    onNote: note,
    onPhase: ({ what, ...phase }) => progress.phase({ ...phase, what: `${what} (${about})` }),
  });
  for (const warning of warningsOf(outcome)) note(`${about}: ${warning}`);
  progress.phase({ what: `judging (${about})` });
  const startedAt = performance.now();
  const judged = await judgeEvidence(evidence, { signal });
  const judgeMs = Math.round(performance.now() - startedAt);
  // The evidence of dozens of runs would fill a disk. That of a run that is not ok is kept for inspection.
  if (judged.judgement.verdict === 'ok' && flags.keepEvidence !== true)
    rmSync(evidence, { recursive: true, force: true });
  return loadResultOf(judged, {
    spec: target.spec,
    connections,
    negativeControl: false,
    evidence: relative(dir, evidence),
    judgeMs,
  });
}
