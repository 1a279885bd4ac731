import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../scenarios/random.ts';
import { streamBalance } from '../../models/streamBalance.ts';
import { streamLifecycle } from '../../models/streamLifecycle.ts';
import type { StreamInput, StreamModel, StreamState } from '../../models/stream.ts';
import { checkHistory } from '../checkHistory.ts';
import { balanceModel, lifecycleModel } from '../models/streamModels.ts';
import type { StreamRequest } from '../models/streamAttempts.ts';
import type { Operation, SequentialModel } from '../operation.ts';
import { isLegalOrder, isLinearizable, withoutDecision } from '../testing/brute.ts';

const RUNS = 500;
const LIMITS = { timeoutMs: 60_000, explainMs: 0, memoryBytes: 2 ** 28, clock: () => 0 };
const INITIAL: StreamState = { status: 'active', revision: 3, total: 9n, released: 0n, withdrawn: 0n };

type Asked = StreamInput | { readonly f: 'get' };

interface Draft {
  readonly asked: Asked;
  readonly call: number;
  readonly length: number;
  /** Whether its outcome is unknown, and then whether it took effect. */
  readonly fate: 'answered' | 'lost' | 'never';
  /** How far from the truth an answer is. */
  readonly slip: number;
  readonly hides: number;
}

function drafts(model: StreamModel): fc.Arbitrary<readonly Draft[]> {
  const amount = fc.constantFrom(1n, 1n, 2n, 3n);
  const asked: fc.Arbitrary<Asked> =
    model.name === 'stream-balance'
      ? fc.record({ f: fc.constantFrom('settle', 'settle', 'settle', 'withdraw', 'pause', 'get'), amount })
      : fc.record({
          f: fc.constantFrom('start', 'pause', 'start', 'pause', 'stop', 'settle', 'withdraw', 'get'),
        });
  const draft = fc.record({
    asked,
    call: fc.integer({ min: 0, max: 4 }),
    length: fc.integer({ min: 0, max: 5 }),
    fate: fc.constantFrom('answered', 'answered', 'answered', 'lost', 'lost', 'never'),
    slip: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, -1),
    hides: fc.constantFrom(0, 0, 0, 0, 1, 2, 6, 14),
  });
  return fc.array(draft, { minLength: 3, maxLength: 8 });
}

/** Acts one by one. Effects that are answered show their revision; the rest of an answer may hide, or be a little off. */
function historyOf(model: StreamModel, list: readonly Draft[]): Operation<StreamRequest>[] {
  let state = INITIAL;
  return list.map(({ asked, call, length, fate, slip, hides }, id) => {
    const times = { id, client: id, call: id * 2 + call, return: id * 2 + call + length, optional: false };
    if (asked.f === 'get') return { ...times, input: { kind: 'read', shown: shownOf(state, hides, slip) } };
    const step = model.step(state, asked);
    if (fate !== 'answered') {
      if (fate === 'lost' && step.kind === 'effect') state = step.state;
      return {
        ...times,
        return: Infinity,
        optional: true,
        input: { kind: 'effect', input: asked, shown: {} },
      };
    }
    if (step.kind !== 'effect')
      return { ...times, input: { kind: step.kind, input: asked, shown: shownOf(state, hides, slip) } };
    state = step.state;
    return { ...times, input: { kind: 'effect', input: asked, shown: shownOf(state, hides & ~1, slip) } };
  });
}

function shownOf(state: StreamState, hides: number, slip: number): StreamRequest['shown'] {
  const { revision, status, released, withdrawn } = state;
  return {
    ...(hides & 1 ? {} : { revision: revision + slip }),
    ...(hides & 2 ? {} : { status }),
    ...(hides & 4 ? {} : { released }),
    ...(hides & 8 ? {} : { withdrawn }),
  };
}

type Model = SequentialModel<StreamRequest, StreamState>;

function check(model: Model, initial: StreamState, operations: readonly Operation<StreamRequest>[]) {
  return checkHistory({ model, ignored: 0, keys: [{ key: 'k', initial, operations }] }, LIMITS).keys[0];
}

