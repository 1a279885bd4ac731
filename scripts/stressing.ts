/** Drives the loads of a stress run, one after the other, and judges each. */
import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import type { StressRun } from '../reports/stress/model.ts';
import type { Strike } from '../scenarios/evidence.ts';
import { FAULT_NAMES, isOffered } from '../scenarios/faults/catalog.ts';
import { requireFaults, type ServerRights } from '../scenarios/faults/sparing.ts';
import { runLoad } from '../scenarios/load/index.ts';
import { UNAVAILABLE } from '../scenarios/unavailable.ts';
import { missedMinimums } from '../suites/judge/power.ts';
import { recoveryTimes } from '../suites/judge/rules/recovery.ts';
import { judgeEvidence } from '../suites/judging/judgeEvidence.ts';
import type { Judgement } from '../suites/result.ts';
import { offeredBy } from './offered.ts';
import type { Progress } from './progress.ts';
import { loadLine } from './repeat.ts';
import type { PlannedLoad, StressTarget } from './stressPlan.ts';
import { resolveTarget } from './targets.ts';

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
  if (run === undefined || !run.isWeak) return run?.run;
  const longer = { ...flags, duration: LONGER * flags.duration };
  return (await drive(planned, isRegression, longer, context))?.run;
}

async function drive(
  planned: PlannedLoad,
  isRegression: boolean,
  flags: StressFlags,
  { cwd, dir, evidence, signal, progress, note, leaveOut }: StressContext,
): Promise<{ readonly run: StressRun; readonly isWeak: boolean } | undefined> {
  const { target, mix, fault, seed } = planned;
  const { processes, drivers, connections, duration, strikes, pg, allowFaultsOnServer } = flags;
  rmSync(evidence, { recursive: true, force: true });
  await runLoad({
    target: await resolveTarget(target, cwd),
    pg,
    allowFaultsOnServer,
    mix,
    ...(processes === undefined ? {} : { services: processes }),
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
  const { header, strikes: struck, summary, judgement } = await judgeEvidence(evidence, { signal });
  const lacking = whatIsLacking(struck);
  if (lacking !== undefined && judgement.verdict === 'inconclusive') {
    rmSync(evidence, { recursive: true, force: true });
    leaveOut(lacking);
    return undefined;
  }
  const isKept = judgement.verdict !== 'ok';
  // An hour of loads would fill a disk.
  if (!isKept) rmSync(evidence, { recursive: true, force: true });
  const run: StressRun = {
    ...planned,
    isRegression,
    verdict: judgement.verdict,
    reason: judgement.reason,
    operations: summary.operations,
    durationMs: Math.round((header.loadTo - header.loadFrom) / 1e6),
    tally: judgement.tally,
    ...struckOf(struck),
    ...brokenOf(judgement),
    repeat: loadLine({
      ...flags,
      targets: [target],
      mix,
      length: { duration },
      faults: fault === null ? undefined : { names: [fault], strikes },
      seed,
    }),
    ...(isWeak(judgement) ? { isWeak: true } : {}),
    ...(isKept ? { evidence: relative(dir, evidence) } : {}),
  };
  return { run, isWeak: isWeak(judgement) };
}

function isWeak({ verdict, power, minimums }: Judgement): boolean {
  return verdict === 'inconclusive' && missedMinimums(power, minimums).length > 0;
}

/** Why no strike can be had here; undefined: they can. */
function whatIsLacking(strikes: readonly Strike[]): string | undefined {
  return strikes.flatMap(({ missed = '' }) => (missed.includes(UNAVAILABLE) ? [missed] : []))[0];
}

function struckOf(strikes: readonly Strike[]): Pick<StressRun, 'struck' | 'recovery'> {
  return {
    struck: strikes.filter(({ at }) => at !== undefined).length,
    recovery: recoveryTimes(strikes),
  };
}

function brokenOf({ rules }: Judgement): Pick<StressRun, 'broken'> {
  const broken = rules.find(({ verdict }) => verdict === 'violated');
  const [finding] = broken?.findings ?? [];
  return broken === undefined || finding === undefined ? {} : { broken: { ...finding, rule: broken.rule } };
}
