/** Seeded bugs in how streams and users are stored and read back. */
import type { Mutant } from '../mutant.ts';
import { absentAsNull } from './absentAsNull.ts';
import { assignedFields } from './assignedFields.ts';
import { bigintCoercion } from './bigintCoercion.ts';
import { coalescedFields } from './coalescedFields.ts';
import { createChecksFirst } from './createChecksFirst.ts';
import { createOverwrites } from './createOverwrites.ts';
import { creationRestamped } from './creationRestamped.ts';
import { cutAt64k } from './cutAt64k.ts';
import { cutAtNul } from './cutAtNul.ts';
import { deleteAlwaysTrue, deletionOutsideTransaction } from './deletions.ts';
import { userArgumentKept } from './userArgumentKept.ts';
import { decimal128Amounts } from './decimal128Amounts.ts';
import { deferredPut } from './deferredPut.ts';
import { dirtyMerge } from './dirtyMerge.ts';
import { emptyFieldsDropped } from './emptyFieldsDropped.ts';
import { floatColumn } from './floatColumn.ts';
import { foldedIds } from './foldedIds.ts';
import { foldedWallets } from './foldedWallets.ts';
import { instanceCache } from './instanceCache.ts';
import { int4Revision } from './int4Revision.ts';
import { knownFieldsOnly } from './knownFieldsOnly.ts';
import { liveReferences } from './liveReferences.ts';
import { liveUsers } from './liveUsers.ts';
import { localTimes } from './localTimes.ts';
import { nanAmounts } from './nanAmounts.ts';
import { normalizedTexts } from './normalizedTexts.ts';
import { nullDropped } from './nullDropped.ts';
import { pathIds } from './pathIds.ts';
import { putMerges } from './putMerges.ts';
import { readCache } from './readCache.ts';
import { replacedSurrogates } from './replacedSurrogates.ts';
import { roundedAmounts } from './roundedAmounts.ts';
import { sharedAlias } from './sharedAlias.ts';
import { sixDigitTimes } from './sixDigitTimes.ts';
import { staleListCache } from './staleListCache.ts';
import { staleStatusIndex } from './staleStatusIndex.ts';
import { textGreatest } from './textGreatest.ts';
import { throughNumber } from './throughNumber.ts';
import { trimmedTexts } from './trimmedTexts.ts';
import { unconditionalSettle } from './unconditionalSettle.ts';
import { unlistedStatuses } from './unlistedStatuses.ts';
import { updateTimeIgnored } from './updateTimeIgnored.ts';
import { updateTimeKept } from './updateTimeKept.ts';
import { userCache } from './userCache.ts';
import { userMerges } from './userMerges.ts';
import { viewStreamListOutside } from './viewStreamListOutside.ts';
import { writeBehind } from './writeBehind.ts';

export const STREAM_MUTANTS: readonly Mutant[] = [
  deleteAlwaysTrue,
  deletionOutsideTransaction,
  userArgumentKept,
  absentAsNull,
  assignedFields,
  bigintCoercion,
  coalescedFields,
  createChecksFirst,
  createOverwrites,
  creationRestamped,
  cutAt64k,
  cutAtNul,
  decimal128Amounts,
  deferredPut,
  dirtyMerge,
  emptyFieldsDropped,
  floatColumn,
  foldedIds,
  foldedWallets,
  instanceCache,
  int4Revision,
  knownFieldsOnly,
  liveReferences,
  liveUsers,
  localTimes,
  nanAmounts,
  normalizedTexts,
  nullDropped,
  pathIds,
  putMerges,
  readCache,
  replacedSurrogates,
  roundedAmounts,
  sharedAlias,
  sixDigitTimes,
  staleListCache,
  staleStatusIndex,
  textGreatest,
  throughNumber,
  trimmedTexts,
  unconditionalSettle,
  unlistedStatuses,
  updateTimeIgnored,
  updateTimeKept,
  userCache,
  userMerges,
  viewStreamListOutside,
  writeBehind,
];
