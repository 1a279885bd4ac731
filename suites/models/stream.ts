/**
 * A stream's state and operations for the judge. Deliberately independent of the service's state machine, because a
 * judge with the same code would have the same bugs. Pure. Amounts are bigints in minor units.
 */

/** The statuses that an operation of a scenario can meet or produce. */
export type ModelStatus = 'draft' | 'active' | 'paused' | 'ended' | 'withdrawn' | 'cancelled';

export interface StreamState {
  readonly status: ModelStatus;
  readonly revision: number;
  readonly total: bigint;
  readonly released: bigint;
  readonly withdrawn: bigint;
}

/** The operations that may change a stream. */
export type ModelOperation = 'start' | 'pause' | 'stop' | 'settle' | 'withdraw';

export interface StreamInput {
  readonly f: ModelOperation;
  /** Balance workload: the amount to release or to take. */
  readonly amount?: bigint;
}

/**
 * `effect`: the state changes, and its revision grows by one. `unchanged`: a success that changes nothing. `refused`:
 * the state does not allow the operation.
 */
export type StreamStep =
  | { readonly kind: 'effect'; readonly state: StreamState }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused' };

export interface StreamModel {
  readonly name: 'stream-lifecycle' | 'stream-balance';
  step(state: StreamState, input: StreamInput): StreamStep;
}

export const UNCHANGED: StreamStep = { kind: 'unchanged' };
export const REFUSED: StreamStep = { kind: 'refused' };

/** The effect with the changes in `change`. */
export function effect(state: StreamState, change: Partial<StreamState>): StreamStep {
  return { kind: 'effect', state: { ...state, ...change, revision: state.revision + 1 } };
}
