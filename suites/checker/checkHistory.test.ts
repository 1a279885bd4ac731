import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { streamBalance } from '../models/streamBalance.ts';
import { streamLifecycle } from '../models/streamLifecycle.ts';
import { checkHistory, checkInSlices } from './checkHistory.ts';
import { kvModel } from './models/kv.ts';
import { registerModel, type RegisterInput } from './models/register.ts';
import type { StreamRequest } from './models/streamAttempts.ts';
import { balanceModel, lifecycleModel } from './models/streamModels.ts';
import type { Operation, SequentialModel } from './operation.ts';
import type { CheckResult, KeyResult } from './result.ts';
import { Search } from './search/search.ts';
import { isLegalOrder, isLinearizable, withoutDecision } from './testing/brute.ts';
import { INITIAL_STREAM, kvHistories, registerHistories, streamHistories } from './testing/generated.ts';

/** All of them each night. */
const RUNS = process.env['LOCKSTEP_NIGHTLY'] === undefined ? 250 : 1000;
const LIMITS = { timeoutMs: 60_000, explainMs: 60_000, memoryBytes: 2 ** 28, clock: () => 0 };

function check<Input, State>(
  model: SequentialModel<Input, State>,
  initial: State,
  operations: readonly Operation<Input>[],
): KeyResult<Input, State> {
  const { keys } = checkHistory({ model, ignored: 0, keys: [{ key: 'k', initial, operations }] }, LIMITS);
  return keys[0] as KeyResult<Input, State>;
}

/** The same verdict as by brute force, and what goes with the verdict must be true. */
function compare<Input, State>(
  model: SequentialModel<Input, State>,
  initial: State,
  histories: fc.Arbitrary<Operation<Input>[]>,
): void {
  let legal = 0;
  fc.assert(
    fc.property(histories, (operations) => {
      const result = check(model, initial, operations);
      if (isLinearizable(model, initial, operations)) {
        legal += 1;
        expect(result.verdict).toBe('ok');
        expect(isLegalOrder(model, initial, operations, result.order?.() ?? [])).toBe(true);
        return;
      }
      expect(result.verdict).toBe('illegal');
      if (result.unwritten === undefined) expectTrueExplanation(model, initial, result);
      else expectWrongAlone(model, initial, operations, result.unwritten.operation);
    }),
    { numRuns: RUNS },
  );
  // Both answers must occur often, or the comparison says little.
  expect(legal).toBeGreaterThan(RUNS / 10);
  expect(legal).toBeLessThan((RUNS * 9) / 10);
}

/** Whatever else happened, and whenever: one answer is enough. */
function expectWrongAlone<Input, State>(
  model: SequentialModel<Input, State>,
  initial: State,
  operations: readonly Operation<Input>[],
  wrong: number,
): void {
  const rest = operations.filter(
    ({ id }) => id !== wrong && !model.isObservation(operations[id] as Operation<Input>),
  );
  const free = rest.map((operation) => ({ ...operation, return: Infinity, optional: true }));
  expect(isLinearizable(model, initial, [operations[wrong] as Operation<Input>, ...free])).toBe(false);
}

function expectTrueExplanation<Input, State>(
  model: SequentialModel<Input, State>,
  initial: State,
  { explanation, reached, operations }: KeyResult<Input, State>,
): void {
  const core = explanation?.core;
  expect(core?.minimal).toBe(true);
  const small = core?.operations ?? [];
  expect(isLinearizable(model, initial, small)).toBe(false);
  // No observation can be left out of the core, and no write is.
  for (const one of small.filter((operation) => model.isObservation(operation)))
    expect(
      isLinearizable(
        model,
        initial,
        small.filter((other) => other !== one),
      ),
    ).toBe(true);
  for (const [id, origin] of (core?.origins ?? []).entries()) {
    const [weak, strong] = [small[id], operations[origin]] as [Operation, Operation];
    expect(weak.call).toBeLessThanOrEqual(strong.call);
    expect(weak.return).toBeGreaterThanOrEqual(strong.return);
  }
  // What was reached is an order, and what is stuck cannot follow it or is in an order that is no longer.
  const taken = operations.filter(({ id }) => reached?.order.includes(id));
  const places = new Map(taken.map(({ id }, place) => [id, place]));
  const renumbered = taken.map((operation, id) => ({ ...operation, id }));
  const order = reached?.order.map((id) => places.get(id) as number) ?? [];
  expect(isLegalOrder(model, initial, renumbered, order)).toBe(true);
  expect(reached?.stuck.length).toBeGreaterThan(0);
}

