/**
 * The versioned result of a run: the only thing that renderers read, and the only thing that enters reports/. It is
 * written during the run. An interrupted run leaves a result with `partial: true`.
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
  /** The command that repeats the run. */
  readonly repeat: string;
  readonly lockstepVersion: string;
  readonly contractVersion: number;
  /** ISO times. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** True until the run has ended on its own. */
  readonly partial: boolean;
  /** What ended the run early. Absent: nothing did, or the run was killed. */
  readonly endedEarly?: EarlyEnd;
  readonly seed: number;
  /** For a run that was joined from shards, the first one's machine: see `shards`. */
  readonly environment: RunEnvironment;
  /** With `--shard`: the part that this run is. In a joined run: all parts. Absent: the run is whole. */
  readonly shards?: readonly ShardRun[];
  readonly certifications: readonly Certification[];
  readonly loads: readonly LoadResult[];
  /**
   * The exit status of the command. 0: everything held. 1: a violation. 3: inconclusive, or an error. 4: a threshold
   * was missed.
   */
  readonly exitStatus: 0 | 1 | 3 | 4;
}

/** Why a run ended early. */
export interface EarlyEnd {
  /** A signal, or the time limit: `SIGINT`, `--timeout 60`. */
  readonly by: string;
  /** What the run was doing. Completes "while …". */
  readonly during?: string;
}

/** Where and when one part of a certification ran. */
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
  /** The ids that the adapter accepts; no other ids were tried. Absent: it does not limit them. */
  readonly ids?: StatedIdRule;
  /** Versions and settings of the storage, as the target's `start` reported them. */
  readonly storage: Json;
}

/** The result of certifying one target. */
export interface Certification {
  readonly target: TargetSummary;
  /** The hash of the target's source: see contentHash in scenarios/host. Null: it could not be computed. */
  readonly contentHash: string | null;
  /** The build of lockstep whose suites were used, and the proof of these suites. Null: no proof was given. */
  readonly suites: { readonly buildId: string; readonly proof: SuiteProof | null };
  /** The highest level at which every clause of this level and of those below counted and held. Null: none. */
  readonly level: Level | null;
  readonly levels: LevelStatuses;
  /** The level whose clauses the user asked to count. */
  readonly requestedLevel: Level;
  /** Whether a declared capability that the machine could not verify costs the level. */
  readonly strict: boolean;
  /** Declared capabilities that the machine could not verify. */
  readonly unverified: readonly CapabilityName[];
  readonly verdict: Verdict;
  /** With `--baseline`: the known failures, and how the run is judged by them. `verdict` ignores the baseline. */
  readonly baseline?: BaselineOutcome;
  /** True until all clauses are decided; it stays true if the run was interrupted. */
  readonly partial?: boolean;
  /** The number of generated programs per clause, and their budget in milliseconds. */
  readonly runs: number;
  readonly budgetMs: number;
  readonly processes: number;
  /** Whether the adapter ran in lockstep's own process, which then only simulates several processes. */
  readonly inProcess: boolean;
  /** The options besides the seed that a repetition of a clause needs: `--pg docker`. Absent: none. */
  readonly repeatWith?: string;
  /** For joined shards, the sum over all of them. */
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
  /** Whether the load is expected to be violated. */
  readonly negativeControl: boolean;
  /** The folder of the evidence, relative to the run folder. */
  readonly evidence: string;
  /** The file in the run folder with every latency in HdrHistogram's log format. Absent: none was written. */
  readonly latencyLog?: string;
  readonly judgement: Judgement;
  readonly judgeMs: number;
  /**
   * When faults took effect, in milliseconds since the load began. Absent: there were none, or an older version
   * recorded the load.
   */
  readonly strikes?: readonly StrikeMark[];
  /** What single requests to the target cost its database, by kind. Absent: they were not counted. */
  readonly counts?: readonly RequestCounts[];
  /** The outcome of each `--threshold`, in order. Absent: none was given. */
  readonly thresholds?: readonly ThresholdOutcome[];
  /** The histories of streams that findings name, each checked on its own. Absent: no finding names one. */
  readonly timelines?: LoadTimelines;
}
