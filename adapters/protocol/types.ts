/** Requests, answers and hooks of the settlement protocol. */
import type { Awaitable, LockedView, StreamStatus } from '../contract/index.ts';

export const OPERATIONS = ['start', 'pause', 'stop', 'settle', 'withdraw'] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * `lifecycle`: StreamPay's state machine, one settle and one withdraw a stream. `balance`: settle releases an
 * amount, withdraw takes an amount if it is covered; released ≥ withdrawn at every moment.
 */
export const WORKLOADS = ['lifecycle', 'balance'] as const;
export type Workload = (typeof WORKLOADS)[number];

export interface ProtocolRequest {
  readonly operation: Operation;
  readonly streamId: string;
  readonly workload: Workload;
  /** Balance workload: how much to release or to take, in minor units. */
  readonly amount?: string;
  /** The `Idempotency-Key`; absent: the request is not idempotent. */
  readonly key?: string;
  /** SHA-256 of the request, see requestFingerprint. */
  readonly fingerprint: string;
  /** Longest wait for the lock in milliseconds; used when the adapter has `lockTimeout`. */
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
  /** Whether the answer claims an effect, now or by replay; false for refusals and for successes that change nothing. */
  readonly effect: boolean;
  /** Revision of the stream that the answer speaks of. */
  readonly revision?: number;
  /** Present for an effect: identifies it in the activity event and at the rail. */
  readonly operationId?: string;
  /** Present when money is to be paid for this effect after the section committed. */
  readonly payout?: PayoutIntent;
  readonly code?: string;
}

/** Money that an effect promised. Paid after its section committed; the rail removes doubles by operation id. */
export interface PayoutIntent {
  readonly operationId: string;
  readonly streamId: string;
  readonly amount: string;
}

/** What a JSON answer to an effect, a refusal or an unchanged success holds. */
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

/** Called inside the section, which waits for what they return. Each names the callback's run by `attempt`. */
export interface SectionHooks {
  /** The callback's first act. */
  entered?(attempt: number, view: LockedView): Awaitable<void>;
  /** The first protected read has returned. */
  read?(attempt: number): Awaitable<void>;
  /** The effect is decided and its writes were issued. */
  executed?(
    attempt: number,
    effect: { readonly operationId: string; readonly revision: number },
  ): Awaitable<void>;
  /** The callback's last act. */
  left?(attempt: number, wrote: boolean): void;
  /** withLock has settled. */
  settled?(outcome: 'committed' | 'aborted' | 'unknown'): void;
}
