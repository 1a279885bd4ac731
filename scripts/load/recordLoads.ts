/** Runs loads inside a session: drives them, judges the evidence, and records and prints the results. */
import { join, relative } from 'node:path';
import { defined } from '../../adapters/contract/defined.ts';
import { loadTimelines } from '../../reports/check/timeline/loadTimelines.ts';
import type { LoadResult, StrikeMark } from '../../reports/model.ts';
import { EVIDENCE_FOLDER, latencyLogName } from '../../reports/folder/runFolder.ts';
import { drawBlocks } from '../../reports/document/terminal/draw.ts';
import { loadBlocks } from '../../reports/run/loads.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { latencyLog } from '../../scenarios/load/measuring/hlog.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import type { RequestCounts } from '../../scenarios/counting/index.ts';
import { runLoad, type LoadOutcome, type MixName } from '../../scenarios/load/index.ts';
import type { FaultOptions } from '../../scenarios/load/run/options.ts';
import type { EvidenceHeader } from '../../scenarios/evidence.ts';
import { checkNamedStreams } from '../../suites/judge/namedStreams.ts';
import { judgeEvidence, type JudgedEvidence } from '../../suites/judging/judgeEvidence.ts';
import { hasCode, LockstepError } from '../../scenarios/lockstepError.ts';
import { applyToLoad } from '../../suites/figures/thresholdsOfLoad.ts';
import type { Threshold } from '../../suites/figures/thresholds.ts';
import type { Progress } from '../terminal/progress.ts';
import type { RunSession } from '../session/session.ts';

export interface LoadFlags {
  readonly mix: MixName;
  /** The number of service processes. Default: 2 if the target declares crossInstance, else 1. */
  readonly processes?: number;
  readonly drivers: number;
  readonly connections: number;
  /** In seconds. */
  readonly duration?: number;
  readonly operations?: number;
  /** Requests per second. */
  readonly rate?: number | 'auto';
  /** In seconds. */
  readonly warmup?: number;
  readonly seed: number;
  readonly pg: string;
  readonly allowFaultsOnServer?: boolean;
  readonly faults?: FaultOptions;
  readonly thresholds?: readonly Threshold[];
  readonly counts?: readonly RequestCounts[] | undefined;
}

/** Drives one scenario against `target`, judges it, and adds it to the session. */
export async function loadTarget(
  session: RunSession,
  target: TargetReference,
  flags: LoadFlags,
  negativeControl: boolean,
): Promise<LoadResult> {
  const { dir, recorder } = session;
  const out = join(dir, EVIDENCE_FOLDER, `${recorder.result.loads.length + 1}-${flags.mix}`);
  await drive(session, target, flags, out);
  const { connections, thresholds = [], counts } = flags;
  return judgeFolder(session, out, { spec: target.spec, connections, negativeControl, thresholds, counts });
}

/** Leaves the evidence in `out`. Returns warnings about its limits. */
async function drive(
  { terminal, signal }: RunSession,
  target: TargetReference,
  flags: LoadFlags,
  out: string,
): Promise<void> {
  const { mix, processes, drivers, connections, duration, operations, rate, warmup, seed, pg, faults } =
    flags;
  const { allowFaultsOnServer = false } = flags;
  using progress = terminal.progress(`load ${target.spec} ${mix}`, operations);
  const outcome = await runLoad({
    target,
    pg,
    allowFaultsOnServer,
    mix,
    drivers,
    connections,
    seed,
    out,
    signal,
    ...(duration === undefined ? {} : { durationMs: Math.max(1, Math.round(duration * 1000)) }),
    ...(warmup === undefined ? {} : { warmupMs: Math.round(warmup * 1000) }),
    ...defined({ services: processes, operations, rate, faults }),
    onNote: (note) => terminal.error(`! ${note}`),
    onPhase: (phase) => progress.phase(phase),
    onProgress: (at) => progress.update(at.operations, `operations, ${Math.round(at.perSecond)}/s`),
  });
  for (const warning of warningsOf(outcome)) terminal.error(`! ${warning}`);
}

/** If the drivers wait for streams for more than this share of the load's time, the load is limited by that. */
const STARVED_SHARE = 0.05;

/** Warnings about what limits the meaning of the run. */
export function warningsOf({
  interrupted,
  lostServices,
  generator,
  durationMs,
  header: { measured },
}: LoadOutcome): string[] {
  const starved = generator.starvedMs / Math.max(1, durationMs);
  return [
    ...(interrupted === undefined ? [] : [`the load ended early: ${interrupted}`]),
    ...lostServices.map(({ service, how }) => `service ${service} ended by itself: ${how}`),
    ...(measured !== undefined && measured.from >= measured.to
      ? ['the load ended within its --warmup, so nothing is in its figures: let it go on for longer']
      : []),
    ...(starved > STARVED_SHARE
      ? [
          `the drivers waited for new streams for ${Math.round(starved * 100)} % of the load: creating streams was the limit, not their use`,
        ]
      : []),
    ...generator.limitedBy.map(
      (what) =>
        `the load generator was the limit (${limitText(what, generator)}): add --drivers, or read its figures as the generator's`,
    ),
  ];
}

