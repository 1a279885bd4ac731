/** Which clauses this version can check. */
import { PROPERTIES } from './clauses/index.ts';
import { FAULT_CLAUSES } from './faults/clauses.ts';

/** Ids: of those that programs decide, and of those that loads under faults do. */
export const EXECUTABLE: ReadonlySet<string> = new Set(
  [...PROPERTIES, ...FAULT_CLAUSES].map(({ clause }) => clause),
);
