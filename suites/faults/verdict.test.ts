import { describe, expect, it } from 'vitest';
import { findClause, type Clause } from '../../adapters/contract/index.ts';
import type { Judgement, RuleName, RuleResult } from '../result.ts';
import { FAULT_CLAUSES, faultClauseOf, type FaultClause } from './clauses.ts';
import { TRIALS, trialOf, type TrialName } from './trials.ts';
import { decideByTrials, type Decided, type TrialResult } from './verdict.ts';

const POWER = {
  crossProcessAttempts: 0,
  contendedStreams: 0,
  duplicateAttempts: 0,
  scansBesideWrites: 0,
  claimRaces: 0,
  lateFinishes: 0,
};

function judgement(verdicts: Partial<Record<RuleName, RuleResult['verdict']>>): Judgement {
  const rules = Object.entries(verdicts).map(([rule, verdict]): RuleResult => {
    const findings = verdict === 'violated' ? [{ summary: `${rule} broke`, services: [1], lanes: [] }] : [];
    return {
      rule: rule as RuleName,
      verdict,
      detail: 'why',
      checked: 1,
      violations: findings.length,
      findings,
    };
  });
  const tally = { acknowledged: 1, lost: 0, doubled: 0 };
  return { verdict: 'ok', reason: '', rules, power: POWER, minimums: POWER, tally };
}

function result(
  name: TrialName,
  verdicts: Parameters<typeof judgement>[0],
  missed: readonly string[] = [],
): TrialResult {
  const trial = trialOf(name);
  return { trial, judgement: judgement(verdicts), struck: trial.strikes - missed.length, missed };
}

function decide(id: string, ...results: readonly TrialResult[]): Decided {
  return decideByTrials(findClause(id) as Clause, faultClauseOf(id) as FaultClause, results);
}

const HELD = { effects: 'ok', audit: 'ok', replay: 'ok' } as const;

describe('clauses that loads under faults decide', () => {
  it('are those that need a fault, and name loads that there are', () => {
    const subject = { surfaces: [], capabilities: { durable: 'storage-crash' } } as never;
    for (const { clause, trials } of FAULT_CLAUSES) {
      expect(findClause(clause)?.fault, clause).toBe(true);
      for (const name of trials(subject)) expect(TRIALS.map((trial) => trial.name)).toContain(name);
    }
  });

  it('hold when every load shows it', () => {
    const decided = decide('TX-04', result('killed-holders', HELD), result('crashed-storage', HELD));
    expect(decided).toEqual({ status: 'ok', runs: 8, exercised: 8 });
  });

  it('are violated by one load, with its finding', () => {
    const broken = result('crashed-storage', { ...HELD, effects: 'violated' });
    const decided = decide('TX-04', result('killed-holders', HELD), broken);
    expect(decided.status).toBe('violated');
    expect(decided.counterexample?.summary).toBe('effects broke');
    expect(decided.counterexample?.actual).toBe(
      'the rule effects was broken once under 4 times restart-storage',
    );
  });

  it('are not violated by what another clause is about', () => {
    const other = result('killed-holders', { ...HELD, liveness: 'violated' });
    expect(decide('IDEM-12', other).status).toBe('ok');
  });

  it('are not decided by faults that did not strike, nor by rules that say nothing', () => {
    const missed = result('killed-holders', HELD, ['no request got to the point']);
    expect(decide('IDEM-12', missed)).toMatchObject({
      status: 'inconclusive',
      reason: 'killed-holders: 3 of 4 faults struck (no request got to the point)',
    });
    expect(decide('IDEM-12', result('killed-holders', { ...HELD, effects: 'inconclusive' })).status).toBe(
      'inconclusive',
    );
  });

  it('are skipped where the machine cannot have the fault, and not run where the target offers none', () => {
    const skipped = result('crashed-storage', HELD, ['restart-storage cannot be had here: no server']);
    expect(decide('TX-04', result('killed-holders', HELD), skipped).status).toBe('skipped');
    const trial = trialOf('ended-sessions');
    const absent: TrialResult = { trial, status: 'not-run', reason: 'the target offers no fault' };
    expect(decide('IDEM-13', absent)).toMatchObject({ status: 'not-run', runs: 0 });
  });
});
