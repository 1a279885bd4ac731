/** Seeded bugs of caches, delayed writes, and objects that caller and storage share. */
export * from './deferredPut.ts';
export * from './instanceCache.ts';
export * from './liveReferences.ts';
export * from './liveUsers.ts';
export * from './readCache.ts';
export * from './sharedAlias.ts';
export * from './staleListCache.ts';
export * from './staleStatusIndex.ts';
export * from './userArgumentKept.ts';
export * from './userCache.ts';
export * from './viewStreamListOutside.ts';
export * from './writeBehind.ts';
