/** Seeded bugs in what an id stands for, and adapters that take certain ids alone. */
export * from './uuids.ts';
export * from './shared.ts';
