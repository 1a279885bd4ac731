/** Caches that are correct unless a read lasts longer than a write. */
export * from './sharedReads.ts';
export * from './staleFills.ts';
export * from './viewCaches.ts';
