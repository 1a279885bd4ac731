/** Mutants of the lock, one a line. */
import type { Mutant } from '../mutant.ts';
import {
  abortRunsLater,
  abortStopsHolder,
  abortWhileWaitingUnseen,
  abortedBeforeUnseen,
  boundForgottenWithSignal,
  signalPassedOn,
} from './aborts.ts';
import { waitersHoldConnections } from './crowds.ts';
import { configuredKey } from './configuredKey.ts';
import { failedWriteForgotten } from './failedWriteForgotten.ts';
import {
  caseFoldedId,
  foldedPaths,
  foldedSeparators,
  normalizedId,
  stripedLock,
  trimmedId,
  truncatedId,
} from './foldedIds.ts';
import { HASHED_LOCKS } from './hashedIds.ts';
import { hashtextLock } from './hashtextLock.ts';
import { instanceMutex } from './instanceMutex.ts';
import { lifoLock } from './lifoLock.ts';
import { lockWithoutBegin } from './lockWithoutBegin.ts';
import {
  boundedAgainWaits,
  innerLeaveUnlocks,
  innerThrowUnlocks,
  nestedLockNewConnection,
  nestedTakesNoLock,
  nestedThrowKept,
  nestedUnlocksFirst,
  reentrantLockHangs,
} from './nesting.ts';
import { nestedAbortUndoes, nestedTimeoutUndoes } from './nestedWaits.ts';
import { noRollbackOnThrow } from './noRollback.ts';
import { contextOutlivesSection, lateWriteDropped, writeOutlivesSection } from './outliving.ts';
import { prefetchBeforeLock, prefetchHidesWrites } from './prefetching.ts';
import {
  nullKey,
  releasedInTransaction,
  repeatableReadLock,
  setNotLocal,
  timeOfBegin,
  tryLockIgnored,
} from './sections.ts';
import { batchOfAHundred } from './batchOfAHundred.ts';
import { boundedNeedsRow, rowLock } from './rowLocks.ts';
import { secondConnection } from './secondConnection.ts';
import { sessionLockLeak } from './sessionLockLeak.ts';
import { sessionLockPooled } from './sessionLockPooled.ts';
import { cacheUnderLock, readBeforeLock, recordCache } from './staleReads.ts';
import {
  commitTagIgnored,
  errorDecorated,
  falseResultLost,
  falseThrowCommits,
  lockAloneSwallows,
  rollbackSwallowsError,
  rollbackWrapsError,
} from './swallowedErrors.ts';
import {
  abortableLocksNothing,
  boundedEventOutside,
  boundedReplayOutside,
  boundedStampedBefore,
  nestedEventOutside,
  prefetchFromCache,
} from './shapedSections.ts';
import { timerWait } from './timerWait.ts';
import { callbackCutShort, ghostWaiter, raceTimeout } from './timeouts.ts';
import { unboundedChain } from './unboundedChain.ts';
import { undoOfLastWrite } from './undoOfLastWrite.ts';
import { unlockOnOtherClient } from './unlockOnOtherClient.ts';
import { unlockSkippedOnThrow } from './unlockSkippedOnThrow.ts';
import { refusalPassedOn, victimCommits, victimUndoneLate } from './victims.ts';
import { appendAfterEnd, readAfterEnd } from './viewAfterEnd.ts';

export const LOCK_MUTANTS: readonly Mutant[] = [
  batchOfAHundred,
  abortRunsLater,
  abortStopsHolder,
  abortWhileWaitingUnseen,
  abortableLocksNothing,
  abortedBeforeUnseen,
  appendAfterEnd,
  boundForgottenWithSignal,
  boundedAgainWaits,
  boundedEventOutside,
  boundedNeedsRow,
  boundedReplayOutside,
  boundedStampedBefore,
  cacheUnderLock,
  callbackCutShort,
  caseFoldedId,
  commitTagIgnored,
  configuredKey,
  contextOutlivesSection,
  errorDecorated,
  failedWriteForgotten,
  falseResultLost,
  falseThrowCommits,
  foldedPaths,
  foldedSeparators,
  ghostWaiter,
  hashtextLock,
  innerLeaveUnlocks,
  innerThrowUnlocks,
  instanceMutex,
  lateWriteDropped,
  lifoLock,
  lockAloneSwallows,
  lockWithoutBegin,
  nestedEventOutside,
  nestedLockNewConnection,
  nestedTakesNoLock,
  nestedThrowKept,
  nestedAbortUndoes,
  nestedTimeoutUndoes,
  nestedUnlocksFirst,
  noRollbackOnThrow,
  normalizedId,
  nullKey,
  prefetchBeforeLock,
  prefetchFromCache,
  prefetchHidesWrites,
  raceTimeout,
  readAfterEnd,
  readBeforeLock,
  recordCache,
  refusalPassedOn,
  reentrantLockHangs,
  releasedInTransaction,
  repeatableReadLock,
  rollbackSwallowsError,
  rollbackWrapsError,
  rowLock,
  secondConnection,
  sessionLockLeak,
  sessionLockPooled,
  setNotLocal,
  signalPassedOn,
  stripedLock,
  timeOfBegin,
  timerWait,
  trimmedId,
  truncatedId,
  tryLockIgnored,
  unboundedChain,
  undoOfLastWrite,
  unlockOnOtherClient,
  unlockSkippedOnThrow,
  victimCommits,
  victimUndoneLate,
  waitersHoldConnections,
  writeOutlivesSection,
  ...HASHED_LOCKS,
];
