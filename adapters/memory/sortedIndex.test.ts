import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePositions, SortedIndex, type Position } from './sortedIndex.ts';

const positions = fc.record({
  time: fc.constantFrom('', '2026-01-31T08:15:00.000000', '2026-01-31T08:15:00.000001'),
  id: fc.oneof(fc.nat(400).map(String), fc.constantFrom('é', '\uffee', '\u{1f600}', 'A', 'a')),
});

function distinct(list: readonly Position[]): Position[] {
  const seen = new Map(list.map((position) => [JSON.stringify(position), position]));
  return [...seen.values()];
}

test('an index reads like a sorted array, forwards and backwards, from anywhere, after removals', () => {
  fc.assert(
    fc.property(
      fc.array(positions, { maxLength: 600, size: 'max' }),
      fc.array(fc.nat(600), { maxLength: 100 }),
      positions,
      (given, removals, after) => {
        let model = distinct(given);
        const index = new SortedIndex();
        for (const position of model) index.insert(position);
        const removed = new Set(removals.map((at) => model[at]).filter((position) => position !== undefined));
        for (const position of removed) index.remove({ ...position });
        index.remove({ time: 'never', id: 'there' });
        model = model.filter((position) => !removed.has(position)).sort(comparePositions);

        expect([...index.rising()]).toEqual(model);
        expect([...index.falling()]).toEqual([...model].reverse());
        expect([...index.rising(after)]).toEqual(model.filter((one) => comparePositions(one, after) > 0));
        expect([...index.falling(after)]).toEqual(
          model.filter((one) => comparePositions(one, after) < 0).reverse(),
        );
        expect(index.isEmpty).toBe(model.length === 0);
      },
    ),
    { numRuns: 60 },
  );
});

test('twenty thousand positions inserted in falling order come back in rising order', () => {
  const index = new SortedIndex();
  const ids = Array.from({ length: 20_000 }, (_, number) => String(number).padStart(6, '0'));
  for (const id of [...ids].reverse()) index.insert({ time: '', id });
  expect(Array.from(index.rising(), ({ id }) => id)).toEqual(ids);
  for (const id of ids) index.remove({ time: '', id });
  expect(index.isEmpty).toBe(true);
  expect([...index.rising()]).toEqual([]);
  expect([...index.falling()]).toEqual([]);
});
