/** The history of a program: what its steps led to. */
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { Decision } from './program.ts';

/** The outcome of running a program. Times are integer nanoseconds of the machine's monotonic clock. */
export interface ProgramHistory {
  /** In the order in which the steps finished. */
  readonly records: readonly StepRecord[];
  /** The decisions of a scheduled or replayed run, in order. */
  readonly order: readonly Decision[];
  /** Steps that never finished. */
  readonly stuck: readonly StuckStep[];
  /** Callbacks that started although their withLock had settled, or that overlap one of the same call. */
  readonly ghosts: readonly Ghost[];
  /** Hosts that were lost: the adapter ended the process, blocked it, or returned something that cannot be sent. */
  readonly lost: readonly LostHost[];
}

/** Whether something never ended or was lost. Then later steps say nothing. */
export function isBroken({ stuck, lost }: ProgramHistory): boolean {
  return stuck.length > 0 || lost.length > 0;
}

export interface StepRecord {
  readonly actor: number;
  /** The index of the step in its actor. */
  readonly step: number;
  /** The number of the process, from 1. */
  readonly process: number;
  /** The index of the instance in the list that the program was run on. */
  readonly instance: number;
  /** The number of the section that the step entered, left or ran in. Unique in the history. */
  readonly section?: number;
  /**
   * 1; or 2, 3, … if the adapter ran the callback again. Every run of the callback has a record of its `enter`, but
   * only the last one has a record of its `leave`.
   */
  readonly attempt: number;
  /** When the call was made. For `leave`, `throw` and a repeated `enter`: when the callback ended. */
  readonly call: number;
  /** When the call answered. For `enter`: when the callback began. For `leave` and `throw`: when withLock settled. */
  readonly return: number;
  readonly outcome: StepOutcome;
}

export type StepOutcome =
  | {
      readonly status: 'ok';
      readonly value?: unknown;
      readonly fence?: bigint;
      /** For a section: what its callback returned, if withLock resolved to something else. */
      readonly instead?: string;
      /** For a section: withLock resolved although the view's signal had reported that the lock was lost. */
      readonly lost?: true;
      readonly listeners?: number;
    }
  /** `listeners`: how many are left on the signal that this call shares with others, once it has settled. */
  | { readonly status: 'error'; readonly error: Caught; readonly listeners?: number }
  /** The step was not run: its section did not start, an earlier error aborted it, or its saved value is undefined. */
  | { readonly status: 'skipped' };

/** An error as seen by the caller. */
export interface Caught {
  /** The code of a StorageError. Absent: it is another error. */
  readonly code?: StorageErrorCode;
  readonly name: string;
  readonly message: string;
  /** For a section whose callback rejected: whether withLock rejected with the same object that the callback threw. */
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
  /** For readers: the exit code or signal, what could not be sent, and the last lines of stderr. */
  readonly detail: string;
}
