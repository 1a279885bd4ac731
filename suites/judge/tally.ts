/** What became of the effects of a load, in three numbers. */
import type { EffectTally } from '../result.ts';
import type { CaseFile } from './caseFile.ts';
import { countedExecutions } from './sections.ts';

export function tallyEffects({ effects, tokens, header, gaps }: CaseFile): EffectTally {
  const acknowledged = effects.filter(({ claims }) => claims.length > 0);
  // Without audits nobody knows what storage holds.
  const lost =
    gaps.audits === undefined ? acknowledged.filter(({ events }) => events.length === 0).length : null;
  const { atomic } = header.capabilities;
  const doubled = [...tokens.values()].filter(
    ({ executions }) => countedExecutions(executions, atomic).length > 1,
  ).length;
  return { acknowledged: acknowledged.length, lost, doubled };
}
