/** Mutants of the lock, one a line. */
import type { Mutant } from '../mutant.ts';
import { caseFoldedId, normalizedId, stripedLock, trimmedId, truncatedId } from './foldedIds.ts';
import { hashtextLock } from './hashtextLock.ts';
import { instanceMutex } from './instanceMutex.ts';
import { lockWithoutBegin } from './lockWithoutBegin.ts';
import { noRollbackOnThrow } from './noRollback.ts';
import { sessionLockLeak } from './sessionLockLeak.ts';
import { unlockOnOtherClient } from './unlockOnOtherClient.ts';
import { unlockSkippedOnThrow } from './unlockSkippedOnThrow.ts';

export const LOCK_MUTANTS: readonly Mutant[] = [
  caseFoldedId,
  hashtextLock,
  instanceMutex,
  lockWithoutBegin,
  noRollbackOnThrow,
  normalizedId,
  sessionLockLeak,
  stripedLock,
  trimmedId,
  truncatedId,
  unlockOnOtherClient,
  unlockSkippedOnThrow,
];
