/** Seeded bugs in locks that are leases. */
export { lockAloneRunsOut, givingUpFreesLock } from './alone.ts';
export * from './clocks.ts';
export * from './fences.ts';
export * from './owners.ts';
export * from './unfenced.ts';
