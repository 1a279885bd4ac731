/** Seeded bugs in what an id identifies, and in adapters that accept only certain ids. */
export * from './uuids.ts';
export * from './shared.ts';
