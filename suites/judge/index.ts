/**
 * The judge: decides from a scenario's evidence alone, for a live run and for recorded evidence alike. Pure: the
 * same evidence gets the same judgement, whether it is judged as a whole or part by part.
 */
import type { Evidence } from '../../scenarios/evidence.ts';
import { RULES, type Judgement, type RuleName, type RuleResult } from '../result.ts';
import { disagreementOf } from './rules/answersCompared.ts';
import { whatIsMissing, type Extent } from './facts/gaps.ts';
import { concludeLiveness } from './rules/liveness.ts';
import { COUNTING_RULES, judgePart, type JudgedPart } from './part.ts';
import { placesInWhole } from './places.ts';
import { countPower } from './power.ts';
import { tallyFaults } from './rules/recovery.ts';
import type { Whole } from './rules/rule.ts';
import { interestOf, judgeScans } from './rules/scans.ts';
import { tallyOf } from './tally.ts';
import { unsentOf } from './facts/unsent.ts';
import { conclude, refuseCut, refuseStorage } from './verdict.ts';

export function judge(evidence: Evidence): Judgement {
  const refusal = refuse(evidence);
  if (refusal !== undefined) return refusal;
  const whole = wholeOf(extentOf(evidence), evidence);
  const scans = evidence.history.filter(({ f }) => f === 'scan');
  const part = { ...evidence, places: placesInWhole(evidence) };
  return joinParts(whole, [judgePart(part, whole.gaps, interestOf(scans))]);
}

/** Why the evidence cannot be judged; undefined: it can. */
export function refuse({ header, cut }: Pick<Evidence, 'header' | 'cut'>): Judgement | undefined {
  if (cut !== undefined) return refuseCut(header, cut);
  return header.storageFailure === undefined ? undefined : refuseStorage(header, header.storageFailure);
}

export function wholeOf(extent: Extent, { strikes = [] }: Pick<Evidence, 'strikes'>): Whole {
  const { header, journaled, readers } = extent;
  return { header, gaps: whatIsMissing(extent), readers, journals: journaled.length, strikes };
}

function extentOf({ header, history, journals, audits }: Evidence): Extent {
  return {
    header,
    operations: history.length,
    journaled: journals.map(({ service }) => service),
    readers: audits.map(({ reader }) => reader),
  };
}

/** The judgement of the whole evidence, from the judgements of its parts. */
export function joinParts(whole: Whole, parts: readonly JudgedPart[]): Judgement {
  const { header, gaps, strikes } = whole;
  const scans = parts.flatMap((part) => part.scans);
  const results = new Map<RuleName, RuleResult>();
  for (const [index, rule] of COUNTING_RULES.entries()) {
    const found = parts.flatMap(({ rules }) => rules[index] ?? []);
    results.set(rule.name, rule.conclude(found, whole));
  }
  const listed = parts.map((part) => part.listed);
  results.set('scans', judgeScans(scans, listed, whole));
  const liveness = parts.map((part) => part.liveness);
  results.set('liveness', concludeLiveness(liveness, whole));
  const compared = parts.map((part) => part.compared);
  return {
    ...conclude({
      rules: RULES.map((name) => results.get(name) as RuleResult),
      gaps,
      disagreement: disagreementOf(compared, header),
      power: countPower(
        parts.map((part) => part.power),
        scans,
        header,
      ),
      unsent: unsentOf(header),
      header,
    }),
    tally: tallyOf(
      parts.map((part) => part.tally),
      gaps,
    ),
    ...(header.faults === undefined ? {} : { faults: tallyFaults(header.faults, strikes) }),
  };
}
