/** Takeovers of an expired record that keep something of it, or never happen. */
import type { Mutant } from '../mutant.ts';

/** The takeover without the columns whose names begin with `kept`. */
function keeping(kept: string): (sql: string) => string {
  const column = new RegExp(`(${kept}\\w*) = excluded\\.\\1(, )?`, 'g');
  return (sql) =>
    sql.includes('.idempotency_keys') && sql.includes('DO UPDATE SET')
      ? sql.replace(column, '').replace(/,\s+WHERE/, ' WHERE')
      : sql;
}

export const takeoverKeepsExpiry: Mutant = {
  name: 'takeover-keeps-expiry',
  origin:
    'expires_at is missing from DO UPDATE SET: who takes an expired token over stores an expired record.',
  clauses: ['IDEM-04'],
  bases: ['postgres'],
  rewrite: keeping('expires_at'),
};

export const takeoverKeepsBody: Mutant = {
  name: 'takeover-keeps-body',
  origin: 'Only the times are renewed when a token is used again: the answer of yesterday is replayed.',
  clauses: ['IDEM-04'],
  bases: ['postgres'],
  rewrite: keeping('body'),
};

export const takeoverKeepsRequest: Mutant = {
  name: 'takeover-keeps-request',
  origin: 'The fingerprint is missing from DO UPDATE SET: repetitions of the new request are conflicts.',
  clauses: ['IDEM-04'],
  bases: ['postgres'],
  rewrite: keeping('fingerprint'),
};

export const takeoverKeepsCreation: Mutant = {
  name: 'takeover-keeps-creation',
  origin: 'created_at is taken for a column that never changes, also when a token is used anew.',
  clauses: ['IDEM-04'],
  bases: ['postgres'],
  rewrite: keeping('created_at'),
};

export const expiredBlocks: Mutant = {
  name: 'expired-blocks',
  origin: 'ON CONFLICT DO NOTHING: an expired token stays in the way until the sweeper comes.',
  clauses: ['IDEM-04'],
  bases: ['postgres'],
  rewrite: (sql) => sql.replace('WHERE stored.expires_at <= clock_timestamp()', 'WHERE false'),
};
