/** Mutants of the authority, one a line. */
import type { Mutant } from '../mutant.ts';
import { comparedBefore, judgedNotHeld, roleUnjudged, tableUnjudged } from './inSql.ts';
import { claimsUnjudged, copiesDecide, oneSurfaceUnjudged, unmarkedAfter } from './letIn.ts';
import { endsAtOnce, judgedBefore, readersRefused, setAtOnce, setWithoutCompare } from './moments.ts';

export const AUTHORITY_MUTANTS: readonly Mutant[] = [
  copiesDecide,
  unmarkedAfter,
  oneSurfaceUnjudged,
  claimsUnjudged,
  judgedBefore,
  setAtOnce,
  endsAtOnce,
  setWithoutCompare,
  readersRefused,
  judgedNotHeld,
  tableUnjudged,
  roleUnjudged,
  comparedBefore,
];
