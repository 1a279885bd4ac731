/** Seeded bugs in export jobs and their audit. */
export * from './audit.ts';
export * from './caches.ts';
export * from './claimsInPage.ts';
export * from './ends.ts';
export * from './finishByJobId.ts';
export * from './inSql.ts';
export * from './jobs.ts';
export * from './keys.ts';
export * from './liveReferences.ts';
export * from './naiveClaim.ts';
export * from './restarts.ts';
export * from './transitions.ts';
