/** What became of the effects of a load, in three numbers. */
import type { EffectTally } from '../result.ts';
import type { CaseFile } from './facts/caseFile.ts';
import type { Gaps } from './facts/gaps.ts';
import { countedExecutions, type Execution } from './facts/sections.ts';

/** Of one part. `lost` counts only if there are audits. */
export interface TallyPart {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
}

export function tallyEffects(file: CaseFile): TallyPart {
  const acknowledged = file.effects.filter(({ claims }) => claims.length > 0);
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter(({ events }) => events.length === 0).length,
    doubled: doubled(file).size,
  };
}

export function tallyOf(parts: readonly TallyPart[], gaps: Gaps): EffectTally {
  const sum = (name: keyof TallyPart): number => parts.reduce((all, part) => all + part[name], 0);
  return {
    acknowledged: sum('acknowledged'),
    // Without audits nobody knows what storage holds.
    lost: gaps.audits === undefined ? sum('lost') : null,
    doubled: sum('doubled'),
  };
}

/** Executions of a token that had been executed, and of a revision that its stream had been given already. */
function doubled(file: CaseFile): Set<Execution> {
  const again = new Set<Execution>();
  for (const { executions } of file.tokens.values())
    for (const execution of countedExecutions(executions, file).slice(1)) again.add(execution);
  for (const { effects } of file.streams.values()) {
    const taken = new Set<number>();
    // What storage lacks is lost, not doubled.
    const kept = effects.filter(({ events }) => events.length > 0 || file.gaps.audits !== undefined);
    for (const execution of kept.flatMap(({ executions }) => executions)) {
      if (taken.has(execution.revision)) again.add(execution);
      taken.add(execution.revision);
    }
  }
  return again;
}
