/** A run as test cases: what CI systems know of a clause or a rule. JUnit, Markdown and annotations are made from it. */
import type { ClauseResult, RuleResult } from '../suites/result.ts';
import { printable } from './format.ts';
import type { Certification, LoadResult, RunResult } from './model.ts';
import { violationBlock } from './terminal/clause.ts';
import { renderFailure } from './terminal/lanes.ts';
import {
  clauseText,
  contextOf,
  headline,
  knownFailure,
  meansControlFailure,
  repeatLoad,
  RULE_TEXTS,
  staleText,
} from './words.ts';

export interface CaseGroup {
  /** For example `certify memory`, `load postgres hot-stream`. */
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly Case[];
}

export interface Case {
  /** Clause or rule. */
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  /** `failed` is the adapter's fault, or that of the baseline; `error` the harness's or the environment's: nothing was decided. */
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** The status, or what stands for it: `known-failure`, `stale-baseline`. */
  readonly type: string;
  /** Why, in a sentence; empty where it passed. */
  readonly message: string;
  /** With a picture, in lines. */
  readonly detail?: string;
}

const STYLE = { color: false, columns: 110 };

export function caseGroups(run: RunResult): CaseGroup[] {
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
      cases: load.negativeControl ? [controlCase(load)] : loadCases(run, load),
    })),
  ];
}

/** A run that was interrupted before there was anything to judge. */
function nothing(run: RunResult): CaseGroup {
  return { name: run.command, durationMs: 0, cases: [{ ...INTERRUPTED, message: headline(run) }] };
}

/** Clauses that were not decided before that are not in the result at all. */
const INTERRUPTED: Case = {
  id: 'end',
  name: 'Every clause was decided.',
  durationMs: 0,
  outcome: 'error',
  type: 'interrupted',
  message: 'the run was interrupted',
};

function clauseCase(certification: Certification, result: ClauseResult): Case {
  const { clause: id, status, durationMs, reason = '' } = result;
  const about = { id, name: clauseText(id), durationMs, type: status };
  switch (status) {
    case 'ok':
      return certification.baseline?.stale.includes(id) === true
        ? { ...about, outcome: 'failed', type: 'stale-baseline', message: staleText(id) }
        : { ...about, outcome: 'passed', message: '' };
    case 'violated': {
      const detail = violationBlock(result, contextOf(certification), STYLE);
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

function controlCase(load: LoadResult): Case {
  const missed = meansControlFailure(load);
  return {
    id: 'negative-control',
    name: 'The bug that is known to be there is caught.',
    durationMs: load.durationMs,
    outcome: missed ? 'error' : 'passed',
    type: missed ? 'not-caught' : 'ok',
    message: missed ? `the negative control was not caught: ${load.judgement.reason}` : '',
  };
}

function loadCases(run: RunResult, load: LoadResult): Case[] {
  const { verdict, reason, rules } = load.judgement;
  const cases = rules.map((rule) => ruleCase(run, load, rule));
  if (verdict !== 'inconclusive') return cases;
  const name = 'Enough happened at once to tell.';
  return [...cases, { id: 'power', name, durationMs: 0, outcome: 'error', type: verdict, message: reason }];
}

function ruleCase(run: RunResult, load: LoadResult, rule: RuleResult): Case {
  const about = { id: rule.rule, name: RULE_TEXTS[rule.rule], durationMs: 0, type: rule.verdict };
  switch (rule.verdict) {
    case 'ok':
      return { ...about, outcome: 'passed', message: '' };
    case 'violated': {
      const [first] = rule.findings;
      const lines = [
        printable(rule.detail),
        ...(first === undefined ? [] : [printable(first.summary), ...renderFailure(first.lanes, STYLE, 100)]),
        `repeat: ${printable(repeatLoad(run, load))}`,
      ];
      const message = first?.summary ?? rule.detail;
      return { ...about, outcome: 'failed', message, detail: lines.join('\n') };
    }
    case 'inconclusive':
    case 'not-applicable':
      // What makes the whole load inconclusive is a case of its own.
      return { ...about, outcome: 'skipped', message: rule.detail };
    default:
      return rule.verdict satisfies never;
  }
}
