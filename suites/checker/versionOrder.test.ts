import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamBalance } from '../models/streamBalance.ts';
import { streamLifecycle } from '../models/streamLifecycle.ts';
import type { StreamInput, StreamModel, StreamState } from '../models/stream.ts';
import {
  checkVersionOrder,
  explains,
  matches,
  type ShownState,
  type StreamOperation,
} from './versionOrder.ts';

const RUNS = 5000;

/** Whether any order that agrees with real time is a run of the model. */
function bruteForce(model: StreamModel, state: StreamState, left: readonly StreamOperation[]): boolean {
  if (left.length === 0) return true;
  const earliest = Math.min(...left.map((one) => one.return));
  return left
    .filter((one) => one.call <= earliest)
    .some((one) => {
      const rest = left.filter((other) => other !== one);
      if (one.kind !== 'effect') return explains(model, state, one) && bruteForce(model, state, rest);
      const step = model.step(state, one.input);
      if (step.kind !== 'effect' || step.state.revision !== one.revision) return false;
      return matches(step.state, one.shown ?? {}) && bruteForce(model, step.state, rest);
    });
}

const INITIAL: StreamState = { status: 'active', revision: 3, total: 9n, released: 0n, withdrawn: 0n };
const INPUTS: Record<StreamModel['name'], fc.Arbitrary<StreamInput>> = {
  'stream-balance': fc.record({
    f: fc.constantFrom('settle', 'settle', 'withdraw', 'withdraw', 'pause'),
    amount: fc.constantFrom(1n, 2n),
  }),
  'stream-lifecycle': fc.record({ f: fc.constantFrom('start', 'pause', 'stop', 'settle', 'withdraw') }),
};

interface Draft {
  readonly input: StreamInput;
  readonly read: boolean;
  readonly call: number;
  readonly length: number;
  /** How far from its place in the list the operation sees or acts. */
  readonly slip: number;
  readonly hides: number;
  readonly noise: number;
}

function drafts(model: StreamModel): fc.Arbitrary<readonly Draft[]> {
  const draft = fc.record({
    input: INPUTS[model.name],
    read: fc.boolean(),
    call: fc.integer({ min: 0, max: 4 }),
    length: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 6 }) }, fc.constant(Infinity)),
    slip: fc.constantFrom(0, 0, 0, 0, 1, -1, 2),
    hides: fc.integer({ min: 0, max: 15 }),
    noise: fc.integer({ min: 0, max: 40 }),
  });
  return fc.array(draft, { minLength: 2, maxLength: 7 });
}

/** A history that is right or nearly right: each operation acts in list order, seen a little off. */
function historyOf(model: StreamModel, list: readonly Draft[]): StreamOperation[] {
  const versions: StreamState[] = [INITIAL];
  return list.map((draft, id) => {
    const from = id * 2 + draft.call;
    const times = { id, call: from, return: from + draft.length };
    const at = Math.max(0, Math.min(versions.length - 1, versions.length - 1 - draft.slip));
    const state = versions[at] as StreamState;
    const step = model.step(state, draft.input);
    if (!draft.read && step.kind === 'effect') {
      if (at === versions.length - 1) versions.push(step.state);
      const revision = step.state.revision + (draft.noise === 0 ? 1 : 0);
      const answered = Number.isFinite(draft.length) ? { shown: shown(step.state, draft) } : {};
      return { ...times, kind: 'effect', input: draft.input, revision, ...answered };
    }
    if (draft.read || step.kind === 'effect') return { ...times, kind: 'read', shown: shown(state, draft) };
    const kind = draft.noise === 1 ? 'refused' : step.kind;
    return { ...times, kind, input: draft.input, shown: shown(state, draft) };
  });
}

function shown(state: StreamState, { hides, noise }: Draft): ShownState {
  return {
    ...(hides & 1 ? {} : { revision: state.revision }),
    ...(hides & 2 ? {} : { status: state.status }),
    ...(hides & 4 ? {} : { released: state.released + (noise === 2 ? 1n : 0n) }),
    ...(hides & 8 ? {} : { withdrawn: state.withdrawn }),
  };
}

describe('checkVersionOrder', () => {
  for (const model of [streamBalance, streamLifecycle]) {
    it(`agrees with brute force on small ${model.name} histories`, () => {
      let legal = 0;
      fc.assert(
        fc.property(drafts(model), (list) => {
          const history = historyOf(model, list);
          const expected = bruteForce(model, INITIAL, history);
          legal += expected ? 1 : 0;
          return (checkVersionOrder(model, INITIAL, history).verdict === 'ok') === expected;
        }),
        { numRuns: RUNS },
      );
      // Both answers must occur often, or the comparison says little.
      expect(legal).toBeGreaterThan(RUNS / 10);
      expect(legal).toBeLessThan((RUNS * 9) / 10);
    });
  }

  const settle = (id: number, call: number, end: number, revision: number): StreamOperation => ({
    id,
    kind: 'effect',
    input: { f: 'settle', amount: 1n },
    call,
    return: end,
    revision,
  });
  const check = (...operations: StreamOperation[]) => {
    const result = checkVersionOrder(streamBalance, INITIAL, operations);
    return result.verdict === 'ok' ? 'ok' : result.problem;
  };

  it('names what is wrong', () => {
    expect(check(settle(0, 0, 1, 4), settle(1, 2, 3, 5))).toBe('ok');
    expect(check(settle(0, 0, 1, 4), settle(1, 0, 3, 4))).toBe('repeat');
    expect(check(settle(0, 0, 1, 5))).toBe('gap');
    expect(check(settle(0, 0, 1, 5), settle(1, 2, 3, 4))).toBe('order');
    expect(
      check(settle(0, 0, 1, 4), { id: 1, kind: 'read', call: 2, return: 3, shown: { revision: 3 } }),
    ).toBe('stale');
    expect(check({ id: 0, kind: 'absent', call: 0, return: 1, shown: {} })).toBe('stale');
    expect(check({ ...settle(0, 0, 1, 4), shown: { released: 2n } })).toBe('answer');
    expect(check({ ...settle(0, 0, 1, 4), input: { f: 'withdraw', amount: 1n } })).toBe('refused');
  });

  it('lets an effect without an answer act after everything else', () => {
    const read: StreamOperation = { id: 1, kind: 'read', call: 5, return: 6, shown: { revision: 3 } };
    expect(check(settle(0, 0, Infinity, 4), read)).toBe('ok');
  });

  it('lets operations that touch in time be concurrent', () => {
    expect(check(settle(0, 0, 5, 5), settle(1, 5, 6, 4))).toBe('ok');
  });
});
