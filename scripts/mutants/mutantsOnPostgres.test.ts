/** What this alone proves: clauses catch what several processes on a database, a lease or an environment show, and no memory can. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startEmbedded, type EmbeddedServer } from '../../adapters/provision/local/embedded.ts';
import { findPgBouncer, PGBOUNCER_MISSING } from '../../adapters/provision/local/pooler.ts';
import { expectKilled, MUTANT_CASES } from '../testing/mutants.ts';

/** What several processes on a database show, and no memory can. */
const ON_POSTGRES = ['module-mutex', 'pool-query-in-callback'];
/** What leases alone can have. */
const ON_LEASES = ['lease-row-deleted'];
/** What an environment shows, and the service itself hides. */
const IN_ENVIRONMENTS = ['lock-on-replica', 'replica-read'];
const BEHIND_PGBOUNCER = 'session-lock-pooled';
if ((await findPgBouncer()) === undefined)
  console.warn(`SKIPPED: the mutant ${BEHIND_PGBOUNCER}. ${PGBOUNCER_MISSING}`);
else IN_ENVIRONMENTS.push(BEHIND_PGBOUNCER);

const CASES = [
  ...MUTANT_CASES.filter(
    ({ base, name }) => base === 'postgres' && [...ON_POSTGRES, ...IN_ENVIRONMENTS].includes(name),
  ),
  ...MUTANT_CASES.filter(({ base, name }) => base === 'postgres-lease' && ON_LEASES.includes(name)),
];

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startEmbedded();
});
afterAll(async () => {
  await server.stop();
});

describe('each mutant is killed by its clause', () => {
  it.each(CASES)('$name on $base', (one) => expectKilled(one, server.url));
});
