/** Histories for every model, right or nearly right: drafts act one by one, and answers are then seen a little off. */
import fc from 'fast-check';
import type { KvInput } from '../models/kv.ts';
import type { RegisterInput, RegisterState } from '../models/register.ts';
import type { StreamRequest } from '../models/streamAttempts.ts';
import type { StreamModel, StreamState } from '../../models/stream.ts';
import type { Operation } from '../operation.ts';

/** When a drafted operation runs, and what goes wrong with it. */
interface Draft<Asked> {
  readonly asked: Asked;
  readonly call: number;
  readonly length: number;
  readonly optional: boolean;
  /** How many states back an answer comes from. */
  readonly slip: number;
  readonly hides: number;
}

function drafts<Asked>(asked: fc.Arbitrary<Asked>, maxLength: number): fc.Arbitrary<Draft<Asked>[]> {
  const draft = fc.record({
    asked,
    call: fc.integer({ min: 0, max: 4 }),
    length: fc.integer({ min: 0, max: 6 }),
    optional: fc.constantFrom(false, false, false, false, true),
    slip: fc.constantFrom(0, 0, 0, 1, 2),
    hides: fc.integer({ min: 0, max: 15 }),
  });
  return fc.array(draft, { minLength: 2, maxLength });
}

/** Runs drafts in their order; `act` answers one from the states so far, and may add one. */
function run<Asked, Input, State>(
  list: readonly Draft<Asked>[],
  initial: State,
  act: (
    draft: Draft<Asked>,
    states: State[],
    seen: State,
  ) => { readonly input: Input; readonly optional: boolean },
): Operation<Input>[] {
  const states = [initial];
  return list.map((draft, id) => {
    const call = id * 2 + draft.call;
    const seen = states[Math.max(0, states.length - 1 - draft.slip)] as State;
    const { input, optional } = act(draft, states, seen);
    return { id, client: id % 3, call, return: optional ? Infinity : call + draft.length, optional, input };
  });
}

const small = fc.integer({ min: 0, max: 2 });

export const registerHistories: fc.Arbitrary<Operation<RegisterInput>[]> = drafts(
  fc.record({ f: fc.constantFrom('read', 'write', 'cas'), from: small, to: small }),
  8,
).map((list) =>
  run<(typeof list)[number]['asked'], RegisterInput, RegisterState>(list, null, (draft, states, seen) => {
    const { f, from, to } = draft.asked;
    if (f === 'read') return { input: { f, value: seen }, optional: false };
    const ok = f === 'write' || seen === from;
    if (ok && draft.slip === 0) states.push(to);
    if (f === 'write') return { input: { f, value: to }, optional: draft.optional };
    return { input: { f: 'cas', from, to, ok: draft.optional ? undefined : ok }, optional: draft.optional };
  }),
);

export const kvHistories: fc.Arbitrary<Operation<KvInput>[]> = drafts(
  fc.record({
    f: fc.constantFrom('get', 'get', 'put', 'append', 'append'),
    value: fc.constantFrom('a', 'b'),
  }),
  7,
).map((list) =>
  run<(typeof list)[number]['asked'], KvInput, string>(list, '', (draft, states, seen) => {
    const { f, value } = draft.asked;
    if (f === 'get') return { input: { f, value: seen }, optional: false };
    if (draft.slip === 0) states.push(f === 'put' ? value : (states.at(-1) ?? '') + value);
    return { input: { f: f === 'put' ? 'put' : 'append', value }, optional: draft.optional };
  }),
);

export const INITIAL_STREAM: StreamState = {
  status: 'active',
  revision: 3,
  total: 9n,
  released: 0n,
  withdrawn: 0n,
};

export interface StreamShape {
  /** Whether outcomes may be unknown. */
  readonly optional: boolean;
  /** Whether effects may be answered without their revision. */
  readonly hidesRevision: boolean;
  readonly maxLength: number;
}

export function streamHistories(
  model: StreamModel,
  shape: StreamShape,
): fc.Arbitrary<Operation<StreamRequest>[]> {
  const isBalance = model.name === 'stream-balance';
  const asked = fc.record({
    f: isBalance
      ? fc.constantFrom('get', 'settle', 'settle', 'withdraw', 'withdraw', 'pause')
      : fc.constantFrom('get', 'start', 'pause', 'stop', 'settle', 'withdraw'),
    amount: fc.constantFrom(1n, 2n),
  });
  return drafts(asked, shape.maxLength).map((list) =>
    run<(typeof list)[number]['asked'], StreamRequest, StreamState>(
      list,
      INITIAL_STREAM,
      (draft, states, seen) => {
        const { f, amount } = draft.asked;
        if (f === 'get')
          return { input: { kind: 'read', shown: shownOf(seen, draft.hides) }, optional: false };
        const input = isBalance ? { f, amount } : { f };
        const step = model.step(seen, input);
        if (step.kind !== 'effect')
          return { input: { kind: step.kind, input, shown: shownOf(seen, draft.hides) }, optional: false };
        if (draft.slip === 0) states.push(step.state);
        if (draft.optional && shape.optional)
          return { input: { kind: 'effect', input, shown: {} }, optional: true };
        const hides = shape.hidesRevision ? draft.hides : draft.hides & ~1;
        return { input: { kind: 'effect', input, shown: shownOf(step.state, hides) }, optional: false };
      },
    ),
  );
}

function shownOf(state: StreamState, hides: number): StreamRequest['shown'] {
  return {
    ...(hides & 1 ? {} : { revision: state.revision }),
    ...(hides & 2 ? {} : { status: state.status }),
    ...(hides & 4 ? {} : { released: state.released }),
    ...(hides & 8 ? {} : { withdrawn: state.withdrawn }),
  };
}
