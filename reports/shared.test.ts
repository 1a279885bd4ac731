import { describe, expect, it } from 'vitest';
import { IN_BETWEEN } from '../suites/harness/failing/cause.ts';
import type { ClauseResult, Counterexample } from '../suites/result.ts';
import { sharedText, sharedViolations } from './shared.ts';

function violated(clause: string, found: Partial<Counterexample>): ClauseResult {
  const counterexample = { summary: '', expected: '', actual: '', path: '', run: 1, shrinks: 0, lanes: [] };
  return {
    clause,
    status: 'violated',
    runs: 1,
    exercised: 1,
    orders: 0,
    processes: 1,
    instances: 1,
    durationMs: 1,
    seed: 1,
    counterexample: { ...counterexample, ...found },
  };
}

describe('violations', () => {
  it('are one where the same call failed with the same error, or the contrasts have shown one cause', () => {
    const shared = sharedViolations([
      violated('LOCK-01', { cause: 'the lock' }),
      violated('STREAM-01', { symptom: 'streams.get fails', cause: 'the lock' }),
      violated('STREAM-03', { cause: 'the lock' }),
      violated('X-01', { symptom: 'streams.get fails' }),
      violated('CUR-01', { symptom: 'another' }),
    ]);
    expect(shared).toEqual([
      { what: 'the lock', clauses: ['LOCK-01', 'STREAM-03'] },
      { what: 'streams.get fails', clauses: ['STREAM-01', 'X-01'] },
    ]);
    expect(shared.map(sharedText)[0]).toBe('LOCK-01 and STREAM-03 have one thing in common: the lock');
  });

  it('are not one only because both take steps of others in between', () => {
    expect(
      sharedViolations([
        violated('LOCK-01', { cause: IN_BETWEEN }),
        violated('IDEM-01', { cause: IN_BETWEEN }),
      ]),
    ).toEqual([]);
  });
});
