/** Seeded bugs that show with a replica of the storage. */
export * from './lockOnReplica.ts';
export * from './replicaRead.ts';
