/** Adapters that take certain ids alone, with one seeded bug each. */
export * from './uuids.ts';
