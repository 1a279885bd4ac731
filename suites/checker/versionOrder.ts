/**
 * Linearizability of one stream's history by version order: exact, in O(n log n).
 *
 * Every effect says which revision it made, so the order of effects is known and only has to be checked:
 * it must be a run of the model, and it must agree with real time. Observations are then placed greedily.
 * Placing each as low as it may go is optimal, because what has returned only ever pushes later operations up.
 */
import type { StreamInput, StreamModel, StreamState } from '../models/stream.ts';

/** What an answer shows about the stream. Other fields are not compared. */
export interface ShownState {
  readonly revision?: number | undefined;
  readonly status?: string | undefined;
  readonly released?: bigint | undefined;
  readonly withdrawn?: bigint | undefined;
}

interface Timed {
  /** Identifies the operation for the caller. */
  readonly id: number;
  /** In nanoseconds. Two operations are concurrent if one returns at the time at which the other is called. */
  readonly call: number;
  /** Infinity: there is no known answer. */
  readonly return: number;
}

/** An operation that took effect and made `revision`. */
export interface EffectOperation extends Timed {
  readonly kind: 'effect';
  readonly input: StreamInput;
  readonly revision: number;
  /** Absent: there is no known answer. */
  readonly shown?: ShownState;
}

/** `read` is a read; `refused` and `unchanged` were answered from the state that they saw; `absent` saw no stream. */
export interface ObservationOperation extends Timed {
  readonly kind: 'read' | 'refused' | 'unchanged' | 'absent';
  readonly input?: StreamInput;
  readonly shown: ShownState;
}

export type StreamOperation = EffectOperation | ObservationOperation;

export type VersionOrderResult =
  | { readonly verdict: 'ok' }
  | {
      readonly verdict: 'illegal';
      /**
       * `repeat`: two effects made one revision. `gap`: nobody made `revision`. `refused`: the model does not
       * allow the effect. `answer`: the effect's answer is not the state that it made. `order`: an effect was
       * called after `other` had returned, which had made or seen a revision at least as high. `stale`: no state
       * that the observation may have seen explains it.
       */
      readonly problem: 'repeat' | 'gap' | 'refused' | 'answer' | 'order' | 'stale';
      readonly operation: StreamOperation;
      readonly other?: StreamOperation;
      readonly revision: number;
      /** The state that the operation met, or that it must have made. */
      readonly state?: StreamState;
    };

type Illegal = Extract<VersionOrderResult, { verdict: 'illegal' }>;

/** Called for each answered operation with the revision that it made or, according to the order, saw. */
export type SeenListener = (operation: StreamOperation, revision: number) => void;

export function checkVersionOrder(
  model: StreamModel,
  initial: StreamState,
  operations: readonly StreamOperation[],
  onSeen?: SeenListener,
): VersionOrderResult {
  const effects = operations.filter((operation) => operation.kind === 'effect');
  effects.sort((a, b) => a.revision - b.revision || a.call - b.call);
  const versions: StreamState[] = [initial];
  const illegal = replay(model, versions, effects);
  return illegal ?? sweep(model, versions, operations, effects, onSeen) ?? { verdict: 'ok' };
}

/** Applies the effects in the order of their revisions, and collects the states. */
function replay(
  model: StreamModel,
  versions: StreamState[],
  effects: readonly EffectOperation[],
): Illegal | undefined {
  let previous: EffectOperation | undefined;
  for (const operation of effects) {
    const before = versions.at(-1) as StreamState;
    const { revision } = operation;
    const other = previous === undefined ? {} : { other: previous };
    if (revision <= before.revision) return fail('repeat', operation, revision, { ...other, state: before });
    if (revision > before.revision + 1)
      return fail('gap', operation, before.revision + 1, { ...other, state: before });
    const step = model.step(before, operation.input);
    if (step.kind !== 'effect') return fail('refused', operation, revision, { ...other, state: before });
    if (operation.shown !== undefined && !matches(step.state, operation.shown))
      return fail('answer', operation, revision, { state: step.state });
    versions.push(step.state);
    previous = operation;
  }
  return undefined;
}

