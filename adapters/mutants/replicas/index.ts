/** Seeded bugs that a replica of the storage shows. */
export * from './lockOnReplica.ts';
export * from './replicaRead.ts';
