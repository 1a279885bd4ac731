/** Seeded bugs in the lock of a stream and in its sections. */
export * from './inSql.ts';
export * from './exclusion/index.ts';
export * from './waits/index.ts';
export * from './sections/index.ts';
