/** Clauses that are decided by loads under faults: which loads, and which rules of the judge speak of them. */
import type { Subject } from '../harness/property.ts';
import type { RuleName } from '../result.ts';
import type { TrialName } from './trials.ts';

export interface FaultClause {
  readonly clause: string;
  readonly rules: readonly RuleName[];
  /** Those that this adapter's declarations ask for. */
  readonly trials: (subject: Subject) => readonly TrialName[];
}

/** What two holders at once, or a half of an effect, leave behind. */
const EFFECTS = ['exclusion', 'revision-chain', 'effects', 'replay', 'audit'] as const satisfies RuleName[];

export const FAULT_CLAUSES: readonly FaultClause[] = [
  {
    clause: 'LOCK-12',
    rules: ['liveness'],
    trials: () => ['killed-holders', 'frozen-holders'],
  },
  { clause: 'LOCK-15', rules: EFFECTS, trials: () => ['frozen-holders'] },
  { clause: 'LOCK-17', rules: EFFECTS, trials: () => ['frozen-holders'] },
  { clause: 'IDEM-09', rules: ['replay', 'linearizability'], trials: () => ['killed-holders'] },
  { clause: 'IDEM-12', rules: ['replay', 'effects'], trials: () => ['killed-holders'] },
  { clause: 'IDEM-13', rules: EFFECTS, trials: () => ['ended-sessions'] },
  { clause: 'TX-03', rules: EFFECTS, trials: () => ['cut-commits'] },
  {
    clause: 'TX-04',
    rules: ['effects', 'audit', 'replay'],
    trials: ({ capabilities }) =>
      capabilities.durable === 'storage-crash' ? ['killed-holders', 'crashed-storage'] : ['killed-holders'],
  },
  { clause: 'ERR-02', rules: ['liveness'], trials: () => ['silent-storage'] },
  {
    clause: 'LIFE-02',
    rules: ['liveness'],
    trials: () => ['ended-sessions', 'crashed-storage'],
  },
];

export function faultClauseOf(id: string): FaultClause | undefined {
  return FAULT_CLAUSES.find(({ clause }) => clause === id);
}
