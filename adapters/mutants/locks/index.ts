/** Seeded bugs in the lock of a stream and its sections. */
export * from './aborts.ts';
export * from './batchOfAHundred.ts';
export * from './configuredKey.ts';
export * from './crowds.ts';
export * from './failedWriteForgotten.ts';
export {
  caseFoldedId,
  trimmedId,
  normalizedId,
  foldedSeparators,
  foldedPaths,
  truncatedId,
  stripedLock,
} from './foldedIds.ts';
export * from './hashedIds.ts';
export * from './inSql.ts';
export * from './instanceMutex.ts';
export * from './lifoLock.ts';
export * from './lockWithoutBegin.ts';
export * from './moduleMutex.ts';
export * from './nestedWaits.ts';
export * from './nesting.ts';
export * from './noLock.ts';
export * from './noRollback.ts';
export * from './outliving.ts';
export * from './poolQueryInCallback.ts';
export * from './prefetching.ts';
export * from './rowLocks.ts';
export * from './secondConnection.ts';
export * from './sessionLockPooled.ts';
export * from './shapedSections.ts';
export * from './staleReads.ts';
export * from './swallowedErrors.ts';
export * from './timeouts.ts';
export * from './timerWait.ts';
export * from './unboundedChain.ts';
export * from './undoOfLastWrite.ts';
export * from './unlockBeforeCommit.ts';
export * from './unlockOnOtherClient.ts';
export * from './unlockSkippedOnThrow.ts';
export * from './victims.ts';
export * from './viewAfterEnd.ts';
