/** The PostgreSQL adapter with leases for locks as a target. */
import type { TargetDefinition } from '../contract/index.ts';
import { POSTGRES_LEASE_CAPABILITIES } from './index.ts';
import { postgresTarget } from './target.ts';

const target: TargetDefinition = postgresTarget('postgres-lease', POSTGRES_LEASE_CAPABILITIES, 'lease');

export default target;
