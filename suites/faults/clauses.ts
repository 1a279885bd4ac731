/** Clauses that are decided by loads under faults: which loads, and which rules of the judge speak of them. */
import type { Subject } from '../harness/property.ts';
import type { RuleName } from '../result.ts';
import type { TrialName } from './trials.ts';

export interface FaultClause {
  readonly clause: string;
  /** First those that say best what the clause is about. */
  readonly rules: readonly RuleName[];
  /** Those that this adapter's declarations ask for. */
  readonly trials: (subject: Subject) => readonly TrialName[];
}

/** What two holders at once leave behind. */
const HOLDERS = ['exclusion', 'revision-chain', 'effects', 'replay', 'audit'] as const satisfies RuleName[];
/** What a half of an effect leaves behind, or an effect of which its caller was told otherwise. */
const COMMITS = ['effects', 'replay', 'audit', 'revision-chain', 'exclusion'] as const satisfies RuleName[];
/** What an execution leaves behind that nothing kept from being repeated. */
const EXECUTIONS = [
  'replay',
  'effects',
  'audit',
  'revision-chain',
  'exclusion',
] as const satisfies RuleName[];

/** Those that what is stored is declared to survive. */
function crashes({ capabilities }: Subject): readonly TrialName[] {
  return capabilities.durable === 'storage-crash'
    ? ['killed-services', 'crashed-storage']
    : ['killed-services'];
}

export const FAULT_CLAUSES: readonly FaultClause[] = [
  {
    clause: 'LOCK-12',
    rules: ['liveness'],
    trials: () => ['killed-holders', 'frozen-holders'],
  },
  { clause: 'LOCK-15', rules: HOLDERS, trials: () => ['frozen-holders'] },
  { clause: 'LOCK-17', rules: HOLDERS, trials: () => ['frozen-holders'] },
  { clause: 'IDEM-09', rules: ['replay', 'linearizability'], trials: () => ['killed-services'] },
  { clause: 'IDEM-12', rules: ['replay'], trials: crashes },
  { clause: 'IDEM-13', rules: EXECUTIONS, trials: () => ['ended-sessions'] },
  { clause: 'TX-03', rules: COMMITS, trials: () => ['cut-commits'] },
  {
    clause: 'TX-04',
    rules: ['effects', 'audit'],
    trials: crashes,
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
