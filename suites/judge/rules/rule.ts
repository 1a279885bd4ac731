/**
 * What a rule is: it looks at one part of the evidence after the other, each alone, and concludes from what it found in all
 * of them. What it found is plain data, so that parts may be judged by other threads.
 */
import type { Audit, EvidenceHeader, Strike } from '../../../scenarios/evidence.ts';
import type { RuleName, RuleResult } from '../../result.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import { collectFindings, MAX_FINDINGS, type Findings, type PlacedFinding } from '../findings.ts';
import type { Gaps } from '../facts/gaps.ts';

/** What is known of the whole evidence, whichever part of it is looked at. */
export interface Whole {
  /** With all seeded streams. */
  readonly header: EvidenceHeader;
  readonly gaps: Gaps;
  readonly readers: readonly Audit['reader'][];
  /** How many journals there are. */
  readonly journals: number;
  readonly strikes: readonly Strike[];
}

/** What a rule found in a part: its first findings, how many there are, and what it counted. */
export interface RulePart {
  readonly kept: readonly PlacedFinding[];
  readonly count: number;
  readonly sums: Readonly<Record<string, number>>;
}

export interface RuleConclusion {
  readonly checked: number;
  /** What `checked` counts and what was looked at, for a rule that could be checked in full. */
  readonly detail: string;
  /** Why an `ok` would not mean anything. */
  readonly inconclusive?: string | undefined;
  /** Why there is nothing that the rule could be about. */
  readonly notApplicable?: string | undefined;
}

export interface Rule {
  readonly name: RuleName;
  look(file: CaseFile): RulePart;
  conclude(parts: readonly RulePart[], whole: Whole): RuleResult;
}

export interface RuleDefinition<Count extends string> {
  readonly name: RuleName;
  readonly counts: readonly Count[];
  /** Adds what is wrong in the part to `findings`, and returns what it counted. */
  look(file: CaseFile, findings: Findings): Readonly<Record<Count, number>>;
  /** Adds what no part shows alone. */
  lookAtWhole?(whole: Whole, findings: Findings): void;
  /** `sums`: over all parts. */
  conclude(sums: Readonly<Record<Count, number>>, whole: Whole): RuleConclusion;
}

export function defineRule<Count extends string>(definition: RuleDefinition<Count>): Rule {
  const { name, counts } = definition;
  return {
    name,
    look(file) {
      const findings = collectFindings();
      const sums = definition.look(file, findings);
      return { kept: findings.kept, count: findings.count, sums };
    },
    conclude(parts, whole) {
      const findings = collectFindings();
      definition.lookAtWhole?.(whole, findings);
      const sums = sumsOf(counts, parts);
      return ruleResult(name, [findings, ...parts], definition.conclude(sums, whole));
    },
  };
}

export function sumsOf<Count extends string>(
  counts: readonly Count[],
  parts: readonly Pick<RulePart, 'sums'>[],
): Record<Count, number> {
  return Object.fromEntries(
    counts.map((count) => [count, parts.reduce((sum, part) => sum + (part.sums[count] ?? 0), 0)]),
  ) as Record<Count, number>;
}

/** A violation stands whatever else is missing. */
export function ruleResult(
  rule: RuleName,
  parts: readonly Pick<RulePart, 'kept' | 'count'>[],
  { checked, detail, notApplicable, inconclusive }: RuleConclusion,
): RuleResult {
  const violations = parts.reduce((sum, part) => sum + part.count, 0);
  const findings = parts
    .flatMap(({ kept }) => kept)
    .sort((a, b) => a.phase - b.phase || a.rank - b.rank)
    .slice(0, MAX_FINDINGS)
    .map(({ finding }) => finding);
  const counted = { rule, checked, violations, findings };
  if (violations > 0) return { ...counted, verdict: 'violated', detail };
  if (notApplicable !== undefined) return { ...counted, verdict: 'not-applicable', detail: notApplicable };
  if (inconclusive !== undefined) return { ...counted, verdict: 'inconclusive', detail: inconclusive };
  return { ...counted, verdict: 'ok', detail };
}
