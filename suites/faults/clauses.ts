/** Clauses that are decided by loads under faults: which loads, and which rules of the judge speak of them. */
import type { Subject } from '../harness/engine/property.ts';
import type { RuleName } from '../result.ts';
import type { TrialName } from './trials.ts';

export interface FaultClause {
  readonly clause: string;
  /** Those that this adapter's declarations ask for. */
  readonly trials: (subject: Subject) => readonly ClauseTrial[];
}

export interface ClauseTrial {
  readonly name: TrialName;
  /** First those that say best what the clause is about. */
  readonly rules: readonly RuleName[];
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

function on(name: TrialName, rules: readonly RuleName[]): ClauseTrial {
  return { name, rules };
}

/** Those that what is stored is declared to survive. */
function crashes({ capabilities }: Subject, rules: readonly RuleName[]): readonly ClauseTrial[] {
  const killed = on('killed-services', rules);
  return capabilities.durable === 'storage-crash' ? [killed, on('crashed-storage', rules)] : [killed];
}

/** Whoever passes for dead must not come back: with fences LOCK-15 says so, without them it is part of LOCK-12. */
function deadOrFrozen({ capabilities: { fencing } }: Subject): readonly ClauseTrial[] {
  const killed = on('killed-holders', ['liveness']);
  if (fencing) return [killed, on('frozen-holders', ['liveness'])];
  return [killed, on('frozen-holders', ['liveness', ...HOLDERS]), on('skewed-clocks', HOLDERS)];
}

export const FAULT_CLAUSES: readonly FaultClause[] = [
  { clause: 'LOCK-12', trials: deadOrFrozen },
  { clause: 'LOCK-15', trials: () => [on('frozen-holders', HOLDERS), on('skewed-clocks', HOLDERS)] },
  { clause: 'LOCK-17', trials: () => [on('frozen-holders', HOLDERS)] },
  { clause: 'IDEM-09', trials: () => [on('killed-services', ['replay', 'linearizability'])] },
  { clause: 'IDEM-12', trials: (subject) => crashes(subject, ['replay']) },
  { clause: 'IDEM-13', trials: () => [on('ended-sessions', EXECUTIONS)] },
  { clause: 'TX-03', trials: () => [on('cut-commits', COMMITS)] },
  { clause: 'TX-04', trials: (subject) => crashes(subject, ['effects', 'audit']) },
  { clause: 'ERR-02', trials: () => [on('silent-storage', ['liveness'])] },
  {
    clause: 'LIFE-02',
    trials: () => [on('ended-sessions', ['liveness']), on('crashed-storage', ['liveness'])],
  },
];

export function faultClauseOf(id: string): FaultClause | undefined {
  return FAULT_CLAUSES.find(({ clause }) => clause === id);
}
