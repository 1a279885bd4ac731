/**
 * The clause list: every numbered MUST of the contract. CONTRACT.md's table, `lockstep clauses` and
 * `lockstep explain` are made from it. Ids are stable once published.
 */
import { SURFACES, type Surface } from './storageAdapter.ts';
import { declares, type Capabilities, type CapabilityName } from './capabilities.ts';
import { CLAUSE_TABLE } from './clauseTable.ts';

/** The version of the clause list. A clause that is added later counts from the next version on. */
export const CONTRACT_VERSION = 1;

export const CLAUSE_GROUPS = [
  'LOCK',
  'STREAM',
  'ACT',
  'CUR',
  'IDEM',
  'EXP',
  'AUD',
  'TX',
  'X',
  'ERR',
  'LIFE',
  'MIG',
] as const;
export type ClauseGroup = (typeof CLAUSE_GROUPS)[number];

/** Certificate levels, lowest first: one process, several processes, crashes, all faults. */
export const LEVELS = ['process', 'cluster', 'durable', 'fault-tolerant'] as const;
export type Level = (typeof LEVELS)[number];

export interface Clause {
  /** For example `LOCK-03`. */
  readonly id: string;
  readonly group: ClauseGroup;
  /** What must hold, in one sentence. */
  readonly text: string;
  /** The bug that usually breaks it. */
  readonly typicalCause: string;
  /** Surfaces that the clause needs. If one is missing, the clause is not-applicable. */
  readonly surfaces: readonly Surface[];
  /** Capabilities that the clause needs. If one is not declared, the clause is not-applicable. */
  readonly capabilities: readonly CapabilityName[];
  /** Whether it is tested across processes if `crossInstance` is declared, and otherwise between instances of one process. */
  readonly multiProcess: boolean;
  /** Whether it needs an injected fault. */
  readonly fault: boolean;
  readonly level: Level;
}

/** TX-04, IDEM-09 and IDEM-12 need a fault, but are only about crashes. */
const DURABLE_CLAUSES: readonly string[] = ['TX-04', 'IDEM-09', 'IDEM-12'];

function levelOf(id: string, fault: boolean, capabilities: readonly CapabilityName[]): Level {
  if (DURABLE_CLAUSES.includes(id)) return 'durable';
  if (fault) return 'fault-tolerant';
  return capabilities.includes('crossInstance') ? 'cluster' : 'process';
}

export const CLAUSES: readonly Clause[] = CLAUSE_TABLE.map((row) => {
  const needs = row.needs?.split(' ') ?? [];
  const surfaces = SURFACES.filter((surface) => needs.includes(surface));
  const capabilities = needs.filter((need) => !['MP', 'F', ...SURFACES].includes(need)) as CapabilityName[];
  const fault = needs.includes('F');
  return {
    id: row.id,
    group: row.id.split('-')[0] as ClauseGroup,
    text: row.text,
    typicalCause: row.cause,
    surfaces,
    capabilities,
    multiProcess: needs.includes('MP'),
    fault,
    level: levelOf(row.id, fault, capabilities),
  };
});

/** The clause with this id, or undefined if there is none. */
export function findClause(id: string): Clause | undefined {
  return CLAUSES.find((clause) => clause.id === id);
}

/** Why `clause` does not apply to an adapter with these surfaces and capabilities, or undefined if it applies. */
export function inapplicability(
  clause: Clause,
  surfaces: readonly Surface[],
  capabilities: Capabilities,
): string | undefined {
  const surface = clause.surfaces.find((needed) => !surfaces.includes(needed));
  if (surface !== undefined) return `the adapter has no surface ${surface}`;
  const capability = clause.capabilities.find((needed) => !declares(capabilities, needed));
  return capability === undefined ? undefined : `capability ${capability} is not declared`;
}
