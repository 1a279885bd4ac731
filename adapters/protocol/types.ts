/** Requests, answers and hooks of the settlement protocol. */
import type { Awaitable, LockedView, StreamStatus } from '../contract/index.ts';

export const OPERATIONS = ['start', 'pause', 'stop', 'settle', 'withdraw'] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * `lifecycle`: StreamPay's state machine, with one settle and one withdraw per stream. `balance`: settle releases an
 * amount, and withdraw takes an amount if it is covered; at every moment released ≥ withdrawn.
 */
export const WORKLOADS = ['lifecycle', 'balance'] as const;
export type Workload = (typeof WORKLOADS)[number];

export interface ProtocolRequest {
  readonly operation: Operation;
  readonly streamId: string;
  readonly workload: Workload;
  /** Balance workload: the amount to release or to take, in minor units. */
  readonly amount?: string;
  /** The `Idempotency-Key`. Absent: the request is not idempotent. */
  readonly key?: string;
  /** SHA-256 of the request: see requestFingerprint. */
  readonly fingerprint: string;
  /** The longest wait for the lock, in milliseconds. Used if the adapter has the capability `lockTimeout`. */
  readonly lockTimeoutMs?: number;
  /** Lifetime of the replay record in milliseconds. Default 24 h. */
  readonly ttlMs?: number;
}

export interface ProtocolResponse {
  /** HTTP status: 200, 404, 409 (refused by the state machine, fingerprint conflict), 503, … */
  readonly status: number;
  /** The exact bytes of the answer. */
  readonly body: string;
  /** Whether the body was stored by an earlier execution. */
  readonly replayed: boolean;
  /**
   * Whether the answer claims an effect, new or replayed. False for refusals, and for successes that change nothing.
   */
  readonly effect: boolean;
  /** The stream's revision that the answer refers to. */
  readonly revision?: number;
  /** Identifies an effect in its activity event and at the payment rail. */
  readonly operationId?: string;
  /** Present if money must be paid for this effect, after its section committed. */
  readonly payout?: PayoutIntent;
  readonly code?: string;
}

/**
 * A payment that an effect promised. It is made after the section committed; the rail drops duplicates by operation id.
 */
export interface PayoutIntent {
  readonly operationId: string;
  readonly streamId: string;
  readonly amount: string;
}

/** The content of a JSON answer to an effect, a refusal or an unchanged success. */
export interface AnswerBody {
  readonly stream: {
    readonly id: string;
    readonly status: StreamStatus;
    readonly revision: number;
    readonly releasedAmount: string;
    readonly withdrawnAmount: string;
  };
  /** Effects only. */
  readonly operationId?: string;
  /** Refusals and failures only. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Called inside the section, which awaits the results. `attempt` numbers the runs of the callback. */
export interface SectionHooks {
  /** The callback has begun. */
  entered?(attempt: number, view: LockedView): Awaitable<void>;
  /** The first protected read has returned. */
  read?(attempt: number): Awaitable<void>;
  /** The effect is decided and its writes were issued. */
  executed?(
    attempt: number,
    effect: { readonly operationId: string; readonly revision: number },
  ): Awaitable<void>;
  /** The callback is about to end. */
  left?(attempt: number, wrote: boolean): void;
  /** withLock has settled. */
  settled?(outcome: 'committed' | 'aborted' | 'unknown'): void;
}
