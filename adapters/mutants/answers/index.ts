/** Seeded bugs in the return values of writes. */
export * from './races.ts';
export * from './values.ts';
