/**
 * What this alone proves: each clause catches the bug it was made for, by generated programs on an adapter that is whole
 * otherwise. In memory, one mutant a clause; all of them on every reference: lockstep mutants, every night.
 */
import { describe, expect, it } from 'vitest';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { BASES_IN_MEMORY } from '../../adapters/mutants/mutant.ts';
import { certify } from '../testing/certify.ts';
import { expectKilled, MUTANT_CASES } from '../testing/mutants.ts';

const FAST = CLAUSES.flatMap(
  ({ id }) =>
    MUTANT_CASES.find(({ mutant, base }) => mutant.clauses[0] === id && BASES_IN_MEMORY.includes(base)) ?? [],
);

describe('each mutant is killed by its clause', () => {
  it.each(FAST)('$name on $base', (one) => expectKilled(one, 'embedded'));
});

it('answers that are of no type are the fault of the adapter, never an error of lockstep', async () => {
  const outcome = await certify({
    target: {
      spec: 'garbage',
      url: new URL('../../adapters/mutants/testing/garbage.ts', import.meta.url).href,
    },
    pg: 'embedded',
    runs: 3,
    seed: 20_261_124,
    processes: 2,
    budgetMs: 60_000,
    inProcess: false,
    shrink: false,
    runId: 'garbage',
    now: () => performance.now(),
  });
  expect(outcome.clauses.filter(({ status }) => status === 'error')).toEqual([]);
  expect(outcome.clauses.filter(({ status }) => status === 'violated').length).toBeGreaterThan(20);
});
