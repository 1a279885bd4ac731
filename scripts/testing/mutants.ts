/** How the tests examine mutants and equivalents: few clauses, one seed, and an own server where one needs it. */
import { expect } from 'vitest';
import { MUTANTS } from '../../adapters/mutants/index.ts';
import { BASES_IN_MEMORY, type Mutant, type MutantBase } from '../../adapters/mutants/mutant.ts';
import { certify, type CertifyOptions, type CertifyOutcome } from '../../suites/certify.ts';
import { needsOwnServer } from '../mutants/ownServer.ts';
import { variantTarget } from '../targets/targets.ts';

export interface MutantCase {
  readonly mutant: Mutant;
  readonly base: MutantBase;
  readonly name: string;
}

/** Every mutant on every reference that can have it. */
export const MUTANT_CASES: readonly MutantCase[] = MUTANTS.flatMap((mutant) =>
  mutant.bases.map((base) => ({ mutant, base, name: mutant.name })),
);

export type ExamineOptions = Pick<CertifyOptions, 'runs' | 'only' | 'pg'>;

export function examine(name: string, base: MutantBase, options: ExamineOptions): Promise<CertifyOutcome> {
  return certify({
    target: variantTarget(name, base),
    // Clauses count from their level on; a mutant may need one of the highest.
    level: 'fault-tolerant',
    seed: 20_261_124,
    processes: 2,
    budgetMs: 60_000,
    inProcess: BASES_IN_MEMORY.includes(base),
    shrink: false,
    runId: `${base[0]}${name.replaceAll('-', '').slice(0, 20)}`,
    now: () => performance.now(),
    ...options,
  });
}

/** `pg` is the server of those that do not need one of their own. */
export async function expectKilled({ mutant, base }: MutantCase, pg: string): Promise<void> {
  const where = needsOwnServer(mutant) ? 'embedded' : pg;
  const outcome = await examine(mutant.name, base, {
    only: mutant.clauses,
    runs: 100,
    pg: where,
  });
  const killers = outcome.clauses.filter(({ status }) => status === 'violated');
  expect(killers.map(({ clause }) => clause)).not.toEqual([]);
  // The right reason: the adapter was caught for what it did, not for leaving its process or never answering.
  for (const { counterexample } of killers) {
    expect(counterexample?.summary).not.toMatch(/^Process \d+ was lost/);
    expect(counterexample?.path).not.toBe('');
  }
}
