/** Seeded bugs that show only under a fault: a crash, a lost connection, a storage that does not answer. */
export * from './commitInBackground.ts';
export * from './inSql.ts';
export * from './lostCommits.ts';
export * from './pendingTokens.ts';
export * from './pools.ts';
export * from './readFailureAbsent.ts';
export * from './recordAfterCommit.ts';
export * from './recordBeforeEffect.ts';
