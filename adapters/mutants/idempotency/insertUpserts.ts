import type { Mutant } from '../mutant.ts';

/** The last record wins, whether or not the one before it is still live. */
export const insertUpserts: Mutant = {
  name: 'token-upsert',
  origin: 'ON CONFLICT (token) DO UPDATE, added so that expired tokens can be used again, without a WHERE.',
  clauses: ['IDEM-01', 'IDEM-14'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace(/WHERE stored\.expires_at <= clock_timestamp\(\)\s+RETURNING/, 'RETURNING'),
};
