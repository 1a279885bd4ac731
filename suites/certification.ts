/** The options of a certification, and what it reports. */
import type { Json, Level } from '../adapters/contract/index.ts';
import type { ImportModule, TargetReference } from '../scenarios/host/index.ts';
import type { Phase } from '../scenarios/phase.ts';
import type { Subject } from './harness/engine/property.ts';
import type { LevelConclusion } from './level.ts';
import type { ClauseResult } from './result.ts';
import type { Shard } from './shard.ts';

export interface CertifyOptions {
  readonly target: TargetReference;
  /** See `pg` of StartOptions. */
  readonly pg: string;
  /** See ServerRights. */
  readonly allowFaultsOnServer?: boolean;
  /**
   * The level whose clauses count. Default: `cluster`, or `process` if processes share nothing. Higher levels need
   * loads under faults, which take minutes. A clause that `only` names always counts.
   */
  readonly level?: Level;
  /** Whether a declared capability that this machine cannot verify costs the level. Default false. */
  readonly strict?: boolean;
  /** Ids or groups of clauses. All others are skipped. */
  readonly only?: readonly string[];
  /** Checks only this part of the clauses. Default: all. */
  readonly shard?: Shard;
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  readonly processes: number;
  /** The time for the runs of one clause, in milliseconds. */
  readonly budgetMs: number;
  readonly inProcess: boolean;
  /** With `inProcess`: how modules of targets are imported. Default: by Node.js. */
  readonly importModule?: ImportModule;
  /** Whether failing programs are shrunk and run again, which takes seconds per failure. Default true. */
  readonly shrink?: boolean;
  /** Whether results contain timings. Default false. */
  readonly timings?: boolean;
  /** Identifies this run in the names of namespaces: `[a-z0-9]`. */
  readonly runId: string;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** The folder for the evidence of loads under faults. Absent: the evidence is removed. */
  readonly evidence?: string;
}

/** Called during the certification. */
export interface CertifyListener {
  /** The phases before the first clause and after the last one. */
  phase?(phase: Phase): void;
  started?(subject: CertifiedSubject): void;
  /** A clause is about to be decided. `atMostMs`: how long it may take, in milliseconds, if it has a single bound. */
  deciding?(clause: string, atMostMs: number | undefined): void;
  /** A clause was decided. `checked` of `all` clauses that are checked have been decided. */
  clause?(result: ClauseResult, checked: number, all: number): void;
}

/** What was learned about the target before the first clause. */
export interface CertifiedSubject extends Subject {
  readonly name: string;
  readonly version: string;
  readonly storage: Json;
  /** The notes of the target's start for the user, one line each. */
  readonly notes: readonly string[];
  readonly requestedLevel: Level;
}

export interface CertifyOutcome extends LevelConclusion {
  readonly subject: CertifiedSubject;
  readonly clauses: readonly ClauseResult[];
  readonly durationMs: number;
}
