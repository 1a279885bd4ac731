/** What this alone proves: clauses that loads under faults decide catch what only a fault shows, by the right clause and with a picture. */
import { describe, expect, it } from 'vitest';
import { FAULT_MUTANTS } from '../adapters/mutants/faults/index.ts';
import type { Mutant } from '../adapters/mutants/mutant.ts';
import { examine } from './testing/mutants.ts';

/** Each takes a minute and a server of its own. */
const UNDER_FAULTS = ['commit-loss-success', 'no-error-handler'];
const UNDER_FAULTS_MS = 300_000;

describe(`of ${FAULT_MUTANTS.length} mutants that only faults show, ${UNDER_FAULTS.length} are killed by their clause (the others: every night)`, () => {
  const options = { timeout: UNDER_FAULTS_MS };
  it.each(UNDER_FAULTS)('%s on postgres', options, async (name) => {
    const { clauses } = FAULT_MUTANTS.find((mutant) => mutant.name === name) as Mutant;
    const outcome = await examine(name, 'postgres', { only: clauses, runs: 100, pg: 'embedded' });
    const killers = outcome.clauses.filter(({ status }) => status === 'violated');
    expect(killers.map(({ clause }) => clause)).toEqual(clauses);
    expect(killers.map(({ counterexample }) => counterexample?.lanes.length)).not.toContain(0);
  });
});
