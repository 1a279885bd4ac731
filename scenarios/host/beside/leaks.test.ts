import { expect, it } from 'vitest';
import { leaksIn } from './leaks.ts';

/** Samples after each instance, by what was held then. */
function after(...counts: readonly Readonly<Record<string, number>>[]) {
  return counts.map((held, index) => ({ opened: index + 1, resources: new Map(Object.entries(held)) }));
}

it('takes for a leak what grows with every instance', () => {
  const samples = after(
    { Timeout: 1, TCPServerWrap: 1 },
    { Timeout: 1, TCPServerWrap: 2 },
    { Timeout: 1, TCPServerWrap: 3 },
    { Timeout: 1, TCPServerWrap: 5 },
    { Timeout: 1, TCPServerWrap: 6 },
  );
  expect(leaksIn(samples, 7)).toEqual([{ process: 7, kind: 'TCPServerWrap', instances: 4, growth: 5 }]);
});

it('takes for none what a process makes once, what comes and goes, and what few instances show', () => {
  expect(leaksIn(after({}, { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }), 1)).toEqual([]);
  expect(leaksIn(after({}, { a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }, { a: 3 }), 1)).toEqual([]);
  expect(leaksIn(after({}, { a: 1 }, { a: 2 }, { a: 3 }), 1)).toEqual([]);
});