describe('revisions that nobody claims', () => {
  it.each([
    { stream: streamBalance, model: balanceModel },
    { stream: streamLifecycle, model: lifecycleModel },
  ])('are given out as brute force would, of $stream.name', ({ stream, model }) => {
    let legal = 0;
    let filled = 0;
    fc.assert(
      fc.property(drafts(stream), (list) => {
        const operations = historyOf(stream, list);
        const isLegal = isLinearizable(model, INITIAL, operations);
        const result = check(model, INITIAL, operations);
        expect(result).toMatchObject({ verdict: isLegal ? 'ok' : 'illegal', by: 'version order' });
        expect(check(withoutDecision(model), INITIAL, operations)?.verdict).toBe(result?.verdict);
        if (!isLegal) return;
        const order = result?.order?.() ?? [];
        expect(isLegalOrder(model, INITIAL, operations, order)).toBe(true);
        legal += 1;
        filled += order.some((id) => operations[id]?.optional) ? 1 : 0;
      }),
      { numRuns: RUNS },
    );
    expect(legal).toBeLessThan((RUNS * 9) / 10);
    expect(filled).toBeGreaterThan(RUNS / 10);
  });

  it('are given out in an order that explains what saw no revision', () => {
    const lost = (id: number, amount: bigint): Operation<StreamRequest> => ({
      id,
      client: id,
      call: id,
      return: Infinity,
      optional: true,
      input: { kind: 'effect', input: { f: 'settle', amount }, shown: {} },
    });
    const answered = (id: number, input: StreamRequest): Operation<StreamRequest> => ({
      id,
      client: id,
      call: 2 * id,
      return: 2 * id,
      optional: false,
      input,
    });
    const operations: Operation<StreamRequest>[] = [
      lost(0, 3n),
      answered(1, { kind: 'read', shown: { released: 3n } }),
      lost(2, 1n),
      lost(3, 1n),
      answered(4, {
        kind: 'effect',
        input: { f: 'settle', amount: 1n },
        shown: { revision: 7, released: 6n },
      }),
    ];
    const result = check(balanceModel, INITIAL, operations);
    expect(result).toMatchObject({ verdict: 'ok', by: 'version order' });
    expect(result?.order?.()).toEqual([0, 1, 2, 3, 4]);
  });

  /** Settles of one stream, one after the other with some at once; every seventh is lost, and most of those acted. */
  function settles(count: number, lost: number, amounts: number): Operation<StreamRequest>[] {
    const random = createRandom(7);
    const unknown = new Set<number>();
    while (unknown.size < lost) unknown.add(random.integer(count));
    let state: StreamState = { ...INITIAL, total: 10n ** 9n };
    return Array.from({ length: count }, (_, id) => {
      const input = { f: 'settle', amount: BigInt(1 + random.integer(amounts)) } as const;
      const times = { id, client: id % 8, call: id * 10, return: id * 10 + 45 };
      const step = streamBalance.step(state, input);
      if (step.kind !== 'effect') throw new Error('Expected every settle to be covered.');
      const isLost = unknown.has(id);
      if (!isLost || random.integer(10) > 0) state = step.state;
      const { revision, status, released, withdrawn } = state;
      return isLost
        ? { ...times, return: Infinity, optional: true, input: { kind: 'effect', input, shown: {} } }
        : {
            ...times,
            optional: false,
            input: { kind: 'effect', input, shown: { revision, status, released, withdrawn } },
          };
    });
  }

  it.each([
    { amounts: 1, lost: 86 },
    { amounts: 5, lost: 86 },
    { amounts: 1000, lost: 86 },
    { amounts: 5, lost: 300 },
  ])('are given out to $lost of 600 settles of up to $amounts', ({ amounts, lost }) => {
    const operations = settles(600, lost, amounts);
    const initial = { ...INITIAL, total: 10n ** 9n };
    const result = check(balanceModel, initial, operations);
    expect(result).toMatchObject({ verdict: 'ok', by: 'version order' });
    expect(isLegalOrder(balanceModel, initial, operations, result?.order?.() ?? [])).toBe(true);
    const wrong = operations.findLastIndex(({ optional }) => !optional);
    const answered = operations[wrong] as Operation<StreamRequest>;
    const shown = { ...answered.input.shown, released: 1n };
    const changed = operations.with(wrong, { ...answered, input: { ...answered.input, shown } });
    expect(check(balanceModel, initial, changed)).toMatchObject({ verdict: 'illegal', by: 'version order' });
  });
});
