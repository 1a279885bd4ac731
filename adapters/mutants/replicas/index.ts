/** Mutants beside replicas, one a line. */
import type { Mutant } from '../mutant.ts';
import { lockOnReplica } from './lockOnReplica.ts';
import { replicaRead } from './replicaRead.ts';

export const REPLICA_MUTANTS: readonly Mutant[] = [lockOnReplica, replicaRead];
