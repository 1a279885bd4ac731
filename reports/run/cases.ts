/** A run as test cases: its clauses, and the rules of its loads. */
import type { ClauseResult, RuleResult } from '../../suites/result.ts';
import { detailOf, type TestCase, type CaseGroup } from '../words/cases.ts';
import type { Certification, LoadResult, RunResult } from '../model.ts';
import { clauseText, knownFailure, meansControlFailure, RULE_TEXTS, staleText } from '../words/words.ts';
import { headline } from '../words/headline.ts';
import { contextOf } from '../words/repeat.ts';
import { thresholdCase } from '../thresholds.ts';
import { violationArticle } from './clauses.ts';
import { ruleArticle } from './brokenRules.ts';

export function runCases(run: RunResult): CaseGroup[] {
  return [
    ...(run.partial && run.certifications.length + run.loads.length === 0 ? [nothing(run)] : []),
    ...run.certifications.map((certification) => ({
      name: `certify ${certification.target.spec}`,
      durationMs: certification.durationMs,
      cases: [
        ...certification.clauses.map((result) => clauseCase(certification, result)),
        ...(certification.partial === true ? [INTERRUPTED] : []),
      ],
    })),
    ...run.loads.map((load) => ({
      name: `load ${load.target.spec} ${load.mix}`,
      durationMs: load.durationMs,
      cases: [
        ...(load.negativeControl ? [controlCase(load)] : loadCases(run, load)),
        ...(load.thresholds ?? []).map(thresholdCase),
      ],
    })),
  ];
}

/** The case of a run that was interrupted before anything could be judged. */
function nothing(run: RunResult): CaseGroup {
  return { name: run.command, durationMs: 0, cases: [{ ...INTERRUPTED, message: headline(run) }] };
}

/** The result does not contain clauses that were undecided at the interruption. */
const INTERRUPTED: TestCase = {
  id: 'end',
  name: 'Every clause was decided.',
  durationMs: 0,
  outcome: 'error',
  type: 'interrupted',
  message: 'the run was interrupted',
};

function clauseCase(certification: Certification, result: ClauseResult): TestCase {
  const { clause: id, status, durationMs, reason = '' } = result;
  const about = { id, name: clauseText(id), durationMs, type: status };
  switch (status) {
    case 'ok':
      return certification.baseline?.stale.includes(id) === true
        ? { ...about, outcome: 'failed', type: 'stale-baseline', message: staleText(id) }
        : { ...about, outcome: 'passed', message: '' };
    case 'violated': {
      const detail = detailOf([violationArticle(result, contextOf(certification))]);
      const known = knownFailure(certification, id);
      return known === undefined
        ? { ...about, outcome: 'failed', message: result.counterexample?.summary ?? reason, detail }
        : { ...about, outcome: 'skipped', type: 'known-failure', message: known, detail };
    }
    case 'inconclusive':
    case 'error':
      return { ...about, outcome: 'error', message: reason };
    case 'not-applicable':
    case 'skipped':
    case 'not-run':
    case 'unverified':
      return { ...about, outcome: 'skipped', message: reason };
    default:
      return status satisfies never;
  }
}

function controlCase(load: LoadResult): TestCase {
  const missed = meansControlFailure(load);
  return {
    id: 'negative-control',
    name: 'The known bug is caught.',
    durationMs: load.durationMs,
    outcome: missed ? 'error' : 'passed',
    type: missed ? 'not-caught' : 'ok',
    message: missed ? `the negative control was not caught: ${load.judgement.reason}` : '',
  };
}

function loadCases(run: RunResult, load: LoadResult): TestCase[] {
  const { verdict, reason, rules } = load.judgement;
  const cases = rules.map((rule) => ruleCase(run, load, rule));
  if (verdict !== 'inconclusive') return cases;
  const name = 'The load had enough concurrency to find bugs.';
  return [...cases, { id: 'power', name, durationMs: 0, outcome: 'error', type: verdict, message: reason }];
}

function ruleCase(run: RunResult, load: LoadResult, rule: RuleResult): TestCase {
  const about = { id: rule.rule, name: RULE_TEXTS[rule.rule], durationMs: 0, type: rule.verdict };
  switch (rule.verdict) {
    case 'ok':
      return { ...about, outcome: 'passed', message: '' };
    case 'violated': {
      const [first] = rule.findings;
      return {
        ...about,
        outcome: 'failed',
        message: first?.summary ?? rule.detail,
        detail: detailOf([ruleArticle(run, load, rule)]),
      };
    }
    case 'inconclusive':
    case 'not-applicable':
      // If the whole load is inconclusive, that is a separate case.
      return { ...about, outcome: 'skipped', message: rule.detail };
    default:
      return rule.verdict satisfies never;
  }
}
