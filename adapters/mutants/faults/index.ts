/** Seeded bugs that only a fault shows: a crash, a lost connection, a silent storage. */
export * from './commitInBackground.ts';
export * from './inSql.ts';
export * from './lostCommits.ts';
export * from './pendingTokens.ts';
export * from './pools.ts';
export * from './readFailureAbsent.ts';
export * from './recordAfterCommit.ts';
export * from './recordBeforeEffect.ts';
