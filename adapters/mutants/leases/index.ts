/** Seeded bugs in leases. */
export { lockAloneRunsOut, givingUpFreesLock } from './alone.ts';
export * from './clocks.ts';
export * from './inSql.ts';
export * from './owners.ts';
export * from './unfenced.ts';
