/** The effects of a load in three numbers: acknowledged, lost and doubled. */
import type { EffectTally } from '../result.ts';
import type { CaseFile } from './facts/caseFile.ts';
import type { Gaps } from './facts/gaps.ts';
import { countedExecutions, type Execution } from './facts/sections.ts';

/** The numbers of one part. `lost` only counts if there are audits. */
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
    // Without audits the content of storage is unknown.
    lost: gaps.audits === undefined ? sum('lost') : null,
    doubled: sum('doubled'),
  };
}

/** Executions of a token that was already executed, and of a revision that its stream already had. */
function doubled(file: CaseFile): Set<Execution> {
  const again = new Set<Execution>();
  for (const { executions } of file.tokens.values())
    for (const execution of countedExecutions(executions, file).slice(1)) again.add(execution);
  for (const { effects } of file.streams.values()) {
    const taken = new Set<number>();
    // Effects that are missing from storage count as lost, not as doubled.
    const kept = effects.filter(({ events }) => events.length > 0 || file.gaps.audits !== undefined);
    for (const execution of kept.flatMap(({ executions }) => executions)) {
      if (taken.has(execution.revision)) again.add(execution);
      taken.add(execution.revision);
    }
  }
  return again;
}
