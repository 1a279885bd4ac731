/** What `lockstep compare` found, and all that its renderers are given. */
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
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Set until it has ended by itself: rounds are missing. */
  readonly partial: boolean;
  /** What ended it before. */
  readonly endedEarly?: EarlyEnd;
  /** The command that repeats it. */
  readonly repeat: string;
  /** Seeds of the rounds follow from it. */
  readonly seed: number;
  readonly environment: RunEnvironment;
  /** `unpaired`: of recorded runs, which were not made in turn, so that the machine is not the same for both sides. */
  readonly pairing: 'paired' | 'unpaired';
  readonly settings: CompareSettings;
  /** The base first. */
  readonly sides: readonly CompareSide[];
  /** In their order; those that are whole, and one that was cut short only where it holds what refused the comparison. */
  readonly rounds: readonly CompareRound[];
  /** The one metric that was named before anything was measured. Absent: all count, corrected for their number. */
  readonly gate?: string;
  /** One for each side but the base. Empty: nothing is compared, see `refused`. */
  readonly comparisons: readonly Comparison[];
  /** Why the runs cannot be compared; empty: they can. */
  readonly refused: readonly Refusal[];
  /** What came of each `--threshold`, in their order. */
  readonly thresholds: readonly ThresholdOutcome[];
  /** 0 decided, 1 a run was violated, 3 refused or inconclusive, 4 a threshold is not met. */
  readonly exitStatus: 0 | 1 | 3 | 4;
}

export interface CompareSettings {
  readonly mix: string;
  /** Service processes of each run. */
  readonly processes: number;
  readonly drivers: number;
  readonly connections: number;
  /** Requests of each run; absent: of recorded runs. */
  readonly operations?: number;
  /** Rounds that were asked for. */
  readonly rounds: number;
  /** Whether the base ran twice a round, which shows what it differs from itself by. */
  readonly runsBaseTwice: boolean;
}

/** One of what is compared. */
export interface CompareSide {
  /** Unique in the comparison: `postgres`, `./my-adapter.ts at main`, a folder. */
  readonly name: string;
  /** The target as the user named it. */
  readonly spec: string;
  /** The commit that it was taken from. Absent: its folder is in no repository. */
  readonly commit?: Commit;
  /** The contract that it was written for, where that is another lockstep's. */
  readonly contractVersion?: number;
  /** What single requests to it cost its database, by kind. Absent: they were not counted. */
  readonly counts?: readonly RequestCounts[];
}

/** Every side once, the base perhaps twice, with one seed and one after the other. */
export interface CompareRound {
  /** From 1. */
  readonly number: number;
  readonly seed: number;
  /** In the order in which they ran. */
  readonly runs: readonly CompareRun[];
}

export interface CompareRun {
  /** Place in `sides`. */
  readonly side: number;
  /** The base for the second time in its round. */
  readonly isAgain: boolean;
  readonly load: LoadResult;
}

/** A side beside the base. */
export interface Comparison {
  /** Place in `sides`. */
  readonly side: number;
  readonly metrics: readonly MetricComparison[];
}
