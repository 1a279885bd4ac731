/** Seeded bugs in connections, errors, and opening and closing. */
export * from './beside.ts';
export * from './closing.ts';
export * from './connections.ts';
export * from './endlessRetries.ts';
export * from './errors.ts';
export * from './innerRetry.ts';
export * from './inSql.ts';
export * from './namespaces.ts';
export * from './putInSavepoint.ts';
