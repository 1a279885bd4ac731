import { expect, it } from 'vitest';
import type { Actor } from '../../scenarios/host/program.ts';
import { direct } from './generate.ts';
import { everyInterleaving } from './lab.ts';

function actors(...lengths: readonly number[]): Actor[] {
  return lengths.map((length, instance) => ({
    instance,
    steps: Array.from({ length }, () => direct('streams.get', 's')),
  }));
}

it('enumerates every order of a small program, and of no other', () => {
  const orders = everyInterleaving({ actors: actors(2, 2) }, 24) ?? [];
  expect(new Set(orders.map((one) => JSON.stringify(one))).size).toBe(6);
  expect(everyInterleaving({ actors: actors(4, 4) }, 24)).toBeUndefined();
  expect(everyInterleaving({ actors: actors(2, 2), order: [] }, 24)).toBeUndefined();
});
