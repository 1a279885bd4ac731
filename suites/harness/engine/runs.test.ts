import { expect, it } from 'vitest';
import { runsFor } from './runs.ts';

it('runs as many as were asked for, and half as many generated cases at least', () => {
  expect(runsFor(100, 0, false)).toBe(100);
  expect(runsFor(100, 30, false)).toBe(100);
  expect(runsFor(100, 80, false)).toBe(130);
  expect(runsFor(1, 7, false)).toBe(8);
});

it('generates half as many where examples make every situation', () => {
  expect(runsFor(100, 10, true)).toBe(60);
  expect(runsFor(5, 10, true)).toBe(13);
});
