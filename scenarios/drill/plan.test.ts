import { expect, it } from 'vitest';
import { isOfStorage, planDrill, type Action } from './plan.ts';

const ABILITIES = {
  authority: true,
  shared: true,
  network: ['old', 'new'],
  refusing: ['old', 'new'],
  restarting: ['old', 'new'],
  commits: ['old', 'new'],
} as const;

const STEPS = Array.from({ length: 100 }, (_, index) => index + 1).flatMap((seed) =>
  planDrill({ seed, strikes: true, handOvers: 1 }, ABILITIES),
);

function ends(action: Action): boolean {
  return action.kind === 'stage' && action.stage !== 'dual' && action.stage !== 'cut-over';
}

it('lets a side refuse writes only in steps that write to it until their end', () => {
  const refused = STEPS.filter(({ trouble }) => trouble !== undefined && isOfStorage(trouble));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ action }) => ends(action))).toEqual([]);
});

it('strikes a section on the side that decides while the other one is in trouble', () => {
  const both = STEPS.filter(({ trouble, strike }) => strike !== undefined && trouble === 'refused');
  const back = both.filter(({ name }) => name === 'hand back');
  expect(back.length).toBeGreaterThan(0);
  for (const step of both) expect(step.strike?.side).toBe(step.name === 'hand back' ? 'new' : 'old');
});

it('asks for every hand over first while copies are owed, unless the side that is to decide can refuse none', () => {
  const asked = (refusing: ('old' | 'new')[]): string[] =>
    planDrill({ seed: 1, strikes: true, handOvers: 1 }, { ...ABILITIES, refusing }).flatMap(
      ({ name, isAskedOwing }) => (isAskedOwing === true ? [name] : []),
    );
  expect(asked(['old', 'new'])).toEqual(['hand over', 'hand back', 'hand over again']);
  expect(asked(['new'])).toEqual(['hand over', 'hand over again']);
});
