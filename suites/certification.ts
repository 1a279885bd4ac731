/** What a certification is asked, and what it tells. */
import type { Json, Level } from '../adapters/contract/index.ts';
import type { ImportModule, TargetReference } from '../scenarios/host/index.ts';
import type { Phase } from '../scenarios/phase.ts';
import type { Subject } from './harness/engine/property.ts';
import type { LevelConclusion } from './level.ts';
import type { ClauseResult } from './result.ts';
import type { Shard } from './shard.ts';

export interface CertifyOptions {
  readonly target: TargetReference;
  /** See StartOptions. */
  readonly pg: string;
  /** See ServerRights. */
  readonly allowFaultsOnServer?: boolean;
  /**
   * The level whose clauses count. Default: `cluster`, or `process` where processes share nothing; the levels above take
   * minutes of faults. A clause that `only` names counts in any case.
   */
  readonly level?: Level;
  /** Whether a claim that this machine cannot verify costs its level. Default false. */
  readonly strict?: boolean;
  /** Clause ids or groups; everything else is skipped. */
  readonly only?: readonly string[];
  /** Only this part of the clauses that would be checked. */
  readonly shard?: Shard;
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  readonly processes: number;
  /** Time for the runs of one clause in milliseconds. */
  readonly budgetMs: number;
  readonly inProcess: boolean;
  /** With `inProcess`: how modules of targets are imported. Default: as Node.js does. */
  readonly importModule?: ImportModule;
  /** Whether failing programs are shrunk and run again, which takes seconds each. Default true. */
  readonly shrink?: boolean;
  /** Whether results say where the time went. Default false. */
  readonly timings?: boolean;
  /** A token of this run for names of namespaces: `[a-z0-9]`. */
  readonly runId: string;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** Folder in which the evidence of loads under faults is kept; absent: it is removed. */
  readonly evidence?: string;
}

/** Told as the certification goes on. */
export interface CertifyListener {
  /** What comes before the first clause and after the last one. */
  phase?(phase: Phase): void;
  started?(subject: CertifiedSubject): void;
  /** A clause is about to be decided; how long it may take, in milliseconds, where one bound holds. */
  deciding?(clause: string, atMostMs: number | undefined): void;
  clause?(result: ClauseResult, done: number, all: number): void;
}

/** What was found out about the target before the first clause. */
export interface CertifiedSubject extends Subject {
  readonly name: string;
  readonly version: string;
  readonly storage: Json;
  /** What the target's start has to say to the user, a line each. */
  readonly notes: readonly string[];
  readonly requestedLevel: Level;
}

export interface CertifyOutcome extends LevelConclusion {
  readonly subject: CertifiedSubject;
  readonly clauses: readonly ClauseResult[];
  readonly durationMs: number;
}
