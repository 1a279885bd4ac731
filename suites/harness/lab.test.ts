import { expect, it } from 'vitest';
import type { Actor } from '../../scenarios/host/program.ts';
import { direct } from './generate.ts';
import { everyInterleaving, Lab } from './lab.ts';

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

it('names ids of the trial by their name, and everything else as it is', () => {
  const refuse = (): never => {
    throw new Error('Expected no host to be asked for.');
  };
  const lab = new Lab({
    lease: refuse,
    connections: new Map(),
    destroy: refuse,
    prefix: 'x',
    processes: 1,
    ownNamespace: false,
    apart: false,
    mixed: false,
    blockMs: 1,
  });
  const scope = lab.scope();
  const named = [scope.id('s1'), 'other', '', null, undefined, 0, {}].map((id) => scope.name(id));
  expect(named).toEqual(['s1', 'other', '""', 'null', 'undefined', '0', '{}']);
});
