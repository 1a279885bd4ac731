/**
 * What this alone proves: a storage that refuses is named as the reason of each clause, and never held against the adapter,
 * whose tables, locks and retries all fail by it.
 */
import { expect, it } from 'vitest';
import { useServer } from '../../adapters/postgres/testing/server.ts';
import { certify, type CertifyOutcome } from '../../suites/certify.ts';
import { distUrl } from '../paths.ts';

const ONLY = ['LOCK-01', 'STREAM-02', 'IDEM-01'];
const POSTGRES = distUrl('adapters/postgres/target.js');

const server = useServer();

function certified(target: string, pg: string): Promise<CertifyOutcome> {
  return certify({
    target: { spec: 'the target', url: target },
    pg,
    only: ONLY,
    runs: 5,
    seed: 20_261_129,
    processes: 2,
    budgetMs: 60_000,
    inProcess: false,
    shrink: false,
    runId: 'bad',
    now: () => performance.now(),
  });
}

/** A database that `user` owns. */
async function database(name: string, user: string): Promise<string> {
  await server.sql(`CREATE DATABASE ${name} OWNER ${user}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  url.username = user;
  url.password = user;
  return url.href;
}

function expectUnchecked({ level, clauses }: CertifyOutcome, reason: string): void {
  expect(level).toBeNull();
  const decided = clauses.filter(({ clause }) => ONLY.includes(clause));
  expect(decided).toHaveLength(ONLY.length);
  for (const { clause, status, reason: given } of decided) {
    // A clause may have been decided before the storage failed.
    if (status === 'ok') continue;
    expect(given, `${clause} ${status}`).toContain(reason);
    expect(['error', 'inconclusive'], clause).toContain(status);
  }
}

it('is said to have too few connections', async () => {
  await server.sql("CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 6");
  const outcome = await certified(POSTGRES, await database('few', 'few'));
  expectUnchecked(outcome, 'too many connections for role "few"');
});

it('is said to be read-only, before anything is checked', async () => {
  await server.sql("CREATE ROLE reader LOGIN PASSWORD 'reader'");
  const url = await database('closed', 'reader');
  await server.sql('ALTER DATABASE closed SET default_transaction_read_only = on');
  await expect(certified(POSTGRES, url)).rejects.toThrow('default_transaction_read_only = on');
});

it('is said to allow no further instance', async () => {
  const target = distUrl('adapters/memory/testing/openOnceTarget.js');
  const outcome = await certified(target, 'embedded');
  expectUnchecked(outcome, 'the licence allows one connection');
  expect(outcome.clauses.some(({ status }) => status === 'error')).toBe(true);
});
