/** The statements of leases. Each is its own transaction unless its comment says otherwise. */
import { checked, qualified, type Statement } from '../sql/sql.ts';

type Name = 'acquire' | 'queue' | 'leave' | 'renew' | 'confirm' | 'free' | 'freeAlone' | 'giveBack';
export type LeaseStatements = Readonly<Record<Name, Statement>>;

/** How long a waiter's row is kept after it stopped showing itself, so that a slow waiter finds its place again. */
const KEPT = `interval '1 minute'`;

/**
 * Commits without waiting for the disk. If a crash undoes such a transaction, a lease that was already free runs out
 * later, or a lease runs out earlier than its holder expects; the crash has ended that holder's connection anyway.
 * Never used for a grant, because the same fence could then be given twice. It is a condition of the statement, because
 * a SET would need another flight.
 */
const UNFLUSHED = `set_config('synchronous_commit', 'off', true) IS NOT NULL`;

const MINE = 'stream_id = $1::text AND owner = $2::uuid AND fence = $3::bigint';
const FREED = 'SET owner = NULL, expires_at = NULL';

const inMs = (param: string): string => `clock_timestamp() + ${param}::float8 * interval '1 millisecond'`;

export function leaseStatements(schema: string): LeaseStatements {
  const leases = qualified(schema, 'leases');
  const waiters = qualified(schema, 'lease_waiters');
  const write = (name: string, text: string): Statement => ({ name: `lease.${name}`, kind: 'write', text });
  // The row may be locked until a section ends. These statements skip it instead of waiting.
  const unlocked = (where: string): string =>
    `stream_id = (SELECT stream_id FROM ${leases} WHERE ${where} FOR UPDATE SKIP LOCKED)`;
  return {
    acquire: write('acquire', acquireSql(leases, waiters, unlocked)),
    // $3: how long the place in line counts unless it is shown again, in milliseconds.
    queue: write(
      'queue',
      `WITH gone AS MATERIALIZED (
        SELECT owner FROM ${waiters} WHERE stream_id = $1::text AND owner <> $2::uuid
          AND waits_until < clock_timestamp() - ${KEPT} FOR UPDATE SKIP LOCKED),
      swept AS (
        DELETE FROM ${waiters} AS stored USING gone WHERE stream_id = $1::text AND stored.owner = gone.owner)
      INSERT INTO ${waiters} (stream_id, owner, waits_since, waits_until)
      SELECT $1::text, $2::uuid, clock_timestamp(), ${inMs('$3')} WHERE ${UNFLUSHED}
      ON CONFLICT (stream_id, owner) DO UPDATE SET waits_until = excluded.waits_until`,
    ),
    // Without a fence, because the answer that granted the lease may have been lost.
    leave: write(
      'leave',
      `WITH left_line AS (DELETE FROM ${waiters} WHERE stream_id = $1::text AND owner = $2::uuid AND ${UNFLUSHED})
      UPDATE ${leases} ${FREED} WHERE ${unlocked('stream_id = $1::text AND owner = $2::uuid')} AND ${UNFLUSHED}`,
    ),
    renew: write(
      'renew',
      `UPDATE ${leases} SET expires_at = ${inMs('$4')}
      WHERE ${unlocked(`${MINE} AND expires_at > clock_timestamp()`)} AND ${UNFLUSHED}`,
    ),
    // The next three run within the section's transaction and must find the row. From `confirm` or `free` on, nobody
    // can take over until that transaction ends.
    confirm: {
      name: 'lease.confirm',
      kind: 'read',
      text: checked(
        `SELECT fence FROM ${leases} WHERE ${MINE} AND expires_at > clock_timestamp() FOR UPDATE`,
      ),
    },
    free: write('free', checked(`UPDATE ${leases} ${FREED} WHERE ${MINE} RETURNING fence`)),
    // Only for a transaction without other writes, because those would not be flushed either.
    freeAlone: write(
      'freeAlone',
      checked(`UPDATE ${leases} ${FREED} WHERE ${MINE} AND ${UNFLUSHED} RETURNING fence`),
    ),
    giveBack: write('giveBack', `UPDATE ${leases} ${FREED} WHERE ${unlocked(MINE)} AND ${UNFLUSHED}`),
  };
}

/**
 * $2: the new owner. $3: the length of the lease in milliseconds. Takes a lease that is free or has run out, unless
 * somebody else waited first. Returns the fence (NULL: not granted) and how many waited first.
 */
function acquireSql(leases: string, waiters: string, unlocked: (where: string) => string): string {
  return `WITH earlier AS MATERIALIZED (
      SELECT count(*) AS number FROM ${waiters} WHERE stream_id = $1::text AND waits_until > clock_timestamp()
        AND waits_since < coalesce(
          (SELECT waits_since FROM ${waiters} WHERE stream_id = $1::text AND owner = $2::uuid), 'infinity')),
    made AS (
      INSERT INTO ${leases} (stream_id, owner, fence, expires_at)
      SELECT $1::text, $2::uuid, 1, ${inMs('$3')}
      WHERE NOT EXISTS (SELECT FROM ${leases} WHERE stream_id = $1::text)
      ON CONFLICT (stream_id) DO NOTHING RETURNING fence),
    taken AS (
      UPDATE ${leases} SET owner = $2::uuid, fence = fence + 1, expires_at = ${inMs('$3')}
      WHERE (SELECT number FROM earlier) = 0
        AND ${unlocked('stream_id = $1::text AND (owner IS NULL OR expires_at <= clock_timestamp())')}
      RETURNING fence),
    left_line AS (
      DELETE FROM ${waiters} WHERE stream_id = $1::text AND owner = $2::uuid AND EXISTS (SELECT FROM taken))
    SELECT (SELECT fence FROM made UNION ALL SELECT fence FROM taken) AS fence, number FROM earlier`;
}
