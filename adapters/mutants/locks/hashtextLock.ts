import type { Mutant } from '../mutant.ts';

const LOCK = /hashtextextended\(\('([a-z0-9_]+):' \|\| \$1::text\) COLLATE "C", 0\)/;

/** The key is PostgreSQL's 32-bit hash of the id; the namespace is the other half of it. */
export const hashtextLock: Mutant = {
  name: 'hashtext-lock',
  origin: 'pg_advisory_xact_lock(hashtext($1)): among 200,000 ids eight pairs are one lock.',
  clauses: ['LOCK-05'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(LOCK, `hashtext('$1'), hashtext($$1::text COLLATE "C")`),
};
