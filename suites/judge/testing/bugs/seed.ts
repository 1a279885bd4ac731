/** What the bugs that are seeded into evidence share. */
import type { Random } from '../../../../scenarios/random.ts';
import type { RuleName } from '../../../result.ts';
import type { MutableAudit, MutableEvidence, Site } from '../sites.ts';

export interface Seeded {
  readonly rule: RuleName;
  readonly stream: string | undefined;
}

/** Throws when the evidence has no place for the bug. */
export type Seed = (evidence: MutableEvidence, random: Random) => Seeded;

export function seeded(rule: RuleName, { execute }: Site): Seeded {
  return { rule, stream: execute.stream };
}

/** Changes what every reader saw. */
export function forAudits({ audits }: MutableEvidence, change: (audit: MutableAudit) => void): void {
  for (const audit of audits) change(audit);
}
