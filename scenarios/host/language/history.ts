/** The history that a host returns of a program: what came of its steps. */
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { Decision } from './program.ts';

/** What came of running a program. Times are integer nanoseconds of the machine's monotonic clock. */
export interface ProgramHistory {
  /** In the order in which the steps finished. */
  readonly records: readonly StepRecord[];
  /** Scheduled and replayed runs: the decisions, in order. */
  readonly order: readonly Decision[];
  /** Steps that never finished. */
  readonly stuck: readonly StuckStep[];
  /** Callbacks that started although their withLock had settled, or that overlap one of the same call. */
  readonly ghosts: readonly Ghost[];
  /** Hosts that were lost: the adapter ended the process, spun, or sent what cannot travel. */
  readonly lost: readonly LostHost[];
}

/** Whether something never ended, or was lost: what was to come after it has no ground to stand on. */
export function isBroken({ stuck, lost }: ProgramHistory): boolean {
  return stuck.length > 0 || lost.length > 0;
}

export interface StepRecord {
  readonly actor: number;
  /** Index into the actor's steps. */
  readonly step: number;
  /** Number of the process, from 1. */
  readonly process: number;
  /** Index into the instances that the program was run on. */
  readonly instance: number;
  /** Number of the section (unique in the history) that the step entered, left, or ran in. */
  readonly section?: number;
  /** 1, and 2… when the adapter ran the callback again. Every run has a record of its `enter`, only the last one of its `leave`. */
  readonly attempt: number;
  /** When the call was made. For `leave`, `throw` and an `enter` that runs again: the callback's last act. */
  readonly call: number;
  /** When it answered. For `enter`: the callback's first act. For `leave` and `throw`: withLock had settled. */
  readonly return: number;
  readonly outcome: StepOutcome;
}

export type StepOutcome =
  | {
      readonly status: 'ok';
      readonly value?: unknown;
      readonly fence?: bigint;
      /** Of a section: what its callback returned, where withLock resolved to something else. */
      readonly instead?: string;
      /** Of a section: withLock resolved, and the view's signal had said that the lock was lost. */
      readonly lost?: true;
    }
  | { readonly status: 'error'; readonly error: Caught }
  /** Not run: its section did not start, was aborted by an earlier error, or its saved value is undefined. */
  | { readonly status: 'skipped' };

/** An error as seen by the caller. */
export interface Caught {
  /** The code of a StorageError; absent: it is none. */
  readonly code?: StorageErrorCode;
  readonly name: string;
  readonly message: string;
  /** Of a section whose callback rejected: whether withLock rejected with the very object that the callback threw. */
  readonly original?: boolean;
  /** The chain of causes, outermost first, as `name: message`. */
  readonly causes: readonly string[];
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface StuckStep {
  readonly actor: number;
  readonly step: number;
  readonly process: number;
  readonly call: number;
}

export interface Ghost {
  readonly actor: number;
  readonly step: number;
  readonly process: number;
  readonly at: number;
}

export interface LostHost {
  readonly process: number;
  readonly reason: 'exit' | 'signal' | 'unresponsive' | 'garbage';
  /** For people: exit code or signal, what could not travel, the last lines of stderr. */
  readonly detail: string;
}
