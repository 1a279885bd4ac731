/** Caches that are right until a read outlasts a write. */
export * from './sharedReads.ts';
export * from './staleFills.ts';
