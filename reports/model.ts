/**
 * The versioned result of a run: the only thing that renderers read, and the only thing that crosses into
 * reports/. It is written as the run goes on; an interrupted run leaves one with `partial: true`.
 */
import type {
  Capabilities,
  CapabilityName,
  Json,
  Level,
  StatedIdRule,
  Surface,
} from '../adapters/contract/index.ts';
import type { FaultName } from '../scenarios/faults/catalog.ts';
import type { RequestCounts } from '../scenarios/counting/index.ts';
import type { LoadSummary } from '../scenarios/load/measuring/summary.ts';
import type { BaselineOutcome } from '../suites/baseline.ts';
import type { ThresholdOutcome } from '../suites/figures/thresholds.ts';
import type { LevelStatuses } from '../suites/level.ts';
import type { ClauseResult, Judgement, Verdict } from '../suites/result.ts';
import type { Shard } from '../suites/shard.ts';
import type { LoadTimelines } from './check/timeline/loadTimelines.ts';
import type { SuiteProof } from './mutation/proof.ts';

export type { Percentiles } from '../scenarios/load/measuring/percentiles.ts';
export type { LatencySummary } from '../scenarios/load/measuring/summary.ts';
export type { ThroughputPoint } from '../scenarios/load/measuring/loadCounts.ts';

export const SCHEMA_VERSION = 1;

export interface RunResult {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly command: 'certify' | 'load' | 'judge' | 'start';
  /** What to type to run the same again. */
  readonly repeat: string;
  readonly lockstepVersion: string;
  readonly contractVersion: number;
  /** ISO times. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Set until the run has ended by itself. */
  readonly partial: boolean;
  /** What ended it before. Absent: nothing did, or it was killed. */
  readonly endedEarly?: EarlyEnd;
  readonly seed: number;
  /** Of a run that was joined from shards, the first one's; see `shards`. */
  readonly environment: RunEnvironment;
  /** With `--shard` the part that this run is; joined, every part. Absent: the run is whole. */
  readonly shards?: readonly ShardRun[];
  readonly certifications: readonly Certification[];
  readonly loads: readonly LoadResult[];
  /** Exit status that the command ends with: 0 held, 1 violated, 3 inconclusive or error, 4 a threshold was missed. */
  readonly exitStatus: 0 | 1 | 3 | 4;
}

/** The end of a run before its time. */
export interface EarlyEnd {
  /** A signal, or the time limit: `SIGINT`, `--timeout 60`. */
  readonly by: string;
  /** What was under way, in the words of "while …". */
  readonly during?: string;
}

/** Where and when one part of a certification was made. */
export interface ShardRun extends Shard {
  readonly environment: RunEnvironment;
  readonly startedAt: string;
}

export interface RunEnvironment {
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

export interface TargetSummary {
  readonly name: string;
  readonly version: string;
  /** As the user named it: `memory`, `./my-adapter.ts`. */
  readonly spec: string;
  readonly surfaces: readonly Surface[];
  readonly capabilities: Capabilities;
  /** Which ids it takes; absent: it does not limit them. It was tried with no others. */
  readonly ids?: StatedIdRule;
  /** Versions and settings of the storage, as the target's `start` reported them. */
  readonly storage: Json;
}

/** The result of certifying one target. */
export interface Certification {
  readonly target: TargetSummary;
  /** Of the target's source, see contentHash in scenarios/host; null: it could not be made. */
  readonly contentHash: string | null;
  /** The build of lockstep whose suites were used, and what they were proved by; null: nothing was shown. */
  readonly suites: { readonly buildId: string; readonly proof: SuiteProof | null };
  /** The highest level whose every clause, with those of the levels below, counted and held; null: none. */
  readonly level: Level | null;
  readonly levels: LevelStatuses;
  /** The level whose clauses were asked to count. */
  readonly requestedLevel: Level;
  /** Whether a claim that the machine could not verify costs its level. */
  readonly strict: boolean;
  /** Capabilities that are claimed and that the machine could not check. */
  readonly unverified: readonly CapabilityName[];
  readonly verdict: Verdict;
  /** With `--baseline`: what is known to fail, and what the run is judged by. The verdict above knows nothing of it. */
  readonly baseline?: BaselineOutcome;
  /** Set while clauses are still to come, and for good when the run was interrupted. */
  readonly partial?: boolean;
  /** Generated programs a clause, and the milliseconds that they may take. */
  readonly runs: number;
  readonly budgetMs: number;
  readonly processes: number;
  /** Whether the adapter ran inside lockstep's own process, where several processes are only played. */
  readonly inProcess: boolean;
  /** What repeating one clause needs beside its seed: `--pg docker`. Absent: nothing. */
  readonly repeatWith?: string;
  /** Of joined shards: of all together. */
  readonly durationMs: number;
  readonly clauses: readonly ClauseResult[];
}

export interface StrikeMark {
  readonly fault: FaultName;
  readonly atMs: number;
}

/** The result of one scenario and its judgement. */
export interface LoadResult extends LoadSummary {
  readonly target: TargetSummary;
  readonly workload: string;
  readonly mix: string;
  readonly services: number;
  readonly drivers: number;
  readonly connections: number;
  /** Expected to be caught: being violated is its success. */
  readonly negativeControl: boolean;
  /** Folder of the evidence, relative to the run folder. */
  readonly evidence: string;
  /** File in the run folder: every latency in HdrHistogram's log format. Absent: none was written. */
  readonly latencyLog?: string;
  readonly judgement: Judgement;
  readonly judgeMs: number;
  /** When faults took hold, in milliseconds since the load began. Absent: it had none, or an older version recorded it. */
  readonly strikes?: readonly StrikeMark[];
  /** What single requests to the target cost its database, by kind. Absent: they were not counted. */
  readonly counts?: readonly RequestCounts[];
  /** What came of each `--threshold`, in their order. Absent: none was given. */
  readonly thresholds?: readonly ThresholdOutcome[];
  /** What clients saw of streams that findings name, checked alone. Absent: no finding names one. */
  readonly timelines?: LoadTimelines;
}
