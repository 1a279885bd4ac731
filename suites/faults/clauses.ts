/** Clauses that loads under faults decide: which loads, and which rules of the judge apply to them. */
import type { Subject } from '../harness/engine/property.ts';
import type { RuleName } from '../result.ts';
import type { TrialName } from './trials.ts';

export interface FaultClause {
  readonly clause: string;
  /** The trials that match this adapter's declarations. */
  readonly trials: (subject: Subject) => readonly ClauseTrial[];
}

export interface ClauseTrial {
  readonly name: TrialName;
  /** The most relevant rules come first. */
  readonly rules: readonly RuleName[];
}

/** The rules that show the effects of two holders at once. */
const HOLDERS = ['exclusion', 'revision-chain', 'effects', 'replay', 'audit'] as const satisfies RuleName[];
/** The rules that show half an effect, or an effect that contradicts the answer to its caller. */
const COMMITS = ['effects', 'replay', 'audit', 'revision-chain', 'exclusion'] as const satisfies RuleName[];
/** The rules that show that an execution was repeated. */
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

/** The crashes that stored records are declared to survive. */
function crashes({ capabilities }: Subject, rules: readonly RuleName[]): readonly ClauseTrial[] {
  const killed = on('killed-services', rules);
  return capabilities.durable === 'storage-crash' ? [killed, on('crashed-storage', rules)] : [killed];
}

/** A holder that was considered dead must not write later. With fences LOCK-15 covers this, otherwise LOCK-12. */
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
