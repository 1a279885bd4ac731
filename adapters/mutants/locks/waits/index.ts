/** Seeded bugs in the wait for a lock: its order, its limits, its end. */
export * from './aborts.ts';
export * from './bystanders.ts';
export * from './crowds.ts';
export * from './lifoLock.ts';
export * from './nestedWaits.ts';
export * from './secondConnection.ts';
export * from './timeouts.ts';
export * from './timerWait.ts';
export * from './unboundedChain.ts';
