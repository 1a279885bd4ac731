/**
 * What a stream's state is to the judge. Written apart from the service's state machine on purpose: a judge that
 * shares its code would share its bugs. Pure; amounts are bigints of minor units.
 */

/** Statuses that an operation of a scenario can meet or make. */
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
  /** Balance: how much to release or to take. */
  readonly amount?: bigint;
}

/**
 * `effect`: the state changes and its revision grows by one. `unchanged`: a success that changes nothing.
 * `refused`: the state does not allow it.
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

/** The effect that sets `change`. */
export function effect(state: StreamState, change: Partial<StreamState>): StreamStep {
  return { kind: 'effect', state: { ...state, ...change, revision: state.revision + 1 } };
}
