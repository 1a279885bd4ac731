import { expect, it } from 'vitest';
import { isOfStorage, planDrill, type Act } from './plan.ts';

const ABILITIES = {
  authority: true,
  shared: false,
  network: ['new'],
  refusing: ['new'],
  restarting: [],
  commits: [],
} as const;

function ends(act: Act): boolean {
  return act.kind === 'stage' && act.stage !== 'dual' && act.stage !== 'cut-over';
}

it('lets a side refuse writes only in steps that write to it until their end', () => {
  const seeds = Array.from({ length: 100 }, (_, index) => index + 1);
  const steps = seeds.flatMap((seed) => planDrill({ seed, strikes: true, handOvers: 1 }, ABILITIES));
  const refused = steps.filter(({ trouble }) => trouble !== undefined && isOfStorage(trouble));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ act }) => ends(act))).toEqual([]);
});
