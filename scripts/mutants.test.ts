/** The proof of the suites: each seeded bug is caught by a clause made for it, on every reference that can have it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAUSES } from '../adapters/contract/index.ts';
import { FAULT_MUTANTS } from '../adapters/mutants/faults/index.ts';
import { EQUIVALENTS, MUTANTS } from '../adapters/mutants/index.ts';
import {
  BASES_IN_MEMORY,
  type Equivalent,
  type Mutant,
  type MutantBase,
} from '../adapters/mutants/mutant.ts';
import { startEmbedded, type EmbeddedServer } from '../adapters/postgres/server/embedded.ts';
import { findPgBouncer, PGBOUNCER_MISSING } from '../adapters/postgres/server/pooler.ts';
import { certify, type CertifyOptions, type CertifyOutcome } from '../suites/certify.ts';
import { DECIDED_BY_PROGRAMS } from '../suites/executable.ts';
import { needsOwnServer } from './mutation.ts';
import { variantTarget } from './targets.ts';

interface Case {
  readonly mutant: Mutant;
  readonly base: MutantBase;
  readonly name: string;
}

const ALL: readonly Case[] = MUTANTS.flatMap((mutant) =>
  mutant.bases.map((base) => ({ mutant, base, name: mutant.name })),
);
/** One for each clause that one without a database was made for. All of them: lockstep mutants, every night. */
const FAST = CLAUSES.flatMap(
  ({ id }) =>
    ALL.find(({ mutant, base }) => mutant.clauses[0] === id && BASES_IN_MEMORY.includes(base)) ?? [],
);
/** What several processes on a database show, and no memory can. */
const ON_POSTGRES = ['module-mutex', 'no-lock', 'unlock-before-commit', 'pool-query-in-callback'];
/** What leases alone can have. */
const ON_LEASES = ['lease-row-deleted'];
/** What an environment shows, and the service itself hides. */
const IN_ENVIRONMENTS = ['lock-on-replica', 'replica-read'];
const BEHIND_PGBOUNCER = 'session-lock-pooled';
if ((await findPgBouncer()) === undefined)
  console.warn(`SKIPPED: the mutant ${BEHIND_PGBOUNCER}. ${PGBOUNCER_MISSING}`);
else IN_ENVIRONMENTS.push(BEHIND_PGBOUNCER);
/** What only a fault shows. Each takes a minute and a server of its own. */
const UNDER_FAULTS = ['commit-loss-success', 'no-error-handler'];
const UNDER_FAULTS_MS = 300_000;
const CASES = [
  ...FAST,
  ...ALL.filter((one) => one.base === 'postgres' && [...ON_POSTGRES, ...IN_ENVIRONMENTS].includes(one.name)),
  ...ALL.filter((one) => one.base === 'postgres-lease' && ON_LEASES.includes(one.name)),
];
const CORRECT: readonly { readonly name: string; readonly base: MutantBase; readonly only?: string[] }[] = [
  { name: 'reentrant-lock', base: 'memory' },
  { name: 'short-pages', base: 'memory' },
  { name: 'synchronous-stores', base: 'memory' },
  { name: 'two-key-lock', base: 'postgres' },
  { name: 'reference', base: 'postgres-lease' },
  { name: 'reference', base: 'migration' },
  // It differs in nothing else.
  { name: 'xmin-horizon', base: 'postgres', only: ['ACT', 'CUR', 'LIFE-03'] },
];

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded();
});
afterAll(async () => {
  await server.stop();
});

function run(
  name: string,
  base: MutantBase,
  options: Pick<CertifyOptions, 'runs' | 'only'> & Partial<Pick<CertifyOptions, 'pg'>>,
): Promise<CertifyOutcome> {
  return certify({
    target: variantTarget(name, base),
    pg: server.url,
    // Clauses count from their level on; a mutant may need one of the highest.
    level: 'fault-tolerant',
    seed: 20_261_124,
    processes: 2,
    budgetMs: 60_000,
    inProcess: false,
    shrink: false,
    runId: `${base[0]}${name.replaceAll('-', '').slice(0, 20)}`,
    now: () => performance.now(),
    ...options,
  });
}

describe('each mutant is killed by its clause', () => {
  it.each(CASES)('$name on $base', async ({ mutant, base }) => {
    const own = needsOwnServer(mutant) ? { pg: 'embedded' } : {};
    const outcome = await run(mutant.name, base, { only: mutant.clauses, runs: 100, ...own });
    const killers = outcome.clauses.filter(({ status }) => status === 'violated');
    expect(killers.map(({ clause }) => clause)).not.toEqual([]);
    // The right reason: the adapter was caught for what it did, not for leaving its process or never answering.
    for (const { counterexample } of killers) {
      expect(counterexample?.summary).not.toMatch(/^Process \d+ was lost/);
      expect(counterexample?.path).not.toBe('');
    }
  });
});

describe(`of ${FAULT_MUTANTS.length} mutants that only faults show, ${UNDER_FAULTS.length} are killed by their clause (the others: every night)`, () => {
  const options = { timeout: UNDER_FAULTS_MS };
  it.each(UNDER_FAULTS)('%s on postgres', options, async (name) => {
    const { clauses } = FAULT_MUTANTS.find((mutant) => mutant.name === name) as Mutant;
    const outcome = await run(name, 'postgres', { only: clauses, runs: 100, pg: 'embedded' });
    const killers = outcome.clauses.filter(({ status }) => status === 'violated');
    expect(killers.map(({ clause }) => clause)).toEqual(clauses);
    expect(killers.map(({ counterexample }) => counterexample?.lanes.length)).not.toContain(0);
  });
});

describe('no equivalent is accused', () => {
  it.each(CORRECT)('$name on $base', async ({ name, base, only = DECIDED_BY_PROGRAMS }) => {
    const variant = EQUIVALENTS.find((one) => one.name === name) as Equivalent;
    const own = needsOwnServer({ ...variant, clauses: [] }) ? { pg: 'embedded' } : {};
    const outcome = await run(name, base, { runs: 10, only, ...own });
    expect(outcome.clauses.filter(({ status }) => status === 'violated' || status === 'error')).toEqual([]);
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
    shrink: false,
    runId: 'garbage',
    now: () => performance.now(),
  });
  expect(outcome.clauses.filter(({ status }) => status === 'error')).toEqual([]);
  expect(outcome.clauses.filter(({ status }) => status === 'violated').length).toBeGreaterThan(20);
});
