/**
 * The contract: the seam of a payment-stream backend, its records, its errors and helpers. The words:
 *
 * - adapter: an implementation of the persistence seam.
 * - target: a module that tells lockstep how to start an adapter's backing service and to open instances.
 * - instance: one opened adapter in one process.
 * - environment: hard conditions around the service in which instances are opened, such as a pooler in front of it.
 * - namespace: an isolated, empty data set; instances of one namespace share storage.
 * - surface: a part of the seam that an adapter may have or lack.
 * - capability: a declared property that switches clauses on.
 * - clause: one numbered MUST, for example LOCK-03.
 * - section: one run of a callback under a stream's lock; it reads and writes through its view.
 */
export * from './adapter.ts';
export * from './authority.ts';
export * from './bulk.ts';
export * from './capabilities.ts';
export * from './clauses.ts';
export * from './rules/cursor.ts';
export * from './errors.ts';
export * from './rules/exportJob.ts';
export * from './faults.ts';
export * from './rules/ids.ts';
export * from './migration/migration.ts';
export * from './migration/movedKinds.ts';
export * from './ownSettlement.ts';
export * from './records.ts';
export * from './schema.ts';
export * from './service.ts';
export * from './storageAdapter.ts';
export * from './target.ts';
export * from './rules/text.ts';
export * from './rules/time.ts';
export * from './rules/token.ts';
export * from './rules/validate.ts';
