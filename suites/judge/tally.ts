/** What became of the effects of a load, in three numbers. */
import type { EffectTally } from '../result.ts';
import type { CaseFile } from './caseFile.ts';
import { countedExecutions, type Execution } from './sections.ts';

export function tallyEffects(file: CaseFile): EffectTally {
  const acknowledged = file.effects.filter(({ claims }) => claims.length > 0);
  // Without audits nobody knows what storage holds.
  const lost =
    file.gaps.audits === undefined ? acknowledged.filter(({ events }) => events.length === 0).length : null;
  return { acknowledged: acknowledged.length, lost, doubled: doubled(file).size };
}

/** Executions of a token that had been executed, and of a revision that its stream had been given already. */
function doubled({ tokens, streams, header }: CaseFile): Set<Execution> {
  const { atomic } = header.capabilities;
  const again = new Set<Execution>();
  for (const { executions } of tokens.values())
    for (const execution of countedExecutions(executions, atomic).slice(1)) again.add(execution);
  for (const { effects } of streams.values()) {
    const taken = new Set<number>();
    for (const execution of effects.flatMap(({ executions }) => executions)) {
      if (taken.has(execution.revision)) again.add(execution);
      taken.add(execution.revision);
    }
  }
  return again;
}
