/** Seeded bugs in a migration from one storage to another. */
export * from './backfills.ts';
export * from './bridges.ts';
export * from './comparisons.ts';
export * from './flags.ts';
export * from './handOvers.ts';
export * from './kinds.ts';
export * from './outages.ts';
export * from './secondWrites.ts';
export * from './sections.ts';
export * from './shares.ts';
