/**
 * What this alone proves: each clause catches the bug it was made for, by generated programs on an adapter that is whole
 * otherwise. In memory, one mutant a clause; all of them on every reference: lockstep mutants, every night.
 */
import { describe, expect, it } from 'vitest';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { BASES_IN_MEMORY } from '../../adapters/mutants/mutant.ts';
import { distUrl } from '../paths.ts';
import { expectKilled, MUTANT_CASES } from '../testing/mutants.ts';
import { certify } from '../../suites/certify.ts';

/** Their programs wait for several seconds. Another mutant of the same clause takes their place. */
const WAITING = [
  'bounded-again-waits',
  'client-leak-on-error',
  'client-leak-on-write',
  'hand-over-not-given-back',
];
const CASES = MUTANT_CASES.filter(
  ({ name, base }) => !WAITING.includes(name) && BASES_IN_MEMORY.includes(base),
);
const FAST = CLAUSES.flatMap(({ id }) => CASES.find(({ mutant }) => mutant.clauses[0] === id) ?? []);

describe('each mutant is killed by its clause', () => {
  it.each(FAST)('$name on $base', (one) => expectKilled(one, 'embedded'));
});

it('answers that are of no type are the fault of the adapter, never an error of lockstep', async () => {
  const outcome = await certify({
    target: {
      spec: 'garbage',
      url: distUrl('adapters/mutants/testing/garbage.js'),
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
