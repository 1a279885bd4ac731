/** Bugs in the SQL of replay records: when they expire, who takes them over, and what a sweeper deletes. */
import type { Mutant } from '../mutant.ts';
import { sqlMutants } from '../sqlTable.ts';

const NOT_EXPIRED = /AND \(expires_at IS NULL OR expires_at > clock_timestamp\(\)\)/;

/** The takeover without the columns whose names begin with `kept`. */
function keeping(kept: string): (sql: string) => string {
  const column = new RegExp(`(${kept}\\w*) = excluded\\.\\1(, )?`, 'g');
  return (sql) =>
    sql.includes('.idempotency_keys') && sql.includes('DO UPDATE SET')
      ? sql.replace(column, '').replace(/,\s+WHERE/, ' WHERE')
      : sql;
}

export const inSql: readonly Mutant[] = sqlMutants([
  // The last record wins, even if the previous one is still live.
  {
    name: 'token-upsert',
    origin: 'ON CONFLICT (token) DO UPDATE without a WHERE, added so that expired tokens can be used again.',
    clauses: ['IDEM-01', 'IDEM-14'],
    rewrite: (sql) => sql.replace(/WHERE stored\.expires_at <= clock_timestamp\(\)\s+RETURNING/, 'RETURNING'),
  },
  {
    name: 'takeover-keeps-expiry',
    origin:
      'expires_at is missing from DO UPDATE SET: the takeover of an expired token stores an expired record.',
    clauses: ['IDEM-04'],
    rewrite: keeping('expires_at'),
  },
  {
    name: 'takeover-keeps-body',
    origin: 'Only the times are updated when a token is used again: the old answer is replayed.',
    clauses: ['IDEM-04'],
    rewrite: keeping('body'),
  },
  {
    name: 'takeover-keeps-request',
    origin: 'The fingerprint is missing from DO UPDATE SET: repetitions of the new request are conflicts.',
    clauses: ['IDEM-04'],
    rewrite: keeping('fingerprint'),
  },
  {
    name: 'takeover-keeps-creation',
    origin: 'created_at is considered immutable, even if a token is used again.',
    clauses: ['IDEM-04'],
    rewrite: keeping('created_at'),
  },
  {
    name: 'expired-blocks',
    origin: 'ON CONFLICT DO NOTHING: an expired token blocks new ones until the sweeper deletes it.',
    clauses: ['IDEM-04'],
    rewrite: (sql) => sql.replace('WHERE stored.expires_at <= clock_timestamp()', 'WHERE false'),
  },
  {
    name: 'never-is-expired',
    origin: 'expires_at > now(): for NULL the result is NULL, and no row is returned.',
    clauses: ['IDEM-08'],
    rewrite: (sql) => sql.replace(NOT_EXPIRED, 'AND expires_at > clock_timestamp()'),
  },
  {
    name: 'expiry-cut-to-seconds',
    origin: 'expires_at timestamp(0), or a Unix time in seconds: the record ends up to a second early.',
    clauses: ['IDEM-08'],
    rewrite: (sql) =>
      sql.includes('CREATE TABLE idempotency_keys')
        ? sql.replace('expires_at        timestamptz(6)', 'expires_at        timestamptz(0)')
        : sql,
  },
  {
    name: 'expiry-by-transaction-time',
    origin:
      'expires_at > now(): in a transaction, now() stays the time of BEGIN, before the wait for the lock.',
    clauses: ['IDEM-08'],
    rewrite: (sql) => sql.replace(NOT_EXPIRED, 'AND (expires_at IS NULL OR expires_at > now())'),
  },
  {
    name: 'sweeper-takes-eternal',
    origin: 'coalesce(expires_at, created_at) < now() in the sweeper: records that never expire are deleted.',
    clauses: ['IDEM-10'],
    rewrite: (sql) =>
      sql
        .replace(
          'WHERE expires_at <= (SELECT clock_timestamp())',
          'WHERE coalesce(expires_at, created_at) <= (SELECT clock_timestamp())',
        )
        .replace(
          'stored.token = expired.token AND stored.expires_at <=',
          'stored.token = expired.token AND coalesce(stored.expires_at, stored.created_at) <=',
        ),
  },
  {
    name: 'sweeper-ahead',
    origin: 'A grace period with the wrong sign: records that expire within the next hour are deleted.',
    clauses: ['IDEM-10'],
    rewrite: (sql) =>
      sql
        .replace('(SELECT clock_timestamp())', `(SELECT clock_timestamp() + interval '1 hour')`)
        .replace(
          'stored.token = expired.token AND stored.expires_at <= clock_timestamp()',
          `stored.token = expired.token AND stored.expires_at <= clock_timestamp() + interval '1 hour'`,
        ),
  },
  {
    name: 'lapsed-for-its-request-only',
    origin:
      'The takeover’s WHERE also compares the fingerprint: an expired token stays a conflict for other requests forever.',
    clauses: ['IDEM-05'],
    rewrite: (sql) =>
      sql.replace(
        /(finished = false\s+WHERE )(stored\.leased_until)/,
        '$1stored.fingerprint = excluded.fingerprint AND $2',
      ),
  },
]);
