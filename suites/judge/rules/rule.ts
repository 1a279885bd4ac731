/**
 * A rule examines the parts of the evidence one after another, each on its own, and draws its conclusion from the
 * findings in all of them. Findings are plain data, so that several threads can judge parts.
 */
import type { Audit, EvidenceHeader, Strike } from '../../../scenarios/evidence.ts';
import type { RuleName, RuleResult } from '../../result.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import { collectFindings, MAX_FINDINGS, type Findings, type PlacedFinding } from '../findings.ts';
import type { Gaps } from '../facts/gaps.ts';

/** What is known about the whole evidence, whichever part is examined. */
export interface Whole {
  /** With all seeded streams. */
  readonly header: EvidenceHeader;
  readonly gaps: Gaps;
  readonly readers: readonly Audit['reader'][];
  /** How many journals there are. */
  readonly journals: number;
  readonly strikes: readonly Strike[];
}

/** A rule's result for a part: its first findings, their number, and its counts. */
export interface RulePart {
  readonly kept: readonly PlacedFinding[];
  readonly count: number;
  readonly sums: Readonly<Record<string, number>>;
}

export interface RuleConclusion {
  readonly checked: number;
  /** What `checked` counts and what was examined, for a rule that could be checked in full. */
  readonly detail: string;
  /** Why an `ok` would mean nothing. */
  readonly inconclusive?: string | undefined;
  /** Why the rule does not apply. */
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
  /** Adds the problems in the part to `findings`, and returns the counts. */
  look(file: CaseFile, findings: Findings): Readonly<Record<Count, number>>;
  /** Adds problems that no single part shows. */
  lookAtWhole?(whole: Whole, findings: Findings): void;
  /** `sums`: the counts of all parts. */
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

/** A violation is final, whatever else is missing. */
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
