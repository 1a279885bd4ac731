/** Which clauses this version can check, and whether programs or loads decide them. */
import { PROPERTIES } from './clauses/index.ts';
import { FAULT_CLAUSES } from './faults/clauses.ts';

/** The ids of clauses that programs decide, in seconds. The others need loads under faults, which take minutes. */
export const DECIDED_BY_PROGRAMS: readonly string[] = PROPERTIES.map(({ clause }) => clause);

export const EXECUTABLE: ReadonlySet<string> = new Set([
  ...DECIDED_BY_PROGRAMS,
  ...FAULT_CLAUSES.map(({ clause }) => clause),
]);
