/**
 * Collects a run's results as they come and keeps `result.json` up to date, so that an interrupted run leaves a
 * readable partial result, even after SIGKILL.
 */
import { join } from 'node:path';
import { CLAUSES, CONTRACT_VERSION, type Clock, type Level } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { besideBaseline, type BaselineEntry } from '../../suites/baseline.ts';
import { NO_LEVELS, type LevelConclusion } from '../../suites/level.ts';
import type { ClauseResult } from '../../suites/result.ts';
import type { Shard } from '../../suites/shard.ts';
import { machineEnvironment } from '../words/environment.ts';
import { writeWhole } from '../../scenarios/wholeFile.ts';
import { renderJson } from '../renderers/json.ts';
import {
  SCHEMA_VERSION,
  type Certification,
  type EarlyEnd,
  type LoadResult,
  type RunEnvironment,
  type RunResult,
  type ShardRun,
  type TargetSummary,
} from '../model.ts';
import { RESULT_FILE } from './runFolder.ts';

/** The longest time before a new result is written, in milliseconds. */
const WRITE_EVERY_MS = 250;

export interface RecorderOptions {
  /** An existing folder: see runFolder. */
  readonly dir: string;
  readonly command: RunResult['command'];
  /** The command that repeats the run. */
  readonly repeat: string;
  readonly seed: number;
  readonly lockstepVersion: string;
  /** The part of the clauses that this run checks. Default: all clauses. */
  readonly shard?: Shard;
  /** The machine. Default: this one. */
  readonly environment?: RunEnvironment;
  /** Milliseconds since 1970. Default: Date.now. */
  readonly clock?: Clock;
}

export interface Recorder {
  /** The result so far. */
  readonly result: RunResult;
  /** Begins the certification of one target. Its clause results follow one by one, in any order. */
  startCertification(start: CertificationStart, baseline?: readonly BaselineEntry[]): CertificationRecorder;
  addLoad(load: LoadResult): void;
  /**
   * Notes that the run has ended on its own, writes the result for the last time and returns it. Later additions are
   * ignored.
   */
  finish(exitStatus: RunResult['exitStatus']): RunResult;
  /** Notes that the run was stopped. Like `finish`, but the result stays partial. */
  interrupt(exitStatus: RunResult['exitStatus'], endedEarly?: EarlyEnd): RunResult;
}

export interface CertificationStart {
  readonly target: TargetSummary;
  readonly contentHash: string | null;
  readonly suites: Certification['suites'];
  readonly requestedLevel: Level;
  readonly strict: boolean;
  /** The number of programs per clause, and their budget in milliseconds. */
  readonly runs: number;
  readonly budgetMs: number;
  readonly processes: number;
  readonly inProcess: boolean;
  readonly repeatWith?: string;
}

export interface CertificationRecorder {
  addClause(result: ClauseResult): void;
  /** `baseline` replaces the outcome that the certification was started with. */
  finish(
    end: LevelConclusion & { readonly durationMs: number },
    baseline?: readonly BaselineEntry[],
  ): Certification;
}

/** Starts recording: writes the first, empty result at once. Errors: OUT_NOT_WRITABLE, also from later calls. */
export function createRecorder(options: RecorderOptions): Recorder {
  const clock = options.clock ?? Date.now;
  const startedAtMs = clock();
  const certifications: Certification[] = [];
  const loads: LoadResult[] = [];
  let state: Pick<RunResult, 'partial' | 'endedEarly' | 'exitStatus' | 'finishedAt'> = {
    partial: true,
    exitStatus: 3,
  };
  const shardRun = ({ index, of }: Shard): ShardRun => ({
    index,
    of,
    environment,
    startedAt: new Date(startedAtMs).toISOString(),
  });
  const snapshot = (): RunResult => ({
    schemaVersion: SCHEMA_VERSION,
    command: options.command,
    repeat: options.repeat,
    lockstepVersion: options.lockstepVersion,
    contractVersion: CONTRACT_VERSION,
    startedAt: new Date(startedAtMs).toISOString(),
    ...state,
    seed: options.seed,
    environment,
    ...defined({ shards: options.shard && [shardRun(options.shard)] }),
    certifications: [...certifications],
    loads: [...loads],
  });
  const environment = options.environment ?? machineEnvironment();
  const writer = createWriter(options.dir, () => renderJson(snapshot()));
  writer.now();

  const end = (partial: boolean, exitStatus: RunResult['exitStatus'], endedEarly?: EarlyEnd): RunResult => {
    if (!writer.closed) {
      const finishedAt = new Date(clock()).toISOString();
      state = { partial, exitStatus, finishedAt, ...defined({ endedEarly }) };
      writer.close();
    }
    return snapshot();
  };
  return {
    get result() {
      return snapshot();
    },
    startCertification(start, baseline) {
      const slot = certifications.length;
      const change = (next: Certification): void => {
        if (writer.closed) return;
        certifications[slot] = next;
        writer.soon();
      };
      return recordCertification(start, baseline, change, () => clock() - startedAtMs);
    },
    addLoad(load) {
      if (writer.closed) return;
      loads.push(load);
      writer.soon();
    },
    finish: (exitStatus) => end(false, exitStatus),
    interrupt: (exitStatus, endedEarly) => end(true, exitStatus, endedEarly),
  };
}

