/** Seeded bugs in what a lock excludes, and for how long. */
export * from './boundedMap.ts';
export * from './configuredKey.ts';
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
export * from './instanceMutex.ts';
export * from './lockWithoutBegin.ts';
export * from './moduleMutex.ts';
export * from './noLock.ts';
export * from './rowLocks.ts';
export * from './sessionLockPooled.ts';
export * from './unlockBeforeCommit.ts';
export * from './unlockOnOtherClient.ts';
export * from './unlockSkippedOnThrow.ts';
