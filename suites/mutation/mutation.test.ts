import { describe, expect, it } from 'vitest';
import { fateOf, killerOf } from './mutation.ts';
import type { ClauseResult, ClauseStatus } from '../result.ts';

const NOTHING = { runs: 1, exercised: 1, orders: 0, processes: 1, instances: 1, durationMs: 1, seed: 1 };
const result = (clause: string, status: ClauseStatus): ClauseResult => ({ clause, status, ...NOTHING });

describe('a mutant', () => {
  const mutant = { kind: 'mutant' as const, clauses: ['LOCK-01', 'LOCK-02'] };

  it('is killed by a clause made for it, and by no other', () => {
    expect(fateOf(mutant, [result('LOCK-01', 'ok'), result('LOCK-02', 'violated')])).toBe('killed');
    expect(fateOf(mutant, [result('LOCK-01', 'ok'), result('TX-01', 'violated')])).toBe('survived');
  });

  it('is undecided when a clause made for it is not ok', () => {
    for (const status of ['inconclusive', 'error', 'not-run', 'not-applicable'] as const)
      expect(fateOf(mutant, [result('LOCK-01', 'ok'), result('LOCK-02', status)])).toBe('undecided');
    expect(fateOf(mutant, [])).toBe('undecided');
  });

  it('names its killer', () => {
    const clauses = [result('TX-01', 'violated'), result('LOCK-02', 'violated')];
    expect(killerOf(mutant, { seed: 1, fate: 'killed', clauses, durationMs: 1 })?.clause).toBe('LOCK-02');
  });
});

it('an equivalent is accused by any clause', () => {
  const equivalent = { kind: 'equivalent' as const, clauses: [] };
  expect(fateOf(equivalent, [result('LOCK-01', 'ok')])).toBe('passed');
  expect(fateOf(equivalent, [result('LOCK-01', 'ok'), result('TX-01', 'violated')])).toBe('accused');
  expect(fateOf(equivalent, [result('LOCK-01', 'ok'), result('TX-01', 'inconclusive')])).toBe('undecided');
});
