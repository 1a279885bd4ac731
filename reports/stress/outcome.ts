/** What the evidence of one load of a stress run shows. */
import type { Strike } from '../../scenarios/evidence.ts';
import { UNAVAILABLE } from '../../scenarios/unavailable.ts';
import { missedMinimums } from '../../suites/judge/power.ts';
import { recoveryTimes } from '../../suites/judge/rules/recovery.ts';
import type { JudgedEvidence } from '../../suites/judging/judgeEvidence.ts';
import type { Judgement } from '../../suites/result.ts';
import type { StressRun } from './model.ts';

export function outcomeOf({
  header,
  strikes,
  summary,
  judgement,
}: Pick<JudgedEvidence, 'header' | 'strikes' | 'summary' | 'judgement'>): Omit<
  StressRun,
  'target' | 'mix' | 'fault' | 'seed' | 'isRegression' | 'repeat' | 'evidence'
> {
  return {
    verdict: judgement.verdict,
    reason: judgement.reason,
    operations: summary.operations,
    durationMs: Math.round((header.loadTo - header.loadFrom) / 1e6),
    tally: judgement.tally,
    struck: strikes.filter(({ at }) => at !== undefined).length,
    recovery: recoveryTimes(strikes),
    ...brokenOf(judgement),
    ...(isWeak(judgement) ? { isWeak: true } : {}),
  };
}

/** Why the fault of the load cannot strike on this machine. Undefined: it can. */
export function lackingFault(strikes: readonly Strike[]): string | undefined {
  return strikes.map(({ missed }) => missed).find((missed) => missed?.includes(UNAVAILABLE) === true);
}

/** Whether too few rules could have been broken for a verdict. */
function isWeak({ verdict, power, minimums }: Judgement): boolean {
  return verdict === 'inconclusive' && missedMinimums(power, minimums).length > 0;
}

function brokenOf({ rules }: Judgement): Pick<StressRun, 'broken'> {
  const broken = rules.find(({ verdict }) => verdict === 'violated');
  const [finding] = broken?.findings ?? [];
  return broken === undefined || finding === undefined ? {} : { broken: { ...finding, rule: broken.rule } };
}
