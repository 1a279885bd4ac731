/** The result of `lockstep compare`, as its renderers receive it. */
import type { RequestCounts } from '../../scenarios/counting/index.ts';
import type { Refusal } from '../../suites/figures/comparable.ts';
import type { Commit } from '../../suites/figures/history.ts';
import type { MetricComparison } from '../../suites/figures/rounds.ts';
import type { ThresholdOutcome } from '../../suites/figures/thresholds.ts';
import type { EarlyEnd, LoadResult, RunEnvironment } from '../model.ts';

export const COMPARE_VERSION = 1;

export interface CompareReport {
  readonly schemaVersion: typeof COMPARE_VERSION;
  readonly kind: 'compare';
  readonly lockstepVersion: string;
  readonly contractVersion: number;
  /** ISO-8601 in UTC. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** True until the comparison has ended on its own. Then rounds are missing. */
  readonly partial: boolean;
  /** What ended the comparison early. */
  readonly endedEarly?: EarlyEnd;
  /** The command that repeats the comparison. */
  readonly repeat: string;
  /** The seeds of the rounds are derived from it. */
  readonly seed: number;
  readonly environment: RunEnvironment;
  /**
   * `unpaired`: the runs were recorded before and did not alternate, so the machine's state may differ between the
   * sides.
   */
  readonly pairing: 'paired' | 'unpaired';
  readonly settings: CompareSettings;
  /** The base comes first. */
  readonly sides: readonly CompareSide[];
  /** The complete rounds, in order. An incomplete one is only included if the comparison was refused because of it. */
  readonly rounds: readonly CompareRound[];
  /**
   * The single metric that was chosen before anything was measured. Absent: all metrics count, with a correction for
   * their number.
   */
  readonly gate?: string;
  /** One per side except the base. Empty: nothing is compared; see `refused`. */
  readonly comparisons: readonly Comparison[];
  /** Why the runs cannot be compared. Empty: they can. */
  readonly refused: readonly Refusal[];
  /** The outcome of each `--threshold`, in order. */
  readonly thresholds: readonly ThresholdOutcome[];
  /** 0: decided. 1: a run was violated. 3: refused or inconclusive. 4: a threshold was missed. */
  readonly exitStatus: 0 | 1 | 3 | 4;
}

export interface CompareSettings {
  readonly mix: string;
  /** The number of service processes of each run. */
  readonly processes: number;
  readonly drivers: number;
  readonly connections: number;
  /** The number of requests of each run. Absent for recorded runs. */
  readonly operations?: number;
  /** The requested number of rounds. */
  readonly rounds: number;
  /** Whether the base ran twice per round, which shows how much it differs from itself. */
  readonly runsBaseTwice: boolean;
}

/** One side of the comparison. */
export interface CompareSide {
  /** Unique in the comparison: `postgres`, `./my-adapter.ts at main`, a folder. */
  readonly name: string;
  /** The target as the user named it. */
  readonly spec: string;
  /** The commit that it was taken from. Absent: its folder is in no repository. */
  readonly commit?: Commit;
  /** The contract version that the side was written for, if it comes from another version of lockstep. */
  readonly contractVersion?: number;
  /** What single requests cost the side's database, by kind. Absent: they were not counted. */
  readonly counts?: readonly RequestCounts[];
}

/** One run of each side with the same seed, one after another. The base may run twice. */
export interface CompareRound {
  /** The number of the round, from 1. */
  readonly number: number;
  readonly seed: number;
  /** In the order in which they ran. */
  readonly runs: readonly CompareRun[];
}

export interface CompareRun {
  /** The index of the side in `sides`. */
  readonly side: number;
  /** Whether this is the second run of the base in its round. */
  readonly isAgain: boolean;
  readonly load: LoadResult;
}

/** The comparison of one side with the base. */
export interface Comparison {
  /** The index of the side in `sides`. */
  readonly side: number;
  readonly metrics: readonly MetricComparison[];
}
