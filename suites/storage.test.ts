/** A storage that fails is no fault of the adapter: nothing is held against it, and the run says what failed. */
import { describe, expect, it } from 'vitest';
import { certify, type CertifyListener, type CertifyOutcome } from './certify.ts';

function certified(module: string, pg: string, clause?: CertifyListener['clause']): Promise<CertifyOutcome> {
  const options = {
    target: {
      spec: module,
      url: new URL(`../dist/adapters/mutants/testing/${module}.js`, import.meta.url).href,
    },
    pg,
    only: ['STREAM-01', 'STREAM-10', 'IDEM-06'],
    runs: 50,
    seed: 1,
    processes: 2,
    budgetMs: 60_000,
    inProcess: false,
    runId: `x${process.pid.toString(36)}`,
    now: () => performance.now(),
  };
  return certify(options, clause === undefined ? {} : { clause });
}

describe.each(['dyingStorage', 'dyingUnasked'])('a storage that fails, %s', (module) => {
  it('in the middle of a run leaves every clause undecided, with the reason', async () => {
    const progress: string[] = [];
    const { clauses, verdict } = await certified(module, 'there', (_, checked, all) => {
      progress.push(`${checked} of ${all}`);
    });
    expect(verdict).toBe('inconclusive');
    const asked = clauses.filter(({ status }) => status !== 'skipped' && status !== 'not-applicable');
    expect(asked.map(({ clause, status }) => `${clause} ${status}`)).toEqual([
      'STREAM-01 error',
      'STREAM-10 error',
      'IDEM-06 error',
    ]);
    // Clauses that are left out do not count as progress.
    expect([...new Set(progress)]).toEqual(['0 of 3', '1 of 3', '2 of 3', '3 of 3']);
    for (const { reason } of asked) expect(reason).toMatch(/could not be checked.*the storage is gone/);
  });

  it('from the start ends the run before it begins', async () => {
    await expect(certified(module, 'gone')).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('the storage is gone'),
    });
  });
});
