/**
 * What this alone proves: PostgreSQL and the move to it hold the contract, and `certifyAdapter` registers its clauses as
 * tests. The examples alone, which are run however few are asked for: `lockstep certify` runs many more every night. The
 * memory adapter is certified as packed, by package.test.ts.
 */
import { certifyAdapter } from '../vitest/index.ts';
import { findPgBouncer, PGBOUNCER_MISSING } from '../../adapters/provision/local/pooler.ts';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { faultClauseOf } from '../../suites/faults/clauses.ts';
import { distUrl } from '../paths.ts';

const BEHIND_PGBOUNCER = 'LOCK-10';
/** Those of a migration that decide in seconds. The others, and what it has in common with other adapters: every night. */
const BETWEEN_SIDES = ['MIG-02', 'MIG-03', 'MIG-05', 'MIG-06', 'MIG-09'];
const hasPgBouncer = (await findPgBouncer()) !== undefined;
if (!hasPgBouncer) console.warn(`SKIPPED: ${BEHIND_PGBOUNCER} of PostgreSQL. ${PGBOUNCER_MISSING}`);
/** Those that loads under faults decide take seconds each: mutantsUnderFaults.test.ts has one of them, all run every night. */
const only = CLAUSES.map(({ id }) => id).filter(
  (id) => faultClauseOf(id) === undefined && (hasPgBouncer || id !== BEHIND_PGBOUNCER),
);

// Other tests run beside them.
const sparing = { runs: 1, budget: 180 };
certifyAdapter(distUrl('adapters/postgres/target.js'), { ...sparing, only });
certifyAdapter(distUrl('adapters/migration/target.js'), { ...sparing, only: BETWEEN_SIDES });
