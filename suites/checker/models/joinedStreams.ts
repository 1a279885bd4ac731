/**
 * Streams that share idempotency tokens, judged as one key; and a stream with a token that may have had several
 * effects. Each follows the model of one stream. In addition, a token may take effect at most once.
 */
import type { StreamState } from '../../models/stream.ts';
import type { OrderDecision, Operation, SequentialModel } from '../operation.ts';
import type { KeyHistory } from '../result.ts';
import { claimedRevisions } from './streamModels.ts';
import type { StreamAttempt, StreamRequest } from './streamAttempts.ts';

/** The most streams that a text names. */
const MAX_LISTED = 6;

export interface Member {
  readonly key: string;
  readonly initial: StreamState;
  readonly operations: readonly StreamAttempt[];
}

export interface JoinedRequest {
  /** The index of the stream, and its name. A stream that is not joined with others has no name here. */
  readonly place: number;
  readonly name: string | undefined;
  readonly request: StreamRequest;
  /** For an effect: its token, if that may have had several effects. */
  readonly token: string | undefined;
}

export interface JoinedState {
  readonly streams: readonly StreamState[];
  readonly names: readonly string[];
  /** Shared tokens that took effect, with the stream on which they did. */
  readonly taken: ReadonlyMap<string, number>;
}

type Base = SequentialModel<StreamRequest, StreamState>;
type Joined = Operation<JoinedRequest>;

/** The streams of one group as one key. `shared`: tokens that may have had several effects. */
export function joinedKey(
  group: readonly Member[],
  shared: ReadonlySet<string>,
): KeyHistory<JoinedRequest, JoinedState> {
  const names = group.map(({ key }) => key);
  const operations: Joined[] = [];
  for (const [place, member] of group.entries()) {
    const name = group.length === 1 ? undefined : member.key;
    for (const { client, call, return: end, optional, input, token } of member.operations) {
      const common = token !== undefined && shared.has(token) ? token : undefined;
      operations.push({
        id: operations.length,
        client,
        call,
        return: end,
        optional,
        input: { place, name, request: input, token: common },
      });
    }
  }
  const initial = { streams: group.map((member) => member.initial), names, taken: new Map() };
  return { key: listed(names, ' + '), initial, operations };
}

export function joinedModel(base: Base): SequentialModel<JoinedRequest, JoinedState> {
  const of = (state: JoinedState, { input }: Joined): StreamState =>
    state.streams[input.place] as StreamState;
  const itself: SequentialModel<JoinedRequest, JoinedState> = {
    name: base.name,
    step(state, operation) {
      const { place, token } = operation.input;
      if (ownerOf(state, operation) !== undefined) return undefined;
      const before = of(state, operation);
      const after = base.step(before, alone(operation));
      if (after === undefined) return undefined;
      const isTaken = token === undefined || state.taken.has(token);
      if (isTaken && after === before) return state;
      const taken = isTaken ? state.taken : new Map([...state.taken, [token, place]]);
      return { ...state, streams: state.streams.with(place, after), taken };
    },
    keyOf: ({ streams, taken }) =>
      JSON.stringify([streams.map((stream) => base.keyOf(stream)), [...taken].sort(byToken)]),
    isObservation: (operation) => base.isObservation(alone(operation)),
    label: (operation) =>
      `${operation.input.name === undefined ? '' : `${operation.input.name}: `}${base.label(alone(operation))}`,
    describe(state) {
      const { streams, names } = state;
      if (streams.length === 1) return base.describe(streams[0] as StreamState);
      return listed(
        streams.map((stream, place) => `${names[place]}: ${base.describe(stream)}`),
        '; ',
      );
    },
    refusal(state, operation) {
      const owner = ownerOf(state, operation);
      if (owner === undefined) return base.refusal(of(state, operation), alone(operation));
      return `its token "${operation.input.token}" took effect ${owner}`;
    },
    decide: (initial, operations) => decide(base, initial, operations),
    among(operations) {
      const places = new Set(operations.map(({ input }) => input.place));
      const claimedAt = (place: number): Set<number> =>
        claimedRevisions(operations.filter(({ input }) => input.place === place).map(alone));
      const byPlace = new Map([...places].map((place) => [place, claimedAt(place)]));
      return {
        ...itself,
        step: (state, operation) =>
          operation.optional &&
          byPlace.get(operation.input.place)?.has(of(state, operation).revision + 1) === true
            ? undefined
            : itself.step(state, operation),
      };
    },
    blind: (operation) => {
      const { input } = base.blind?.(alone(operation)) ?? alone(operation);
      return { ...operation, input: { ...operation.input, request: input } };
    },
  };
  return itself;
}

