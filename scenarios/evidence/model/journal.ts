/** What a service observed: the lines of a journal. */
import type { WorkCall, WorkOutcome } from '../../../adapters/protocol/work.ts';
import type { StrayKind } from '../../host/beside/beside.ts';

/** One service process. */
export interface Journal {
  readonly service: number;
  readonly pid: number;
  readonly entries: readonly JournalEntry[];
}

export interface JournalHeader {
  readonly format: 'lockstep-journal';
  readonly version: 1;
  readonly service: number;
  readonly pid: number;
}

export type JournalEntry =
  /** withLock is about to be called; the time to `enter` is the wait for the lock. `token`: of the request, if it has one. */
  | {
      readonly type: 'wait';
      readonly at: number;
      readonly section: number;
      readonly stream: string;
      readonly token?: string;
    }
  /** The callback's first act. `attempt` counts reruns of one withLock. */
  | {
      readonly type: 'enter';
      readonly at: number;
      readonly section: number;
      readonly stream: string;
      readonly attempt: number;
      readonly fence?: string;
    }
  /** The first protected read has returned; exclusion counts from here for atomic adapters. */
  | { readonly type: 'read'; readonly at: number; readonly section: number; readonly attempt: number }
  /** The callback's last act, before the commit. `wrote`: it wrote through the view. */
  | {
      readonly type: 'leave';
      readonly at: number;
      readonly section: number;
      readonly attempt: number;
      readonly wrote: boolean;
    }
  /** withLock has settled. */
  | {
      readonly type: 'settle';
      readonly at: number;
      readonly section: number;
      readonly outcome: 'committed' | 'aborted' | 'unknown';
    }
  /** A request was executed inside the section, not replayed. Written before the commit. */
  | {
      readonly type: 'execute';
      readonly at: number;
      readonly section: number;
      readonly attempt: number;
      readonly stream: string;
      readonly f: string;
      readonly token?: string;
      readonly operationId: string;
      readonly revision: number;
    }
  /**
   * The request of the section is answered with this status. This line is written before the client gets the answer.
   */
  | { readonly type: 'answer'; readonly at: number; readonly section: number; readonly status: number }
  /** A payout was sent through the rail. */
  | {
      readonly type: 'payout';
      readonly at: number;
      readonly stream: string;
      readonly operationId: string;
      readonly amount: string;
    }
  /** An error reached the process outside any call. */
  | {
      readonly type: 'stray';
      readonly at: number;
      readonly kind: StrayKind;
      /** Its message, and where it was thrown if that is known. */
      readonly text: string;
      readonly stack?: string;
    }
  /** What instances had left behind in the process when it was ended. */
  | {
      readonly type: 'leak';
      readonly at: number;
      readonly kind: string;
      /** How many instances were opened and closed while it grew, and by how much. */
      readonly instances: number;
      readonly growth: number;
    }
  /** A worker calls the store of export jobs. `turn`: unique in the service; the calls of one turn follow each other. */
  | {
      readonly type: 'workCall';
      readonly at: number;
      readonly turn: number;
      readonly call: WorkCall;
      /** With `claim`: how long the claim lasts. */
      readonly leaseMs?: number;
      /** With `complete`: the file. */
      readonly url?: string;
    }
  /** The call has settled. `job` and `attempts`: what `claim` was given; absent when there was nothing. */
  | {
      readonly type: 'workReturn';
      readonly at: number;
      readonly turn: number;
      readonly call: WorkCall;
      readonly outcome: WorkOutcome;
      readonly job?: string;
      readonly attempts?: number;
    };
