/** Drives the loads of a stress run, one after the other, and judges each. */
import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import type { StressRun } from '../../reports/stress/model.ts';
import { lackingFault, outcomeOf } from '../../reports/stress/outcome.ts';
import { FAULT_NAMES, isOffered } from '../../scenarios/faults/catalog.ts';
import { requireFaults, type ServerRights } from '../../scenarios/faults/sparing.ts';
import { runLoad } from '../../scenarios/load/index.ts';
import { judgeEvidence } from '../../suites/judging/judgeEvidence.ts';
import { offeredBy } from '../targets/offered.ts';
import type { Progress } from '../terminal/progress.ts';
import { loadLine } from '../options/repeat.ts';
import type { PlannedLoad, StressTarget } from '../../suites/stress/plan.ts';
import { resolveTarget } from '../targets/targets.ts';

export interface StressFlags {
  /** Service processes. Default: 2 where the target declares crossInstance, else 1. */
  readonly processes?: number;
  readonly drivers: number;
  readonly connections: number;
  /** Seconds of a load at least. */
  readonly duration: number;
  /** Of the fault of a load. */
  readonly strikes: number;
  readonly pg: string;
  readonly allowFaultsOnServer: boolean;
}

export interface StressContext {
  readonly cwd: string;
  /** The report's folder; evidence stands below it. */
  readonly dir: string;
  readonly evidence: string;
  readonly signal: AbortSignal;
  /** Tells the user what a target's start has to say. */
  readonly note: (text: string) => void;
  /** Told that the load's fault cannot be had here, and why: such loads would all be inconclusive. */
  readonly leaveOut: (why: string) => void;
  readonly progress: Progress;
}

/** What a target offers. Rejects with TARGET_FAILED, and with USAGE where a fault of theirs is not to be struck. */
export async function stressTarget(
  spec: string,
  rights: ServerRights,
  context: Pick<StressContext, 'cwd' | 'signal' | 'progress'>,
): Promise<StressTarget> {
  const offered = await offeredBy(await resolveTarget(spec, context.cwd), context);
  requireFaults(
    FAULT_NAMES.filter((name) => isOffered(name, offered)),
    { spec, offered },
    rights,
  );
  return { spec, ...offered };
}

/** A load in which too little could have been broken is driven again, so many times as long: machines are slow at times. */
const LONGER = 4;

/** undefined: interrupted, or left out. Rejects when the target cannot be started or opened. */
export async function stress(
  planned: PlannedLoad,
  isRegression: boolean,
  flags: StressFlags,
  context: StressContext,
): Promise<StressRun | undefined> {
  const run = await drive(planned, isRegression, flags, context);
  if (run?.isWeak !== true) return run;
  return await drive(planned, isRegression, { ...flags, duration: LONGER * flags.duration }, context);
}

async function drive(
  planned: PlannedLoad,
  isRegression: boolean,
  flags: StressFlags,
  { cwd, dir, evidence, signal, progress, note, leaveOut }: StressContext,
): Promise<StressRun | undefined> {
  const { target, mix, fault, seed } = planned;
  const { processes, drivers, connections, duration, strikes, pg, allowFaultsOnServer } = flags;
  rmSync(evidence, { recursive: true, force: true });
  await runLoad({
    target: await resolveTarget(target, cwd),
    pg,
    allowFaultsOnServer,
    mix,
    ...defined({ services: processes }),
    drivers,
    connections,
    durationMs: duration * 1000,
    ...(fault === null ? {} : { faults: { names: [fault], strikes } }),
    seed,
    out: evidence,
    signal,
    onNote: note,
    onPhase: ({ what, ...phase }) =>
      progress.phase({ ...phase, what: `${what} (${target}, ${mix}, ${fault ?? 'no fault'})` }),
  });
  if (signal.aborted) return undefined;
  const judged = await judgeEvidence(evidence, { signal });
  const { verdict } = judged.judgement;
  const lacking = lackingFault(judged.strikes);
  if (lacking !== undefined && verdict === 'inconclusive') {
    rmSync(evidence, { recursive: true, force: true });
    leaveOut(lacking);
    return undefined;
  }
  const isKept = verdict !== 'ok';
  // An hour of loads would fill a disk.
  if (!isKept) rmSync(evidence, { recursive: true, force: true });
  const run: StressRun = {
    ...planned,
    isRegression,
    ...outcomeOf(judged),
    repeat: loadLine({
      ...flags,
      targets: [target],
      mix,
      length: { duration },
      faults: fault === null ? undefined : { names: [fault], strikes },
      seed,
    }),
    ...(isKept ? { evidence: relative(dir, evidence) } : {}),
  };
  return run;
}
