/** What this alone proves: adapters that are correct in another way than the reference are accused by no clause. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EQUIVALENTS } from '../adapters/mutants/index.ts';
import type { Equivalent, MutantBase } from '../adapters/mutants/mutant.ts';
import { startEmbedded, type EmbeddedServer } from '../adapters/postgres/server/embedded.ts';
import { DECIDED_BY_PROGRAMS } from '../suites/executable.ts';
import { needsOwnServer } from './mutation.ts';
import { examine } from './testing/mutants.ts';

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

describe('no equivalent is accused', () => {
  it.each(CORRECT)('$name on $base', async ({ name, base, only = DECIDED_BY_PROGRAMS }) => {
    const variant = EQUIVALENTS.find((one) => one.name === name) as Equivalent;
    const pg = needsOwnServer({ ...variant, clauses: [] }) ? 'embedded' : server.url;
    const outcome = await examine(name, base, { runs: 10, only, pg });
    expect(outcome.clauses.filter(({ status }) => status === 'violated' || status === 'error')).toEqual([]);
  });
});
