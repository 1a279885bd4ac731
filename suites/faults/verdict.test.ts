import { expect, it } from 'vitest';
import { findClause, type Clause } from '../../adapters/contract/index.ts';
import type { Judgement, RuleName, RuleResult } from '../result.ts';
import { FAULT_CLAUSES } from './clauses.ts';
import { TRIALS, trialOf } from './trials.ts';
import { decideByTrials, type TrialResult } from './verdict.ts';

const clause = findClause('TX-03') as Clause;
const definition = { clause: 'TX-03', rules: ['effects', 'revision-chain'], trials: () => [] } as const;
const trial = trialOf('cut-commits');

function result(rule: RuleName, verdict: RuleResult['verdict']): RuleResult {
  const findings = verdict === 'violated' ? [{ summary: `${rule} is broken.`, services: [], lanes: [] }] : [];
  return { rule, verdict, checked: 1, violations: findings.length, findings, detail: `${rule}: ${verdict}` };
}

function struck(rules: readonly RuleResult[], count: number = trial.strikes): TrialResult {
  return { trial, judgement: { rules } as unknown as Judgement, struck: count, missed: [] };
}

it('the rule that says best what the clause is about gives the counterexample, in whatever order they were judged', () => {
  const judged = struck([result('revision-chain', 'violated'), result('effects', 'violated')]);
  const { status, counterexample } = decideByTrials(clause, definition, [judged]);
  expect(status).toBe('violated');
  expect(counterexample?.summary).toBe('effects is broken.');
});

it('a rule that is not about the clause decides nothing', () => {
  const judged = struck([
    result('linearizability', 'violated'),
    result('effects', 'ok'),
    result('revision-chain', 'ok'),
  ]);
  expect(decideByTrials(clause, definition, [judged]).status).toBe('ok');
});

it('a fault that did not strike leaves it open, and a violation stands all the same', () => {
  const ok = [result('effects', 'ok'), result('revision-chain', 'ok')];
  expect(decideByTrials(clause, definition, [struck(ok, trial.strikes - 1)]).status).toBe('inconclusive');
  const broken = [result('effects', 'violated'), result('revision-chain', 'ok')];
  expect(decideByTrials(clause, definition, [struck(ok), struck(broken, 1)]).status).toBe('violated');
});

it('every load decides a clause, and only clauses that need a fault are decided so', () => {
  const subject = { capabilities: { durable: 'storage-crash' } } as unknown as Parameters<
    (typeof FAULT_CLAUSES)[number]['trials']
  >[0];
  const used = FAULT_CLAUSES.flatMap((one) => one.trials(subject));
  expect(TRIALS.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
  expect(FAULT_CLAUSES.filter((one) => findClause(one.clause)?.fault !== true)).toEqual([]);
});
