/** What the page draws: rows, points and windows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from '../../../suites/checker/checkHistory.ts';
import { registerModel, type RegisterInput } from '../../../suites/checker/models/register.ts';
import type { Operation } from '../../../suites/checker/operation.ts';
import type { CheckResult } from '../../../suites/checker/result.ts';
import { keyTimeline } from './data.ts';
import { pageData } from './pageData.ts';
import { pointsOf } from './points.ts';
import { rowsOf } from './rows.ts';
import { windowOf } from './window.ts';

/** Intervals around moments that follow each other: an order that agrees with real time. */
const orders = fc
  .array(
    fc.record({
      step: fc.integer({ min: 0, max: 3 }),
      before: fc.integer({ min: 0, max: 9 }),
      after: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Infinity)),
      earlier: fc.constantFrom(0, 5, Infinity),
      later: fc.constantFrom(0, 5, Infinity),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) => {
    let now = 0;
    return list.map(({ step, before, after, earlier, later }) => {
      now += step;
      const recorded = { call: now - before, return: now + after };
      return { recorded, widened: { call: recorded.call - earlier, return: recorded.return + later } };
    });
  });

/** What does not fit, if anything. */
function misplaced(
  points: readonly number[],
  spans: readonly { readonly call: number; readonly return: number }[],
): unknown[] {
  return points.filter((point, at) => {
    const { call, return: end } = spans[at] as { call: number; return: number };
    return !(point >= call && point <= end && point >= (points[at - 1] ?? -Infinity));
  });
}

describe('points', () => {
  it('never go back, and lie between call and return', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const recorded = order.map((each) => each.recorded);
        const points = pointsOf(recorded, 100);
        expect(points).toHaveLength(order.length);
        expect(misplaced(points, recorded)).toEqual([]);
      }),
    );
  });

  it('lie within widened times too, finite', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const widened = order.map((each) => each.widened);
        const points = pointsOf(
          widened,
          100,
          order.map((each) => each.recorded),
        );
        expect(misplaced(points, widened)).toEqual([]);
        expect(points.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('stay in the recorded times where those allow it', () => {
    const widened = { call: -Infinity, return: Infinity };
    expect(
      pointsOf([widened, widened], 9, [
        { call: 4, return: 6 },
        { call: 5, return: 7 },
      ]),
    ).toEqual([4.5, 6]);
  });
});

const write = (
  id: number,
  client: number,
  call: number,
  end: number,
  value = id,
): Operation<RegisterInput> => ({
  id,
  client,
  call,
  return: end,
  optional: end === Infinity,
  input: { f: 'write', value },
});

it('rows: one for each client, and more where its operations overlap', () => {
  const list = [
    write(0, 7, 0, 5),
    write(1, 2, 1, Infinity),
    write(2, 7, 3, 9),
    write(3, 7, 5, 6),
    write(4, 2, 8, 9),
  ];
  expect(rowsOf(list)).toEqual({
    lanes: [
      { client: 2, rows: 2 },
      { client: 7, rows: 2 },
    ],
    row: [2, 0, 3, 2, 1],
  });
});

function check(operations: readonly Operation<RegisterInput>[]): CheckResult {
  const history = { model: registerModel, ignored: 0, keys: [{ key: 'r', initial: null, operations }] };
  return checkHistory(history, {
    timeoutMs: 60_000,
    explainMs: 60_000,
    memoryBytes: 2 ** 30,
    clock: () => performance.now(),
  });
}

/** Writes one after the other, and at `at` a read of what was there before all of them, or of `value`. */
const wrongAt = (count: number, at: number, value: number | null = null): Operation<RegisterInput>[] =>
  Array.from({ length: count }, (_, id) =>
    id === at
      ? { ...write(id, 0, id * 2, id * 2 + 1), input: { f: 'read', value } }
      : write(id, id % 3, id * 2, id * 2 + 1),
  );

describe('a key with too many operations', () => {
  it('shows what is around the fault', () => {
    const [key] = check(wrongAt(90, 60)).keys;
    if (key === undefined) throw new Error('expected a key');
    const kept = windowOf(key, 40);
    expect(kept).toHaveLength(40);
    expect(kept).toContain(60);
    const drawn = keyTimeline(registerModel, key, 40);
    expect(drawn.call).toHaveLength(40);
    expect(drawn.operations).toBe(90);
    expect(drawn.words.at(-1)).toContain('draws 40 of the 90 operations: those around what is wrong');
    const stuck = drawn.whole?.stuck.map(([id]) => drawn.labels[drawn.label[id] as number]);
    expect(stuck).toEqual(['read → null']);
    // The places are those in the whole order.
    expect(drawn.whole?.places.at(-1)).toBe(60);
  });

  it('shows what is around a read of what nobody wrote, and says that of it', () => {
    const [key] = check(wrongAt(90, 60, -1)).keys;
    if (key === undefined) throw new Error('expected a key');
    expect(windowOf(key, 40)).toContain(60);
    const { named, core, words, labels, label } = keyTimeline(registerModel, key, 40);
    expect(core).toBeUndefined();
    expect(named.map(([id, why]) => [labels[label[id] as number], why])).toEqual([
      ['read → -1', expect.stringContaining('it read -1, which no operation wrote')],
    ]);
    expect(words[1]).toMatch(/^read → -1 \(client 0, called at 120\) is wrong in any order: it read -1,/);
  });

  it('shows the first when nothing is wrong, and says so', () => {
    const [key] = check(wrongAt(50, -1)).keys;
    if (key === undefined) throw new Error('expected a key');
    expect(windowOf(key, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(keyTimeline(registerModel, key, 10).words.at(-1)).toContain('the first');
  });
});

it('keys: the illegal ones first, and no order for one that is not decided', () => {
  const ok = check(wrongAt(5, -1)).keys;
  const bad = check(wrongAt(5, 3)).keys;
  const unknown = ok.map((key) => ({ ...key, verdict: 'unknown' as const, reason: 'time' as const }));
  const result = { ...check(wrongAt(5, 3)), keys: [...ok, ...unknown, ...bad] };
  const [page] = pageData([{ name: 'a', result }]);
  expect(page?.keys.map((key) => key.verdict)).toEqual(['illegal', 'unknown', 'ok']);
  expect(page?.keys.map((key) => 'whole' in key)).toEqual([true, false, true]);
  expect(page?.keys[0]).toMatchObject({ core: { core: [0, 1, 2, 3] } });
});

it('a full page names the keys that it does not draw', () => {
  const operations = wrongAt(15_000, -1);
  const result = check(operations.slice(0, 10));
  const keys = Array.from({ length: 8 }, () => ({ ...result.keys[0], operations, order: () => [] }));
  const [page] = pageData([{ name: 'a', result: { ...result, keys } as CheckResult }]);
  expect(page?.keys.filter((key) => 'call' in key)).toHaveLength(6);
  expect(page?.keys[7]?.words.join(' ')).toContain('Not drawn');
});
