/** Seeded bugs in what a write changes, and in which record. */
export * from './createChecksFirst.ts';
export * from './createOverwrites.ts';
export * from './creationRestamped.ts';
export * from './deletions.ts';
export * from './dirtyMerge.ts';
export * from './foldedIds.ts';
export * from './foldedWallets.ts';
export * from './lowerRevisions.ts';
export * from './pathIds.ts';
export * from './putMerges.ts';
export * from './recreations.ts';
export * from './textGreatest.ts';
export * from './unconditionalSettle.ts';
export * from './unlistedStatuses.ts';
export * from './updateTimeIgnored.ts';
export * from './updateTimeKept.ts';
export * from './userMerges.ts';
