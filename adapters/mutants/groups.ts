/** The groups of mutants, one per line. */
export * as activity from './activity/index.ts';
export * as answers from './answers/index.ts';
export * as authority from './authority/index.ts';
export * as caches from './caches/index.ts';
export * as cursors from './cursors/index.ts';
export * as exports from './exports/index.ts';
export * as faults from './faults/index.ts';
export * as idempotency from './idempotency/index.ts';
export * as ids from './ids/index.ts';
export * as leases from './leases/index.ts';
export * as life from './life/index.ts';
export * as locks from './locks/index.ts';
export * as migration from './migration/index.ts';
export * as replicas from './replicas/index.ts';
export * as streams from './streams/index.ts';
