/**
 * What this alone proves: of an adapter that has some surfaces alone each clause applies or does not, and none holds against
 * it what is absent.
 */
import { describe, expect, it } from 'vitest';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { certify, type CertifyOptions, type CertifyOutcome } from '../../suites/certify.ts';
import { distUrl } from '../paths.ts';

const PATIENCE_MS = 120_000;

function certified(surfaces: string, options: Partial<CertifyOptions> = {}): Promise<CertifyOutcome> {
  const url = new URL(distUrl('adapters/memory/testing/partTarget.js'));
  url.searchParams.set('surfaces', surfaces);
  return certify({
    target: { spec: `memory with ${surfaces}`, url: url.href },
    pg: 'embedded',
    // Examples are run however few are asked for, and what a clause calls in vain it calls in each of them.
    runs: 1,
    seed: 20_261_129,
    processes: 1,
    budgetMs: 60_000,
    inProcess: true,
    shrink: false,
    runId: `s${surfaces.replaceAll(',', '').slice(0, 20)}`,
    now: () => performance.now(),
    ...options,
  });
}

const SUBSETS = [
  'locks',
  'streams',
  'users',
  'activity',
  'idempotency',
  'exports',
  'streams,users,activity,idempotency,exports',
];

function wrongOf(clauses: CertifyOutcome['clauses']): unknown[] {
  return clauses
    .filter(({ status }) => ['violated', 'error', 'inconclusive'].includes(status))
    .map(({ clause, status, reason }) => [clause, status, reason]);
}

describe('the memory adapter with a part of its surfaces', () => {
  it.each(SUBSETS)('reaches its level: %s', { timeout: PATIENCE_MS }, async (surfaces) => {
    const { subject, clauses, level } = await certified(surfaces);
    expect(subject.surfaces.toSorted()).toEqual(surfaces.split(',').toSorted());
    expect(wrongOf(clauses)).toEqual([]);
    expect(level).toBe('process');
  });

  // What locks are alone has been seen.
  const besideLocks = CLAUSES.filter((clause) => clause.surfaces.join() !== 'locks').map(({ id }) => id);

  it.each(['locks,activity', 'locks,idempotency,exports'])(
    'is accused of nothing that locks have to do with it: %s',
    { timeout: PATIENCE_MS },
    async (surfaces) => {
      const { clauses } = await certified(surfaces, { only: besideLocks });
      expect(wrongOf(clauses)).toEqual([]);
    },
  );

  it('is not struck by faults without streams to settle', async () => {
    const { clauses } = await certified('locks', { level: 'fault-tolerant', only: ['ERR-02', 'LIFE-02'] });
    const struck = clauses.filter(({ clause }) => ['ERR-02', 'LIFE-02'].includes(clause));
    for (const { status, reason } of struck) {
      expect(status).toBe('not-run');
      expect(reason).toContain('a load settles streams under their locks');
    }
  });
});