/**
 * Goes through calls and returns in the order of time. `lo` is the highest revision that any returned operation made or
 * saw. Operations that are called later come after it.
 */
function sweep(
  model: StreamModel,
  versions: readonly StreamState[],
  operations: readonly StreamOperation[],
  effects: readonly EffectOperation[],
  onSeen: SeenListener | undefined,
): Illegal | undefined {
  const byCall = [...operations].sort((a, b) => a.call - b.call);
  const byReturn = [...operations].sort((a, b) => a.return - b.return);
  const ceiling = ceilings(effects);
  const floors = new Map<StreamOperation, number>();
  const base = (versions[0] as StreamState).revision;
  let lo = base;
  let pusher: StreamOperation | undefined;
  let next = 0;
  for (const returning of byReturn) {
    for (;;) {
      const called = byCall[next];
      if (called === undefined || called.call > returning.return) break;
      const other = pusher === undefined ? {} : { other: pusher };
      if (called.kind === 'effect' && called.revision <= lo)
        return fail('order', called, called.revision, {
          ...other,
          state: versions[lo - base] as StreamState,
        });
      floors.set(called, lo);
      next += 1;
    }
    const floor = floors.get(returning) as number;
    const seen =
      returning.kind === 'effect'
        ? returning.revision
        : place(model, versions, returning, floor, ceiling(returning.return));
    if (seen === undefined) {
      const other = pusher === undefined ? {} : { other: pusher };
      return fail('stale', returning, floor, { ...other, state: versions[floor - base] as StreamState });
    }
    onSeen?.(returning, seen);
    if (seen > lo) {
      lo = seen;
      pusher = returning;
    }
  }
  return undefined;
}

/** The lowest revision from `floor` to below `ceiling` whose state explains the observation. */
function place(
  model: StreamModel,
  versions: readonly StreamState[],
  observation: ObservationOperation,
  floor: number,
  ceiling: number,
): number | undefined {
  const base = (versions[0] as StreamState).revision;
  const named = observation.shown.revision;
  const first = named === undefined ? floor : Math.max(floor, named);
  const last = Math.min(named ?? Infinity, ceiling - 1, base + versions.length - 1);
  // Between floor and ceiling there are only effects that overlapped with the observation.
  for (let revision = first; revision <= last; revision += 1) {
    if (explains(model, versions[revision - base] as StreamState, observation)) return revision;
  }
  return undefined;
}

/** Whether an operation that meets `state` would get the answer of `observation`. */
export function explains(
  model: StreamModel,
  state: StreamState,
  observation: Pick<ObservationOperation, 'kind' | 'input' | 'shown'>,
): boolean {
  if (observation.kind === 'absent' || !matches(state, observation.shown)) return false;
  if (observation.kind === 'read') return true;
  return observation.input !== undefined && model.step(state, observation.input).kind === observation.kind;
}

/** Whether `state` matches what was shown. */
export function matches(state: StreamState, shown: ShownState): boolean {
  return (
    (shown.revision === undefined || shown.revision === state.revision) &&
    (shown.status === undefined || shown.status === state.status) &&
    (shown.released === undefined || shown.released === state.released) &&
    (shown.withdrawn === undefined || shown.withdrawn === state.withdrawn)
  );
}

/** Returns, for a time, the lowest revision of all effects that were called after it. */
function ceilings(effects: readonly EffectOperation[]): (time: number) => number {
  const byCall = [...effects].sort((a, b) => a.call - b.call);
  const lowest = new Float64Array(byCall.length + 1).fill(Infinity);
  for (let index = byCall.length - 1; index >= 0; index -= 1) {
    lowest[index] = Math.min(lowest[index + 1] as number, (byCall[index] as EffectOperation).revision);
  }
  return (time) => {
    let low = 0;
    let high = byCall.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((byCall[middle] as EffectOperation).call > time) high = middle;
      else low = middle + 1;
    }
    return lowest[low] as number;
  };
}

function fail(
  problem: Illegal['problem'],
  operation: StreamOperation,
  revision: number,
  more: { readonly other?: StreamOperation; readonly state?: StreamState },
): Illegal {
  return { verdict: 'illegal', problem, operation, revision, ...more };
}