function limitText(what: 'cpu' | 'lag', { cpuShare, lateShare }: LoadOutcome['generator']): string {
  return what === 'cpu'
    ? `${Math.round(cpuShare * 100)} % of a core`
    : `${Math.round(lateShare * 100)} % of the requests sent late by itself`;
}

export interface JudgedFolder {
  /** The target as the user named it. */
  readonly spec: string;
  readonly connections: number;
  readonly negativeControl: boolean;
  readonly thresholds?: readonly Threshold[];
  /** The counted costs of single requests. */
  readonly counts?: readonly RequestCounts[] | undefined;
}

/** Judges the evidence in `folder`, whoever recorded it, and adds the result to the session. */
export async function judgeFolder(
  session: RunSession,
  folder: string,
  about: JudgedFolder,
): Promise<LoadResult> {
  const { terminal, recorder, prints, dir } = session;
  const startedAt = performance.now();
  const judged = await judgeWithProgress(session, folder);
  const judgeMs = Math.round(performance.now() - startedAt);
  const evidence = relative(dir, folder);
  const log = latencyLogName(recorder.result.loads.length + 1, judged.header.mix);
  writeWhole(join(dir, log), latencyLog(judged.header, judged.latencies));
  const result = { ...loadResultOf(judged, { ...about, evidence, judgeMs }), latencyLog: log };
  recorder.addLoad(result);
  if (prints) terminal.out(drawBlocks(loadBlocks(recorder.result, result), terminal.style));
  return result;
}

/** The result of judged evidence. */
export function loadResultOf(
  { header, judgement, summary, shown, strikes }: JudgedEvidence,
  about: JudgedFolder & Pick<LoadResult, 'evidence' | 'judgeMs'>,
): LoadResult {
  const named = checkNamedStreams({ header, history: shown }, judgement, () => performance.now());
  const { spec, connections, negativeControl, evidence, judgeMs, thresholds = [] } = about;
  const load = { ...summary, ...defined({ counts: about.counts }) };
  return {
    target: targetOf(header, spec),
    workload: header.workload,
    mix: header.mix,
    services: header.services,
    drivers: header.drivers,
    connections,
    negativeControl,
    evidence,
    ...load,
    judgement,
    judgeMs,
    ...(strikes.length === 0 ? {} : { strikes: strikeMarks(strikes, header.loadFrom) }),
    ...(thresholds.length === 0
      ? {}
      : { thresholds: thresholds.map((one) => applyToLoad(one, spec, { judgement, load })) }),
    ...defined({ timelines: named && loadTimelines(named) }),
  };
}

function strikeMarks(strikes: JudgedEvidence['strikes'], loadFrom: number): StrikeMark[] {
  return strikes.flatMap(({ fault, at }) =>
    at === undefined ? [] : [{ fault, atMs: (at - loadFrom) / 1e6 }],
  );
}

/** How long an interrupted run may still be judged while the user waits for its end, in milliseconds. */
const INTERRUPTED_MS = 3000;

async function judgeWithProgress(
  { terminal, signal, dir }: RunSession,
  folder: string,
): Promise<JudgedEvidence> {
  // Only large evidence takes so long that progress is shown.
  let progress: Progress | undefined;
  const judging = (): Progress => {
    const started = terminal.progress('judge');
    started.phase({ what: `judging ${relative(dir, folder)}` });
    return started;
  };
  const isInterrupted = signal.aborted;
  try {
    return await judgeEvidence(folder, {
      signal: isInterrupted ? AbortSignal.timeout(INTERRUPTED_MS) : signal,
      onProgress: (done, note) => {
        progress ??= judging();
        progress.update(done, note);
      },
    });
  } catch (error) {
    if (!isInterrupted || !hasCode(error, 'INTERRUPTED')) throw error;
    throw new LockstepError(
      'EVIDENCE_TOO_LARGE',
      `The run was interrupted, and its evidence is too large to judge within ${INTERRUPTED_MS / 1000} s. Judge it later with: lockstep judge ${folder}`,
      { cause: error },
    );
  } finally {
    progress?.[Symbol.dispose]();
  }
}

function targetOf(
  { target, surfaces, capabilities, ids, environment }: EvidenceHeader,
  spec: string,
): LoadResult['target'] {
  return { ...target, spec, surfaces, capabilities, ...defined({ ids }), storage: environment };
}
