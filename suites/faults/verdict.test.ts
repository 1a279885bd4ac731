import { expect, it } from 'vitest';
import { findClause, type Capabilities, type Clause } from '../../adapters/contract/index.ts';
import type { Subject } from '../harness/engine/property.ts';
import type { Judgement, RuleName, RuleResult } from '../result.ts';
import { NO_MINIMUMS } from '../judge/testing/synthetic.ts';
import { FAULT_CLAUSES } from './clauses.ts';
import { TRIALS, trialOf } from './trials.ts';
import { decideByTrials, type Decided, type TrialResult } from './verdict.ts';

const clause = findClause('TX-03') as Clause;
const rules: readonly RuleName[] = ['effects', 'revision-chain'];
const trial = trialOf('cut-commits');

function result(rule: RuleName, verdict: RuleResult['verdict']): RuleResult {
  const findings = verdict === 'violated' ? [{ summary: `${rule} is broken.`, services: [], lanes: [] }] : [];
  return { rule, verdict, checked: 1, violations: findings.length, findings, detail: `${rule}: ${verdict}` };
}

function struck(
  rules: readonly RuleResult[],
  count: number = trial.strikes,
  more: Partial<Judgement> = {},
  services = 2,
): TrialResult {
  const enough = {
    tally: { acknowledged: 20, lost: 0, doubled: 0 },
    power: NO_MINIMUMS,
    minimums: NO_MINIMUMS,
  };
  const judgement: Judgement = { verdict: 'ok', reason: '', rules, ...enough, ...more };
  return { trial, durationMs: 5, judgement, services, struck: count, missed: [] };
}

function decide(...results: readonly TrialResult[]): Decided {
  return decideByTrials(
    clause,
    results.map((one) => ({ result: one, rules })),
  );
}

it('the rule that says best what the clause is about gives the counterexample, in whatever order they were judged', () => {
  const judged = struck([result('revision-chain', 'violated'), result('effects', 'violated')]);
  const { status, counterexample } = decide(judged);
  expect(status).toBe('violated');
  expect(counterexample?.summary).toBe('effects is broken.');
});

it('a rule that is not about the clause decides nothing', () => {
  const judged = struck([
    result('linearizability', 'violated'),
    result('effects', 'ok'),
    result('revision-chain', 'ok'),
  ]);
  expect(decide(judged).status).toBe('ok');
});

it('a fault that did not strike leaves it open, and a violation stands all the same', () => {
  const ok = [result('effects', 'ok'), result('revision-chain', 'ok')];
  expect(decide(struck(ok, trial.strikes - 1)).status).toBe('inconclusive');
  const broken = [result('effects', 'violated'), result('revision-chain', 'ok')];
  expect(decide(struck(ok), struck(broken, 1)).status).toBe('violated');
  expect(decide(struck(ok), struck(ok)).durationMs).toBe(10);
});

it('a load in which too little could have been broken leaves it open', () => {
  const ok = [result('effects', 'ok'), result('revision-chain', 'ok')];
  const unanswered = { tally: { acknowledged: 19, lost: 0, doubled: 0 } };
  const alone = { minimums: { ...NO_MINIMUMS, contendedStreams: 1 } };
  expect(decide(struck(ok, trial.strikes, unanswered))).toMatchObject({
    status: 'inconclusive',
    reason: 'cut-commits: only 19 effects were acknowledged to clients, but 20 are needed',
  });
  expect(decide(struck(ok, trial.strikes, alone)).status).toBe('inconclusive');
  expect(decide(struck(ok, trial.strikes, alone, 1)).status).toBe('ok');
  const broken = [result('effects', 'violated'), result('revision-chain', 'ok')];
  expect(decide(struck(broken, trial.strikes, alone)).status).toBe('violated');
});

function subject(capabilities: Partial<Capabilities>): Subject {
  return { capabilities: { durable: 'storage-crash', ...capabilities } } as unknown as Subject;
}

it('a holder that comes back must not be seen to, whether the adapter has fences or not', () => {
  const exclusive = (fencing: boolean): string[] =>
    FAULT_CLAUSES.filter(
      ({ clause: id }) => fencing || findClause(id)?.capabilities.includes('fencing') !== true,
    )
      .filter((one) =>
        one
          .trials(subject({ fencing }))
          .some((each) => each.rules.includes('exclusion') && each.name === 'frozen-holders'),
      )
      .map(({ clause: id }) => id);
  expect(exclusive(false)).toEqual(['LOCK-12']);
  expect(exclusive(true)).toEqual(['LOCK-15', 'LOCK-17']);
});

it('every load decides a clause, and only clauses that need a fault are decided so', () => {
  const used = FAULT_CLAUSES.flatMap((one) => one.trials(subject({})).map(({ name }) => name));
  expect(TRIALS.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
  expect(FAULT_CLAUSES.filter((one) => findClause(one.clause)?.fault !== true)).toEqual([]);
});
