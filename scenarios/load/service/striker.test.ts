import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Striker, type StrikerEvent } from './striker.ts';

function struckWith(options: { readonly after: number; readonly alone: boolean }): {
  readonly striker: Striker;
  readonly told: StrikerEvent[];
  readonly went: string[];
  readonly pass: (name: string, point: 'read' | 'executed') => void;
} {
  const told: StrikerEvent[] = [];
  const went: string[] = [];
  const striker = new Striker((event) => told.push(event));
  striker.arm({ number: 1, point: 'executed', ...options });
  const pass = (name: string, point: 'read' | 'executed'): void =>
    void Promise.resolve(striker.at(point, name)).then(() => went.push(name));
  return { striker, told, went, pass };
}

it('holds the request that the plan counts to, until it is resumed, and lets the others pass', async () => {
  const { striker, told, went, pass } = struckWith({ after: 1, alone: false });
  pass('a', 'read');
  pass('b', 'executed');
  pass('c', 'executed');
  pass('d', 'executed');
  await nextTurn();
  expect(told).toEqual([{ reached: 1, stream: 'c' }]);
  expect(went).toEqual(['a', 'b', 'd']);
  striker.resume();
  await nextTurn();
  expect(went).toEqual(['a', 'b', 'd', 'c']);
});

it('holds the others with it where nothing else is to commit, until it is disarmed', async () => {
  const { striker, told, went, pass } = struckWith({ after: 0, alone: true });
  pass('a', 'read');
  await nextTurn();
  pass('b', 'executed');
  await nextTurn();
  pass('c', 'read');
  pass('d', 'executed');
  await nextTurn();
  expect(told).toEqual([{ reached: 1, stream: 'b' }]);
  expect(went).toEqual(['a']);
  striker.resume();
  await nextTurn();
  expect(went).toEqual(['a', 'b']);
  striker.disarm();
  await nextTurn();
  expect(went).toEqual(['a', 'b', 'c', 'd']);
});

it('tells once when a section of the stream begins that is watched', async () => {
  const told: StrikerEvent[] = [];
  const striker = new Striker((event) => told.push(event));
  striker.watch('a');
  await striker.at('entered', 'b');
  await striker.at('read', 'a');
  expect(told).toEqual([]);
  await striker.at('entered', 'a');
  await striker.at('entered', 'a');
  expect(told).toEqual([{ entered: 'a' }]);
});
