/** The lines of a journal: what a service observed. */
import type { WorkCall, WorkOutcome } from '../../../adapters/protocol/work.ts';
import type { StrayKind } from '../../host/beside/beside.ts';

/** The journal of one service process. */
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
  /**
   * withLock is about to be called. The time until `enter` is the wait for the lock. `token`: that of the request, if
   * it has one.
   */
  | {
      readonly type: 'wait';
      readonly at: number;
      readonly section: number;
      readonly stream: string;
      readonly token?: string;
    }
  /** The callback has begun. `attempt` counts the runs of one withLock's callback. */
  | {
      readonly type: 'enter';
      readonly at: number;
      readonly section: number;
      readonly stream: string;
      readonly attempt: number;
      readonly fence?: string;
    }
  /** The first protected read has returned. For atomic adapters, exclusion counts from here. */
  | { readonly type: 'read'; readonly at: number; readonly section: number; readonly attempt: number }
  /** The callback is about to end, before the commit. `wrote`: whether it wrote through the view. */
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
  /** A request was executed in the section, not replayed. Written before the commit. */
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
  /** A payout was sent to the rail. */
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
      /** The message, and where the error was thrown if that is known. */
      readonly text: string;
      readonly stack?: string;
    }
  /** What instances had left behind in the process when it ended. */
  | {
      readonly type: 'leak';
      readonly at: number;
      readonly kind: string;
      /** The number of instances that were opened and closed while it grew, and the growth. */
      readonly instances: number;
      readonly growth: number;
    }
  /**
   * A worker calls the store of export jobs. `turn`: unique in the service. The calls of one turn follow each other.
   */
  | {
      readonly type: 'workCall';
      readonly at: number;
      readonly turn: number;
      readonly call: WorkCall;
      /** For `claim`: how long the claim lasts, in milliseconds. */
      readonly leaseMs?: number;
      /** For `complete`: the URL of the file. */
      readonly url?: string;
    }
  /** The call has settled. `job` and `attempts`: what `claim` returned. Absent: it returned nothing. */
  | {
      readonly type: 'workReturn';
      readonly at: number;
      readonly turn: number;
      readonly call: WorkCall;
      readonly outcome: WorkOutcome;
      readonly job?: string;
      readonly attempts?: number;
    };
