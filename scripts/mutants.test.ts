/** The proof of the suites: each seeded bug is caught by a clause made for it, on every reference that can have it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS } from '../adapters/mutants/index.ts';
import { startEmbedded, type EmbeddedServer } from '../adapters/postgres/server/embedded.ts';
import { certify } from '../suites/certify.ts';
import { distUrl } from './paths.ts';

const CASES = MUTANTS.flatMap((mutant) => mutant.bases.map((base) => ({ mutant, base, name: mutant.name })));

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded();
});
afterAll(async () => {
  await server.stop();
});

describe('each mutant is killed by its clause', () => {
  it.each(CASES)('$name on $base', async ({ mutant, base }) => {
    const outcome = await certify({
      target: {
        spec: mutant.name,
        url: `${distUrl('adapters/mutants/target.js')}?mutant=${mutant.name}&base=${base}`,
      },
      pg: server.url,
      only: mutant.clauses,
      // Clauses count from their level on; a mutant may need one of the highest.
      level: 'fault-tolerant',
      runs: 100,
      seed: 20_261_124,
      processes: 2,
      budgetMs: 60_000,
      inProcess: false,
      runId: `m${base[0]}${MUTANTS.indexOf(mutant)}`,
      now: () => performance.now(),
    });
    const killers = outcome.clauses.filter(({ status }) => status === 'violated');
    expect(killers.map(({ clause }) => clause)).not.toEqual([]);
    // The right reason: the adapter was caught for what it did, not for leaving its process or never answering.
    for (const { counterexample } of killers) {
      expect(counterexample?.summary).not.toMatch(/^Process \d+ was lost/);
      expect(counterexample?.path).not.toBe('');
    }
  });
});

it('answers that are of no type are the fault of the adapter, never an error of lockstep', async () => {
  const outcome = await certify({
    target: {
      spec: 'garbage',
      url: new URL('../adapters/mutants/testing/garbage.ts', import.meta.url).href,
    },
    pg: server.url,
    runs: 25,
    seed: 20_261_124,
    processes: 2,
    budgetMs: 60_000,
    inProcess: false,
    runId: 'garbage',
    now: () => performance.now(),
  });
  expect(outcome.clauses.filter(({ status }) => status === 'error')).toEqual([]);
  expect(outcome.clauses.filter(({ status }) => status === 'violated').length).toBeGreaterThan(20);
});
