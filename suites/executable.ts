/** Which clauses this version can check, by what decides them. */
import { PROPERTIES } from './clauses/index.ts';
import { FAULT_CLAUSES } from './faults/clauses.ts';

/** Ids of those that programs decide, in seconds; the others take loads under faults, and minutes. */
export const DECIDED_BY_PROGRAMS: readonly string[] = PROPERTIES.map(({ clause }) => clause);

export const EXECUTABLE: ReadonlySet<string> = new Set([
  ...DECIDED_BY_PROGRAMS,
  ...FAULT_CLAUSES.map(({ clause }) => clause),
]);
