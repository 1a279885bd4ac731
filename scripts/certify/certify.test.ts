/**
 * What this alone proves: PostgreSQL and the move to it hold the contract, and `certifyAdapter` registers its clauses as
 * tests. Few runs each, since `lockstep certify` runs many; the memory adapter is certified as packed, by package.test.ts.
 */
import { certifyAdapter } from '../vitest/index.ts';
import { findPgBouncer, PGBOUNCER_MISSING } from '../../adapters/provision/local/pooler.ts';
import { CLAUSES } from '../../adapters/contract/index.ts';
import { faultClauseOf } from '../../suites/faults/clauses.ts';
import { distUrl } from '../paths.ts';

/** One of those that loads under faults decide, each of which takes seconds. All of them: every night. */
const UNDER_FAULTS = 'TX-03';
const BEHIND_PGBOUNCER = 'LOCK-10';
const hasPgBouncer = (await findPgBouncer()) !== undefined;
if (!hasPgBouncer) console.warn(`SKIPPED: ${BEHIND_PGBOUNCER} of PostgreSQL. ${PGBOUNCER_MISSING}`);
const only = CLAUSES.map(({ id }) => id).filter(
  (id) =>
    (faultClauseOf(id) === undefined || id === UNDER_FAULTS) && (hasPgBouncer || id !== BEHIND_PGBOUNCER),
);

certifyAdapter(distUrl('adapters/postgres/target.js'), { runs: 5, only });
certifyAdapter(distUrl('adapters/migration/target.js'), {
  runs: 5,
  only: ['MIG', 'LOCK-01', 'IDEM-01'],
});
