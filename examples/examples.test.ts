/**
 * What this alone proves: what examples/README.md says of the packages, and the tutorial of its steps, is what lockstep says
 * of them. Few runs: these bugs show at once.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ClauseStatus } from '../suites/result.ts';
import { certify, type CertifyOutcome } from '../suites/certify.ts';

function certified(module: string, only: string[]): Promise<CertifyOutcome> {
  return certify({
    target: { spec: module, url: new URL(module, import.meta.url).href },
    pg: 'embedded',
    only,
    runs: 20,
    seed: 1,
    processes: 2,
    budgetMs: 60_000,
    inProcess: true,
    shrink: false,
    runId: `x${process.pid.toString(36)}`,
    now: () => performance.now(),
  });
}

/** The verdicts of the clauses that apply, by clause. */
function verdictsOf({ clauses }: CertifyOutcome): Record<string, ClauseStatus> {
  const applied = clauses.filter(({ runs }) => runs > 0);
  return Object.fromEntries(applied.map(({ clause, status }) => [clause, status]));
}

async function verdicts(module: string, only: string[]): Promise<Record<string, ClauseStatus>> {
  return verdictsOf(await certified(module, only));
}

describe('the examples', () => {
  it('async-mutex is a lock that cannot be nested or given up', async () => {
    expect(await verdicts('async-mutex/target.ts', ['LOCK'])).toEqual({
      'LOCK-01': 'ok',
      'LOCK-02': 'ok',
      'LOCK-03': 'violated',
      'LOCK-04': 'ok',
      'LOCK-05': 'ok',
      'LOCK-09': 'ok',
      'LOCK-11': 'ok',
      'LOCK-13': 'violated',
      'LOCK-19': 'ok',
      'LOCK-20': 'violated',
    });
  });

  it('node-idempotency stores once, and calls what has expired both there and absent', async () => {
    expect(await verdicts('node-idempotency/target.ts', ['IDEM', 'CUR-02', 'ERR'])).toEqual({
      'IDEM-01': 'ok',
      'IDEM-02': 'violated',
      'IDEM-04': 'ok',
      'IDEM-06': 'ok',
      'IDEM-07': 'ok',
      'IDEM-08': 'ok',
      'IDEM-10': 'violated',
      'IDEM-11': 'ok',
      'IDEM-14': 'ok',
      'CUR-02': 'violated',
      'ERR-01': 'ok',
      'ERR-03': 'ok',
    });
  });

  describe('the tutorial', () => {
    const only = ['STREAM-02', 'STREAM-06', 'CUR-03', 'CUR-07'];
    const page = readFileSync(new URL('../docs/tutorial.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');

    function expectShown({ clauses }: CertifyOutcome, shown: readonly string[]): void {
      for (const { clause, counterexample: found } of clauses) {
        if (!shown.includes(clause)) continue;
        const text = `${found?.summary} expected: ${found?.expected} actual: ${found?.actual}`;
        expect(page.includes(text), text).toBe(true);
      }
    }

    it('fails at first as it says', async () => {
      const outcome = await certified('sqlite/step1.ts', only);
      expect(verdictsOf(outcome)).toEqual({
        'STREAM-02': 'violated',
        'STREAM-06': 'violated',
        'CUR-03': 'violated',
        'CUR-07': 'violated',
      });
      expectShown(outcome, ['STREAM-02', 'STREAM-06']);
    });

    it('refuses in its second step', async () => {
      const outcome = await certified('sqlite/step2.ts', only);
      expect(verdictsOf(outcome)).toEqual({
        'STREAM-02': 'ok',
        'STREAM-06': 'ok',
        'CUR-03': 'violated',
        'CUR-07': 'violated',
      });
      expectShown(outcome, ['CUR-03']);
    });

    it('holds in the end', async () => {
      const { clauses } = await certified('sqlite/target.ts', ['STREAM', 'CUR', 'ERR', 'LIFE']);
      const counts = (['ok', 'not-applicable', 'not-run'] as const).map((status) => ({
        status,
        count: clauses.filter((one) => one.status === status).length,
      }));
      expect(page).toContain(counts.map(({ status, count }) => `${count} ${status}`).join(' · '));
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(clauses.length);
    });
  });
});
