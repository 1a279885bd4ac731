/** The author's own settlement code, as a target provides it. */
import type { Awaitable } from './adapter.ts';
import type { StorageAdapter } from './storageAdapter.ts';

/** One request to settle a stream or to withdraw from it. */
export interface OwnRequest {
  readonly operation: 'settle' | 'withdraw';
  readonly streamId: string;
  /**
   * The amount to release or to withdraw, in minor units. The request must be refused if the stream does not cover it. Sent
   * only if `amounts` is declared. Absent: the request takes everything, once: the first settle ends an active stream, and
   * the first withdraw empties an ended one.
   */
  readonly amount?: string;
  /** The `Idempotency-Key`. Absent: the request is not idempotent. Store replay records under the token `operation:key`. */
  readonly key?: string;
  /** SHA-256 of the request in hex, see {@link requestFingerprint}. */
  readonly fingerprint: string;
}

/** The answer of the author's code. */
export interface OwnAnswer {
  /** The HTTP status: 200 for an effect, for its replay, and for a success that changes nothing; 409 for a refusal. */
  readonly status: number;
  /** The exact bytes of the answer. */
  readonly body: string;
  /** Whether the body is the stored answer of an earlier request. */
  readonly replayed: boolean;
  /** Whether the answer reports an effect, new or replayed. False for refusals and for successes that change nothing. */
  readonly effect: boolean;
  /** `CONFLICT` if the key was used for another request; `IN_PROGRESS` if the first request with the key still runs. */
  readonly code?: string;
  /** The revision of the stream that the answer reports, for the picture of a counterexample. */
  readonly revision?: number;
}

/** Which requests a settlement supports, and whether effects show in the stream's revision. */
export interface SettlementAbilities {
  /** Whether a request may name an amount. Default false: no request does, and each effect takes everything. */
  readonly amounts: boolean;
  /** Whether a request may omit the amount, and then takes everything, once. Default true. False requires `amounts`. */
  readonly once: boolean;
  /** Whether each effect, and nothing else, adds 1 to the stream's `revision`. Default false: lockstep ignores it. */
  readonly revision: boolean;
}

/** The defaults for an author's own settlement. */
export const PLAIN_SETTLEMENT: SettlementAbilities = { amounts: false, once: true, revision: false };

/** The abilities of lockstep's own settlement. */
export const FULL_SETTLEMENT: SettlementAbilities = { amounts: true, once: true, revision: true };

/** Executes the request at most once, or replays its answer. If it throws, the request counts as failed. */
export type OwnSettlement = (adapter: StorageAdapter, request: OwnRequest) => Awaitable<OwnAnswer>;