function alone({ input, ...operation }: Joined): Operation<StreamRequest> {
  return { ...operation, input: input.request };
}

/** The stream on which the operation's token took effect. Undefined: none so far. */
function ownerOf({ taken, names }: JoinedState, { input }: Joined): string | undefined {
  const owner = input.token === undefined ? undefined : taken.get(input.token);
  return owner === undefined ? undefined : placeOf(owner, input, names);
}

function placeOf(owner: number, { place }: JoinedRequest, names: readonly string[]): string {
  return owner === place ? 'before' : `on ${names[owner]}`;
}

/**
 * Decides each stream alone by its model. If one is illegal alone, the group is illegal. If all are legal and no token
 * took effect twice, the group is legal. Two effects that were only assumed may have been one, so only a search can
 * decide then.
 */
function decide(base: Base, initial: JoinedState, operations: readonly Joined[]): OrderDecision | undefined {
  const twice = takenTwice(
    initial,
    operations.filter(({ optional }) => !optional),
  );
  if (twice !== undefined) return twice;
  const parts = initial.streams.map((): Joined[] => []);
  for (const operation of operations) parts[operation.input.place]?.push(operation);
  const orders: Joined[][] = [];
  for (const [place, part] of parts.entries()) {
    const own = part.map((operation, id) => ({ ...alone(operation), id }));
    const decision = base.decide?.(initial.streams[place] as StreamState, own);
    const idOf = (local: number): number => (part[local] as Joined).id;
    if (decision?.verdict === 'illegal') {
      const { operation, other, problem } = decision;
      const compared = other === undefined ? {} : { other: idOf(other) };
      return { verdict: 'illegal', operation: idOf(operation), ...compared, problem };
    }
    if (decision !== undefined) orders.push(decision.order().map((id) => part[id] as Joined));
  }
  if (orders.length < parts.length || takenTwice(initial, orders.flat()) !== undefined) return undefined;
  return { verdict: 'ok', order: () => merged(orders) };
}

/** Whether a token took effect twice, if all `operations` took effect. */
function takenTwice({ names }: JoinedState, operations: readonly Joined[]): OrderDecision | undefined {
  const first = new Map<string, Joined>();
  for (const operation of operations) {
    const { token } = operation.input;
    if (token === undefined || operation.input.request.kind !== 'effect') continue;
    const other = first.get(token);
    if (other === undefined) first.set(token, operation);
    else
      return {
        verdict: 'illegal',
        operation: operation.id,
        other: other.id,
        problem: `was answered as an effect of its own, although its token "${token}" took effect ${placeOf(other.input.place, operation.input, names)}`,
      };
  }
  return undefined;
}

/**
 * Merges the orders of the streams into one that respects real time: each operation comes as early as its predecessors
 * in its own order allow.
 */
function merged(orders: readonly (readonly Joined[])[]): number[] {
  const points = orders.flatMap((order) => {
    let at = -Infinity;
    return order.map(({ id, call }) => ({ id, at: (at = Math.max(at, call)) }));
  });
  return points.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ id }) => id);
}

function byToken([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

function listed(texts: readonly string[], separator: string): string {
  const hidden = texts.length - MAX_LISTED;
  if (hidden <= 1) return texts.join(separator);
  return [...texts.slice(0, MAX_LISTED), `${hidden} more`].join(separator);
}