describe('the search', () => {
  it('agrees with brute force on register histories', () => compare(registerModel, null, registerHistories));
  it('agrees with brute force on kv histories', () => compare(kvModel, '', kvHistories));
  it('agrees with brute force on balance histories', () =>
    compare(
      balanceModel,
      INITIAL_STREAM,
      streamHistories(streamBalance, { optional: true, hidesRevision: true, maxLength: 7 }),
    ));
  it('agrees with brute force on lifecycle histories', () =>
    compare(
      lifecycleModel,
      INITIAL_STREAM,
      streamHistories(streamLifecycle, { optional: true, hidesRevision: true, maxLength: 7 }),
    ));
});

describe('version order and the search', () => {
  it.each([
    { name: 'stream-balance', model: balanceModel, stream: streamBalance },
    { name: 'stream-lifecycle', model: lifecycleModel, stream: streamLifecycle },
  ])('agree on $name histories', ({ model, stream }) => {
    const searching = withoutDecision(model);
    let decided = 0;
    let legal = 0;
    fc.assert(
      fc.property(
        streamHistories(stream, { optional: false, hidesRevision: false, maxLength: 14 }),
        (operations) => {
          const byVersion = check(model, INITIAL_STREAM, operations);
          const bySearch = check(searching, INITIAL_STREAM, operations);
          expect(byVersion.verdict).toBe(bySearch.verdict);
          decided += byVersion.by === 'version order' && bySearch.by === 'search' ? 1 : 0;
          if (byVersion.verdict === 'illegal') {
            expect(byVersion.versions?.problem).not.toBe('');
            return;
          }
          legal += 1;
          const order = byVersion.order?.() ?? [];
          expect(isLegalOrder(model, INITIAL_STREAM, operations, order)).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
    expect(decided).toBe(RUNS);
    expect(legal).toBeGreaterThan(RUNS / 20);
    expect(legal).toBeLessThan((RUNS * 19) / 20);
  });

  const LARGE = { ...INITIAL_STREAM, total: 1000n };
  const settle = (id: number, revision: number, released: bigint): Operation<StreamRequest> => ({
    id,
    client: id,
    call: id * 10,
    return: id * 10 + 5,
    optional: false,
    input: { kind: 'effect', input: { f: 'settle', amount: 1n }, shown: { revision, released } },
  });

  it('says whether only the revisions contradict', () => {
    const swapped = check(balanceModel, INITIAL_STREAM, [settle(0, 5, 1n), settle(1, 4, 2n)]);
    expect(swapped).toMatchObject({ verdict: 'illegal', versions: { withoutRevisions: 'ok' } });
    const double = check(balanceModel, INITIAL_STREAM, [settle(0, 4, 1n), settle(1, 4, 1n)]);
    expect(double).toMatchObject({ verdict: 'illegal', versions: { withoutRevisions: 'illegal' } });
  });

  it('says so of a key that is too large for a core in the time that there is', () => {
    const many = Array.from({ length: 300 }, (_, id) => settle(id, 4 + id, BigInt(id + 1)));
    // Each look at the clock is a millisecond: a core takes more of them than there are.
    let now = 0;
    const { keys } = checkHistory(
      {
        model: balanceModel,
        ignored: 0,
        keys: [{ key: 'k', initial: LARGE, operations: [...many, settle(300, 4, 301n)] }],
      },
      { ...LIMITS, explainMs: 60, clock: () => (now += 1) },
    );
    expect(keys[0]).toMatchObject({ verdict: 'illegal', versions: { withoutRevisions: 'ok' } });
    expect(keys[0]?.explanation?.core.minimal).toBe(false);
  });
});

describe('times, unknown outcomes and budgets', () => {
  const operation = (id: number, call: number, end: number, input: RegisterInput, optional = false) => ({
    id,
    client: id,
    call,
    return: end,
    input,
    optional,
  });
  const write = (id: number, call: number, end: number, value: number) =>
    operation(id, call, end, { f: 'write', value }, end === Infinity);
  const read = (id: number, call: number, end: number, value: number | null) =>
    operation(id, call, end, { f: 'read', value });
  const verdict = (...operations: Operation<RegisterInput>[]) =>
    check(registerModel, null, operations).verdict;

  it('names a read of what nobody wrote, or not yet, and looks for no more', () => {
    const writes = Array.from({ length: 200 }, (_, id) => write(id, 2 * id, 2 * id + 300, id));
    const named = (wrong: Operation<RegisterInput>) => check(registerModel, null, [...writes, wrong]);
    expect(named(read(200, 50, 60, 999))).toMatchObject({
      verdict: 'illegal',
      steps: 0,
      unwritten: {
        operation: 200,
        why: 'it read 999, which no operation wrote, those that failed not counted',
      },
    });
    expect(named(read(200, 50, 60, 31))).toMatchObject({
      unwritten: { operation: 200, why: 'it read 31, before anybody had called to write it' },
    });
    expect(named(read(200, 50, 60, 30)).verdict).toBe('ok');
    const cas = { f: 'cas', from: 999, to: 1, ok: true } as const;
    expect(named(operation(200, 50, 60, cas)).unwritten?.why).toContain('it compared equal to 999, which');
  });

  it('names where a value of a store has what nobody put or appended', () => {
    const all = ['abcabcabcabc', 'x', 'y'].map((value, id) => ({
      ...write(id, 0, 1, 0),
      input: { f: id === 0 ? ('put' as const) : ('append' as const), value },
    }));
    const get = (value: string) =>
      check(kvModel, '', [...all, { ...read(3, 2, 3, null), input: { f: 'get' as const, value } }]);
    expect(get('abcabcabcabcyx').verdict).toBe('ok');
    expect(get('abcabcabcabczz').unwritten?.why).toBe(
      'it read "zz" from character 13 on, which no operation wrote, those that failed not counted',
    );
    expect(get('q').unwritten?.why).toContain('it read "q", which no operation wrote');
    expect(get('abcabcabcabcxx')).toMatchObject({ verdict: 'illegal', by: 'search' });
  });

  it('takes operations that touch in time for concurrent', () => {
    expect(verdict(write(0, 0, 5, 1), read(1, 5, 6, null))).toBe('ok');
    expect(verdict(write(0, 0, 5, 1), read(1, 6, 7, null))).toBe('illegal');
    expect(verdict(write(0, 5, 5, 1), read(1, 5, 5, null), read(2, 5, 5, 1))).toBe('ok');
  });

  it('lets what is unknown take effect late, or never, or not twice', () => {
    expect(verdict(write(0, 0, Infinity, 1), read(1, 50, 51, null), read(2, 90, 91, 1))).toBe('ok');
    expect(verdict(write(0, 0, Infinity, 1), read(1, 50, 51, null))).toBe('ok');
    expect(verdict(write(0, 60, Infinity, 1), read(1, 50, 51, 1))).toBe('illegal');
    expect(verdict(write(0, 0, Infinity, 1), read(1, 1, 2, 1), read(2, 3, 4, null))).toBe('illegal');
  });

  it('is unknown when nothing was answered, for then nothing can be wrong', () => {
    const history = { model: registerModel, ignored: 0 };
    const none = checkHistory({ ...history, keys: [] }, LIMITS);
    expect(none).toMatchObject({ verdict: 'unknown', reason: 'unanswered' });
    const key = { key: 'k', initial: null, operations: [write(0, 0, Infinity, 1)] };
    expect(checkHistory({ ...history, keys: [key] }, LIMITS)).toMatchObject({ verdict: 'unknown' });
    const answered = { ...key, operations: [write(0, 0, Infinity, 1), write(1, 0, 1, 2)] };
    expect(checkHistory({ ...history, keys: [answered] }, LIMITS)).toMatchObject({ verdict: 'ok' });
  });

  /** Many writes at once and a read that no order explains: nobody can tell before all orders were tried. */
  const hard = [
    ...Array.from({ length: 40 }, (_, id) => write(id, 0, 100, id)),
    read(40, 101, 102, 7),
    read(41, 103, 104, 8),
  ];
  const easy = [write(0, 0, 1, 1), write(1, 2, 3, 2), read(2, 4, 5, 1)];
  const plain = [write(0, 0, 1, 1), read(1, 2, 3, 2)];
  const many = (...lists: Operation<RegisterInput>[][]) => ({
    model: registerModel,
    ignored: 0,
    keys: lists.map((operations, index) => ({ key: `k${index}`, initial: null, operations })),
  });
  const verdicts = (result: CheckResult<RegisterInput>) =>
    result.keys.map((key) => key.reason ?? key.verdict);

  it('is unknown after a time budget', () => {
    let now = 0;
    const result = checkHistory(many(hard), { ...LIMITS, timeoutMs: 20, clock: () => (now += 1) });
    expect(result.verdict).toBe('unknown');
    expect(verdicts(result)).toEqual(['time']);
  });

  it('is unknown after a memory budget, which it keeps, and decides what fits', () => {
    const result = checkHistory(many(hard, [write(0, 0, 1, 1)]), { ...LIMITS, memoryBytes: 2 ** 20 });
    expect(result.verdict).toBe('unknown');
    expect(verdicts(result)).toEqual(['memory', 'ok']);
    expect(verdicts(checkHistory(many(easy), { ...LIMITS, memoryBytes: 100 }))).toEqual(['memory']);
  });

  /** Illegal only in the end, and hard to make smaller: each try has to go through the orders of many writes. */
  const large = [...hard.slice(0, 12), read(12, 101, 102, 7), read(13, 103, 104, 8)].map((each, id) => ({
    ...each,
    id,
  }));

  it('can be stopped within each try to make what is illegal smaller', () => {
    const runs = vi.spyOn(Search.prototype, 'run');
    const checking = checkInSlices(many(large), LIMITS);
    let slices = 0;
    let most = 0;
    while (checking.next(false).done !== true) {
      slices += 1;
      most = Math.max(most, ...runs.mock.calls.map(([maxSteps]) => maxSteps));
      expect(runs.mock.calls.length).toBeLessThanOrEqual(1);
      runs.mockClear();
    }
    runs.mockRestore();
    // What one slice of the verdict's search may take at most.
    expect(most).toBeLessThanOrEqual(32_768);
    expect(slices).toBeGreaterThan(30);

    const stopped = checkInSlices(many(large), LIMITS);
    let seen = stopped.next(false);
    for (let slice = 0; slice < slices / 2; slice += 1) seen = stopped.next(false);
    while (seen.done !== true) seen = stopped.next(true);
    expect(seen.value.verdict).toBe('illegal');
    expect(seen.value.keys[0]?.explanation?.core.minimal).toBe(false);
  });

  it('searches in turns: an illegal key is found behind one that takes too long', () => {
    const result = checkHistory(many(hard, easy), LIMITS);
    expect(result.verdict).toBe('illegal');
    expect(verdicts(result)).toEqual(['elsewhere', 'illegal']);
    expect(verdicts(checkHistory(many(hard, plain), LIMITS))).toEqual(['elsewhere', 'illegal']);
  });
});