function recordCertification(
  start: CertificationStart,
  baseline: readonly BaselineEntry[] | undefined,
  change: (next: Certification) => void,
  elapsedMs: () => number,
): CertificationRecorder {
  const startedMs = elapsedMs();
  const beside = (
    clauses: readonly ClauseResult[],
    done: boolean,
    entries = baseline,
  ): Pick<Certification, 'baseline'> => {
    if (entries === undefined) return {};
    const outcome = besideBaseline(clauses, start, entries);
    return { baseline: done || outcome.verdict !== 'ok' ? outcome : { ...outcome, verdict: 'inconclusive' } };
  };
  let current: Certification = {
    ...start,
    level: null,
    levels: NO_LEVELS,
    unverified: [],
    ...beside([], false),
    verdict: 'inconclusive',
    partial: true,
    durationMs: 0,
    clauses: [],
  };
  const update = (next: Certification): Certification => {
    current = next;
    change(next);
    return next;
  };
  update(current);
  return {
    addClause(result) {
      const clauses = inContractOrder([...current.clauses, result]);
      update({
        ...current,
        // A violation is final, whatever is still to come.
        verdict: result.status === 'violated' ? 'violated' : current.verdict,
        durationMs: elapsedMs() - startedMs,
        clauses,
        ...beside(clauses, false),
      });
    },
    finish({ level, levels, unverified, verdict, durationMs }, updated) {
      const { partial: _partial, ...rest } = current;
      const conclusion = { level, levels, unverified, verdict, durationMs };
      return update({ ...rest, ...conclusion, ...beside(rest.clauses, true, updated) });
    },
  };
}

function inContractOrder(results: readonly ClauseResult[]): ClauseResult[] {
  const place = (result: ClauseResult): number => {
    const index = CLAUSES.findIndex((clause) => clause.id === result.clause);
    return index === -1 ? CLAUSES.length : index;
  };
  return [...results].sort((a, b) => place(a) - place(b));
}

interface Writer {
  readonly closed: boolean;
  now(): void;
  /** Writes at once if the last write is long enough ago, else a little later. */
  soon(): void;
  /** Writes for the last time. */
  close(): void;
}

/** Writes are synchronous, so that the last one also works in a signal handler. Each replaces the whole file. */
function createWriter(dir: string, render: () => string): Writer {
  const file = join(dir, RESULT_FILE);
  let timer: NodeJS.Timeout | undefined;
  let writtenAtMs = -Infinity;
  let closed = false;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    writtenAtMs = performance.now();
    writeWhole(file, render());
  };
  const later = (): void => {
    try {
      write();
    } catch {
      // Nobody can catch the error here. The next addition or the end tries again and reports it.
    }
  };
  return {
    get closed() {
      return closed;
    },
    now: write,
    soon() {
      if (timer !== undefined) return;
      const waitMs = writtenAtMs + WRITE_EVERY_MS - performance.now();
      if (waitMs <= 0) write();
      else timer = setTimeout(later, waitMs).unref();
    },
    close() {
      closed = true;
      write();
    },
  };
}
