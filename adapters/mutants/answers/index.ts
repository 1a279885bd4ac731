/** Seeded bugs in what writes answer with. */
export * from './races.ts';
export * from './values.ts';
