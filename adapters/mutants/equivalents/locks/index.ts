/** Correct locks and sections written differently. */
export * from './lockAlone.ts';
export * from './oneForAWriter.ts';
export * from './preparedCommit.ts';
export * from './reentrantLock.ts';
export * from './refusesWhileSet.ts';
export * from './requestsOvertake.ts';
export * from './serializableRetry.ts';
