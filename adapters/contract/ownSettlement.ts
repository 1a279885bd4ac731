/** An author's own settlement code, as a target hands it over. */
import type { Awaitable } from './adapter.ts';
import type { StorageAdapter } from './storageAdapter.ts';

/** One request to settle a stream or to withdraw from it. */
export interface OwnRequest {
  readonly operation: 'settle' | 'withdraw';
  readonly streamId: string;
  /**
   * How much to release or to take, in minor units; it is refused when the stream does not cover it. Only sent where
   * `amounts` is declared. Absent: all of it, once. The first settle ends an active stream, the first withdraw empties
   * an ended one.
   */
  readonly amount?: string;
  /** The `Idempotency-Key`; absent: the request is not idempotent. Replay records are kept under `operation:key`. */
  readonly key?: string;
  /** SHA-256 of the request in hex, see requestFingerprint. */
  readonly fingerprint: string;
}

/** What the author's code answers. */
export interface OwnAnswer {
  /** HTTP status: 200 for an effect, its replay, and a success that changes nothing; 409 for a refusal. */
  readonly status: number;
  /** The exact bytes of the answer. */
  readonly body: string;
  /** Whether the body was stored by an earlier request. */
  readonly replayed: boolean;
  /** Whether the answer claims an effect, now or by replay; false for refusals and for successes that change nothing. */
  readonly effect: boolean;
  /** `CONFLICT` when the key was used for another request; `IN_PROGRESS` when its first request has not ended yet. */
  readonly code?: string;
  /** Revision of the stream that the answer speaks of, for pictures. */
  readonly revision?: number;
}

/** What a settlement can be asked, and what of an effect it leaves in the stream's record. */
export interface SettlementAbilities {
  /** Whether a request may name an amount. Default false: none does, and each effect is whole. */
  readonly amounts: boolean;
  /** Whether a request may name none, and then takes all of it, once. Default true; false needs `amounts`. */
  readonly once: boolean;
  /** Whether each effect, and nothing else, adds 1 to the stream's `revision`. Default false: it is not looked at. */
  readonly revision: boolean;
}

/** What an author's own settlement is taken to be, unless its target says more. */
export const PLAIN_SETTLEMENT: SettlementAbilities = { amounts: false, once: true, revision: false };

/** What lockstep's own settlement can do. */
export const FULL_SETTLEMENT: SettlementAbilities = { amounts: true, once: true, revision: true };

/** Executes the request at most once, or replays its answer. What it throws counts as a failed request. */
export type OwnSettlement = (adapter: StorageAdapter, request: OwnRequest) => Awaitable<OwnAnswer>;
