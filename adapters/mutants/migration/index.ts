/** Mutants of the migration, one a line. */
import type { Mutant } from '../mutant.ts';
import {
  backfillCutsTime,
  backfillFoldsKeyset,
  backfillIgnoresStale,
  backfillOverwrites,
  backfillRenewsExpiry,
  backfillRepeats,
  backfillResurrects,
  backfillSkipsTies,
  backfillSwallowsErrors,
} from './backfills.ts';
import { bridgeFoldsKey, newLockAlone, oldLockAlone } from './bridges.ts';
import {
  comparesCaseFolded,
  comparesCounts,
  comparesIds,
  comparesOneWay,
  comparesParsedBodies,
  comparesSets,
  cutOverUnchecked,
  errorIsClean,
} from './comparisons.ts';
import {
  cursorOfOneSide,
  flagAtCommit,
  flagInTransaction,
  noWayBack,
  readsMoveInPart,
  readsStay,
} from './flags.ts';
import { handOverTold, handOverTooEarly, noCopiesBack } from './handOvers.ts';
import {
  liveCopyTrims,
  owedInMemory,
  secondWriteDecides,
  secondWriteForgotten,
  secondWriteInSection,
} from './secondWrites.ts';

export const MIGRATION_MUTANTS: readonly Mutant[] = [
  oldLockAlone,
  newLockAlone,
  bridgeFoldsKey,
  secondWriteForgotten,
  secondWriteDecides,
  secondWriteInSection,
  owedInMemory,
  liveCopyTrims,
  backfillOverwrites,
  backfillResurrects,
  backfillRenewsExpiry,
  backfillCutsTime,
  backfillRepeats,
  backfillFoldsKeyset,
  backfillIgnoresStale,
  backfillSkipsTies,
  backfillSwallowsErrors,
  comparesSets,
  comparesIds,
  comparesOneWay,
  comparesCounts,
  comparesParsedBodies,
  cutOverUnchecked,
  comparesCaseFolded,
  errorIsClean,
  flagInTransaction,
  flagAtCommit,
  cursorOfOneSide,
  readsStay,
  readsMoveInPart,
  noWayBack,
  handOverTold,
  handOverTooEarly,
  noCopiesBack,
];
