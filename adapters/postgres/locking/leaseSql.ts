/** The statements of leases. Each is a transaction of its own, but for those that say otherwise. */
import { checked, qualified, type Statement } from '../sql/sql.ts';

type Name = 'acquire' | 'queue' | 'leave' | 'renew' | 'confirm' | 'free' | 'freeAlone' | 'giveBack';
export type LeaseStatements = Readonly<Record<Name, Statement>>;

/** How long those who stopped looking are kept in line, so that one that was slow finds its place. */
const KEPT = `interval '1 minute'`;

/**
 * The transaction does not wait until its commit is on disk. Should a crash undo it, a lease runs out that was free
 * already, or sooner than its holder thought, whose connection the crash ended. Never for a grant: a fence would be
 * given twice. As a condition, since a setting of one transaction would otherwise take a flight.
 */
const UNFLUSHED = `set_config('synchronous_commit', 'off', true) IS NOT NULL`;

const MINE = 'stream_id = $1::text AND owner = $2::uuid AND fence = $3::bigint';
const FREED = 'SET owner = NULL, expires_at = NULL';

const inMs = (param: string): string => `clock_timestamp() + ${param}::float8 * interval '1 millisecond'`;

export function leaseStatements(schema: string): LeaseStatements {
  const leases = qualified(schema, 'leases');
  const waiters = qualified(schema, 'lease_waiters');
  const write = (name: string, text: string): Statement => ({ name: `lease.${name}`, kind: 'write', text });
  // Whoever holds the row of a lease may hold it until its section ends: these never wait for it.
  const unlocked = (where: string): string =>
    `stream_id = (SELECT stream_id FROM ${leases} WHERE ${where} FOR UPDATE SKIP LOCKED)`;
  return {
    acquire: write('acquire', acquireSql(leases, waiters, unlocked)),
    // $3 is how long the place in line counts unless it is shown again, in ms.
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
    // The answer may have been lost that granted the lease: no fence is known then.
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
    // These three within the section's transaction, where they must find the row: from `confirm` on, or from `free` on,
    // until it ends nobody takes over.
    confirm: {
      name: 'lease.confirm',
      kind: 'read',
      text: checked(
        `SELECT fence FROM ${leases} WHERE ${MINE} AND expires_at > clock_timestamp() FOR UPDATE`,
      ),
    },
    free: write('free', checked(`UPDATE ${leases} ${FREED} WHERE ${MINE} RETURNING fence`)),
    // In a transaction that has written nothing: what it had written would not be flushed either.
    freeAlone: write(
      'freeAlone',
      checked(`UPDATE ${leases} ${FREED} WHERE ${MINE} AND ${UNFLUSHED} RETURNING fence`),
    ),
    giveBack: write('giveBack', `UPDATE ${leases} ${FREED} WHERE ${unlocked(MINE)} AND ${UNFLUSHED}`),
  };
}

/**
 * $2 is who would own it, $3 the lease in ms. Takes one that is free or has run out, unless somebody waits for it who came
 * earlier. Answers with the fence, NULL if it was not granted, and with how many came earlier.
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
