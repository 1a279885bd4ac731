import { expect, it } from 'vitest';
import { markOf, newRun, readMark } from './runMark.ts';

it.each([
  ['build-7.example.org', 'build-7-example-org'],
  ['A_b', 'a-b'],
  ['x'.repeat(80), 'x'.repeat(30)],
  ["it's", 'it-s'],
  ['', '-'],
])('a mark tells when and where its run began: %s', (host, shown) => {
  const run = newRun(new Date('2026-11-29T13:45:01.987Z'), host);
  expect(run).toMatch(/^[a-z0-9-]{1,64}$/);
  expect(readMark(markOf(run))).toEqual({ run, host: shown, began: '2026-11-29 13:45:01' });
});

it.each([
  '',
  'lockstep',
  markOf('7'),
  markOf('3f2b1c66-6d7e-4e0e-9a53-0c5f6f2f7d11'),
  `my ${markOf(newRun())}`,
])('no other comment is a mark: %s', (comment) => {
  expect(readMark(comment)).toBeUndefined();
});
