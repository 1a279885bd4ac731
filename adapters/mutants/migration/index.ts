/** Mutants of the migration, one a line. */
import type { Mutant } from '../mutant.ts';
import {
  backfillCutsTime,
  backfillOverwrites,
  backfillRenewsExpiry,
  backfillRepeats,
  backfillResurrects,
} from './backfills.ts';
import { newLockAlone, oldLockAlone } from './bridges.ts';
import {
  comparesCounts,
  comparesIds,
  comparesOneWay,
  comparesParsedBodies,
  comparesSets,
  cutOverUnchecked,
} from './comparisons.ts';
import { cursorOfOneSide, flagAtCommit, flagInTransaction, noWayBack, readsStay } from './flags.ts';
import {
  owedInMemory,
  secondWriteDecides,
  secondWriteForgotten,
  secondWriteInSection,
} from './secondWrites.ts';

export const MIGRATION_MUTANTS: readonly Mutant[] = [
  oldLockAlone,
  newLockAlone,
  secondWriteForgotten,
  secondWriteDecides,
  secondWriteInSection,
  owedInMemory,
  backfillOverwrites,
  backfillResurrects,
  backfillRenewsExpiry,
  backfillCutsTime,
  backfillRepeats,
  comparesSets,
  comparesIds,
  comparesOneWay,
  comparesCounts,
  comparesParsedBodies,
  cutOverUnchecked,
  flagInTransaction,
  flagAtCommit,
  cursorOfOneSide,
  readsStay,
  noWayBack,
];
