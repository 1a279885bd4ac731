/** What this alone proves: clauses that loads under faults decide catch what only a fault shows, by the right clause and with a picture. */
import { expect, it } from 'vitest';
import { MUTANTS } from '../../adapters/mutants/index.ts';
import type { Mutant } from '../../adapters/mutants/mutant.ts';
import { examine } from '../testing/mutants.ts';

/** It takes a server of its own, and seconds under load. The others: every night. */
const NAME = 'commit-loss-success';
const UNDER_FAULTS_MS = 300_000;

it('a mutant that only faults show is killed by its clause', { timeout: UNDER_FAULTS_MS }, async () => {
  const { clauses } = MUTANTS.find(({ name }) => name === NAME) as Mutant;
  const outcome = await examine(NAME, 'postgres', { only: clauses, runs: 100, pg: 'embedded' });
  const killers = outcome.clauses.filter(({ status }) => status === 'violated');
  expect(killers.map(({ clause }) => clause)).toEqual(clauses);
  expect(killers.map(({ counterexample }) => counterexample?.lanes.length)).not.toContain(0);
});
