/** What the judged loads under faults mean for one clause. Pure. */
import type { Clause } from '../../adapters/contract/index.ts';
import { UNAVAILABLE } from '../../scenarios/unavailable.ts';
import { missedMinimums } from '../judge/power.ts';
import type { ClauseResult, Counterexample, Judgement, RuleName, RuleResult } from '../result.ts';
import type { FaultTrial } from './trials.ts';

/** The result of one load, and the rules of the judge that decide the clause there, the most relevant first. */
export interface RuledTrial {
  readonly result: TrialResult;
  readonly rules: readonly RuleName[];
}

export interface JudgedTrial {
  readonly trial: FaultTrial;
  readonly durationMs: number;
  readonly judgement: Judgement;
  /** The number of service processes. */
  readonly services: number;
  readonly struck: number;
  /** Why faults did not strike. */
  readonly missed: readonly string[];
}

/** A judged load, or why it could not be run. */
export type TrialResult =
  | JudgedTrial
  | {
      readonly trial: FaultTrial;
      readonly status: 'not-run' | 'unverified' | 'error';
      readonly reason: string;
    };

export type Decided = Pick<ClauseResult, 'status' | 'runs' | 'exercised' | 'durationMs'> &
  Partial<Pick<ClauseResult, 'reason' | 'counterexample'>>;

/** The worst status comes first: a violation in one load is final, whatever the others could not show. */
const ORDER = ['violated', 'error', 'inconclusive', 'unverified', 'not-run', 'ok'] as const;

export function decideByTrials(clause: Clause, trials: readonly RuledTrial[]): Decided {
  const each = trials.map((trial) => decideByOne(clause, trial));
  const worst = ORDER.flatMap((status) => each.find((one) => one.status === status) ?? [])[0] as Decided;
  const runs = each.reduce((sum, one) => sum + one.runs, 0);
  const exercised = each.reduce((sum, one) => sum + one.exercised, 0);
  const durationMs = each.reduce((sum, one) => sum + one.durationMs, 0);
  return { ...worst, runs, exercised, durationMs };
}

function decideByOne(clause: Clause, { result, rules }: RuledTrial): Decided {
  if ('status' in result)
    return {
      status: result.status,
      reason: `${result.trial.name}: ${result.reason}`,
      runs: 0,
      exercised: 0,
      durationMs: 0,
    };
  const { trial, judgement, struck, missed, durationMs } = result;
  const counted = { runs: trial.strikes, exercised: struck, durationMs };
  const ruleOf = (name: RuleName): RuleResult[] => judgement.rules.filter(({ rule }) => rule === name);
  const own = rules.flatMap(ruleOf);
  // Errors outside any call violate every clause that is checked.
  const broken = [...own, ...ruleOf('beside')].find(({ verdict }) => verdict === 'violated');
  if (broken !== undefined)
    return { status: 'violated', ...counted, counterexample: counterexample(clause, trial, broken, struck) };
  const inconclusive = (reason: string): Decided => ({
    status: 'inconclusive',
    reason: `${trial.name}: ${reason}`,
    ...counted,
  });
  const unavailable = missed.find((why) => why.includes(UNAVAILABLE));
  if (unavailable !== undefined)
    return { status: 'unverified', reason: `${trial.name}: ${unavailable}`, ...counted };
  if (struck < trial.strikes)
    return inconclusive(
      `${struck} of ${trial.strikes} faults struck (${missed[0] ?? 'the load ended first'})`,
    );
  const open = own.find(({ verdict }) => verdict !== 'ok');
  if (open !== undefined) return inconclusive(`the rule ${open.rule} was not decided: ${open.detail}`);
  const weakness = weaknessOf(result);
  if (weakness !== undefined) return inconclusive(weakness);
  return { status: 'ok', ...counted };
}

/** With fewer effects, the storage may have been unavailable for most of the load. */
const MIN_EFFECTS = 20;

/** Why too little could have gone wrong. Undefined: enough could. */
export function weaknessOf({
  trial,
  services,
  judgement: { tally, power, minimums },
}: JudgedTrial): string | undefined {
  if (tally.acknowledged < MIN_EFFECTS)
    return `only ${tally.acknowledged} effects were acknowledged to clients, but ${MIN_EFFECTS} are needed`;
  // With a single service, no services compete.
  if (services === 1 || trial.uncontended === true) return undefined;
  const missed = missedMinimums(power, minimums);
  return missed.length === 0 ? undefined : `too little could have been broken: ${missed.join('; ')}`;
}

function counterexample(
  { text }: Clause,
  trial: FaultTrial,
  { rule, violations, findings }: RuleResult,
  struck: number,
): Counterexample {
  const [finding] = findings;
  return {
    summary: finding?.summary ?? `The rule ${rule} was broken.`,
    expected: text,
    actual: `the rule ${rule} was broken ${violations === 1 ? 'once' : `${violations} times`} under ${struck} strikes of ${trial.fault}`,
    path: '',
    run: 1,
    shrinks: 0,
    lanes: finding?.lanes ?? [],
  };
}
