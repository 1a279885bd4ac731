/**
 * What this alone proves: adapters that are correct in another way than the reference are accused by no clause about what
 * they do otherwise. All of them, by every clause: lockstep mutants, every night.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EQUIVALENTS } from '../../adapters/mutants/index.ts';
import type { Equivalent, MutantBase } from '../../adapters/mutants/mutant.ts';
import { startEmbedded, type EmbeddedServer } from '../../adapters/provision/local/embedded.ts';
import { DECIDED_BY_PROGRAMS } from '../../suites/executable.ts';
import { needsOwnServer } from './ownServer.ts';
import { examine } from '../testing/mutants.ts';

/** Ids or groups. Loads under faults have tests of their own, which take minutes. */
function byPrograms(only: readonly string[]): string[] {
  return DECIDED_BY_PROGRAMS.filter((id) => only.some((one) => id === one || id.startsWith(`${one}-`)));
}

const CORRECT: readonly { readonly name: string; readonly base: MutantBase; readonly only: string[] }[] = [
  { name: 'reentrant-lock', base: 'memory', only: ['LOCK-02', 'LOCK-03', 'LOCK-04', 'LOCK-20', 'TX-05'] },
  { name: 'short-pages', base: 'memory', only: ['ACT-03', 'ACT-05', 'AUD', 'CUR', 'EXP-05'] },
  {
    name: 'synchronous-stores',
    base: 'memory',
    only: ['STREAM-03', 'STREAM-07', 'ACT-02', 'IDEM', 'EXP', 'AUD'],
  },
  { name: 'reference', base: 'postgres-lease', only: ['LOCK-13', 'LOCK-16', 'LOCK-18', 'TX-05'] },
  {
    name: 'uuids-alone',
    base: 'memory',
    only: [
      'STREAM-01',
      'STREAM-08',
      'STREAM-10',
      'ACT-02',
      'AUD-01',
      'CUR-03',
      'CUR-04',
      'EXP-05',
      'IDEM-11',
      'LIFE-05',
      'LOCK-05',
      'LOCK-11',
    ],
  },
];

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded();
});
afterAll(async () => {
  await server.stop();
});

describe('no equivalent is accused', () => {
  it.each(CORRECT)('$name on $base', async ({ name, base, only }) => {
    const variant = EQUIVALENTS.find((one) => one.name === name) as Equivalent;
    const pg = needsOwnServer({ ...variant, clauses: [] }) ? 'embedded' : server.url;
    const outcome = await examine(name, base, {
      // Examples are all run; the nightly runs draw more.
      runs: 1,
      only: byPrograms(only),
      pg,
    });
    expect(outcome.clauses.filter(({ status }) => status === 'violated' || status === 'error')).toEqual([]);
  });
});
