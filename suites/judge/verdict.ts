/** The verdict over all rules. */
import type { EvidenceHeader } from '../../scenarios/evidence.ts';
import { NO_POWER, type Power } from '../../scenarios/evidence/model/power.ts';
import { RULES, type Judgement, type RuleResult } from '../result.ts';
import type { Gaps } from './facts/gaps.ts';
import { plural } from '../counts.ts';
import { missedMinimums } from './power.ts';

export interface Grounds {
  readonly rules: readonly RuleResult[];
  readonly gaps: Gaps;
  /** What clients and services report differently, which no adapter can cause. */
  readonly disagreement: string | undefined;
  readonly power: Power;
  /** How many requests of the plan were not sent. Undefined: all were sent. */
  readonly unsent: string | undefined;
  readonly header: EvidenceHeader;
}

/** A violation is final, whatever else is missing. `ok` requires complete evidence, all rules and enough power. */
export function conclude({
  rules,
  gaps,
  disagreement,
  power,
  unsent,
  header,
}: Grounds): Omit<Judgement, 'tally' | 'faults'> {
  const { minimums } = header;
  const judged = { rules, power, minimums };
  const violated = rules.filter((rule) => rule.verdict === 'violated');
  if (violated.length > 0) {
    const counts = violated.map((rule) => `${rule.rule} (${plural(rule.violations, 'finding')})`);
    // A double settle is the clearest finding for readers.
    const telling = violated.find((rule) => rule.rule === 'revision-chain') ?? violated[0];
    const first = telling?.findings[0];
    const example = first === undefined ? '' : ` ${first.summary}`;
    return { ...judged, verdict: 'violated', reason: `Broken: ${counts.join(', ')}.${example}` };
  }
  if (gaps.any !== undefined)
    return { ...judged, verdict: 'inconclusive', reason: `Evidence is missing: ${gaps.any}.` };
  if (disagreement !== undefined)
    return {
      ...judged,
      verdict: 'inconclusive',
      reason: `The evidence is not as the run left it: ${disagreement}.`,
    };
  const open = rules.find((rule) => rule.verdict === 'inconclusive');
  if (open !== undefined)
    return {
      ...judged,
      verdict: 'inconclusive',
      reason: `The rule ${open.rule} was not decided: ${open.detail}.`,
    };
  if (unsent !== undefined)
    return {
      ...judged,
      verdict: 'inconclusive',
      reason: `Nothing was broken, but the load is not the requested one: ${unsent}.`,
    };
  const missed = missedMinimums(power, minimums);
  if (missed.length > 0)
    return {
      ...judged,
      verdict: 'inconclusive',
      reason: `Nothing was broken, but too little could have been: ${missed.join('; ')}.`,
    };
  const alone = header.services > 1 ? '' : ` in one service: ${aboutSeveral(header)}`;
  const held = rules.filter((rule) => rule.verdict === 'ok').length;
  return {
    ...judged,
    verdict: 'ok',
    reason: `${held} rules held, and every minimum of contention was reached${alone}.`,
  };
}

/** What an ok of a single service means for several. */
function aboutSeveral({ capabilities }: EvidenceHeader): string {
  return capabilities.crossInstance
    ? 'sharing of storage between services was not tested'
    : 'requirements on several services are not applicable, because crossInstance is not declared';
}

/** Refuses incomplete evidence: what is missing might explain an apparent violation, or be one. */
export function refuseCut(header: EvidenceHeader, cut: readonly string[]): Judgement {
  const detail = cut.join('; ');
  return nothing(header, `Evidence is missing, so nothing was judged: ${detail}.`, detail);
}

/** Refuses evidence of a failed storage: its contents and answers say nothing about the adapter. */
export function refuseStorage(header: EvidenceHeader, failure: string): Judgement {
  const reason = `Nothing was judged: the storage cannot be relied on: ${failure.replace(/\.+$/, '')}.`;
  return nothing(header, reason, 'the storage failed');
}

function nothing({ minimums }: EvidenceHeader, reason: string, detail: string): Judgement {
  return {
    verdict: 'inconclusive',
    reason,
    rules: RULES.map((rule) => ({
      rule,
      verdict: 'inconclusive',
      detail: `not judged: ${detail}`,
      checked: 0,
      violations: 0,
      findings: [],
    })),
    power: NO_POWER,
    minimums,
    tally: { acknowledged: 0, lost: null, doubled: 0 },
  };
}
