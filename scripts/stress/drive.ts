/** Drives the loads of a stress run, one after another, and judges each. */
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
  /** The number of service processes. Default: 2 if the target declares crossInstance, else 1. */
  readonly processes?: number;
  readonly drivers: number;
  readonly connections: number;
  /** The shortest duration of a load, in seconds. */
  readonly duration: number;
  /** The number of strikes in a load. */
  readonly strikes: number;
  readonly pg: string;
  readonly allowFaultsOnServer: boolean;
}

export interface StressContext {
  readonly cwd: string;
  /** The report's folder. It contains the evidence. */
  readonly dir: string;
  readonly evidence: string;
  readonly signal: AbortSignal;
  /** Passes on the notes of a target's start to the user. */
  readonly note: (text: string) => void;
  /** Called with the reason if this machine cannot provide the load's fault: all such loads would be inconclusive. */
  readonly leaveOut: (why: string) => void;
  readonly progress: Progress;
}

/** What a target offers. Rejects with TARGET_FAILED, and with USAGE if one of the faults is not allowed. */
export async function stressTarget(
  spec: string,
  { processes = 1, ...rights }: ServerRights & Pick<StressFlags, 'processes'>,
  context: Pick<StressContext, 'cwd' | 'signal' | 'progress'>,
): Promise<StressTarget> {
  const offered = await offeredBy(await resolveTarget(spec, context.cwd), context);
  requireFaults(
    FAULT_NAMES.filter((name) => isOffered(name, offered)),
    { spec, offered },
    rights,
  );
  return { spec, ...offered, isAlone: processes === 1 && !offered.capabilities.crossInstance };
}

/**
 * If too little could have gone wrong in a load, it is driven again, this many times as long, because machines are slow
 * at times.
 */
const LONGER = 4;

/** Undefined: the load was interrupted or left out. Rejects if the target cannot be started or opened. */
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
  // The evidence of all loads would fill a disk.
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
