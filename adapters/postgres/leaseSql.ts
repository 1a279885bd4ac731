/** The statements of leases. Each is a transaction of its own, but for those that say otherwise. */
import { qualified, type Statement } from './sql.ts';

type Name = 'acquire' | 'queue' | 'leave' | 'renew' | 'confirm' | 'free' | 'giveBack';
export type LeaseStatements = Readonly<Record<Name, Statement>>;

/** How long tickets of waiters are kept that stopped looking, so that one that was slow finds its place. */
const KEPT = `interval '1 minute'`;

/** Whoever has no ticket comes after all who have one. */
const LAST = '9223372036854775807';

const inMs = (param: string): string => `clock_timestamp() + ${param}::float8 * interval '1 millisecond'`;

export function leaseStatements(schema: string): LeaseStatements {
  const leases = qualified(schema, 'leases');
  const waiters = qualified(schema, 'lease_waiters');
  const mine = 'stream_id = $1::text AND owner = $2::uuid AND fence = $3::bigint';
  const emptied = 'SET owner = NULL, expires_at = NULL';
  // Whoever holds the row of a lease may hold it until its section ends: these never wait for it.
  const unlocked = (where: string): string =>
    `stream_id = (SELECT stream_id FROM ${leases} WHERE ${where} FOR UPDATE SKIP LOCKED)`;
  return {
    acquire: {
      name: 'lease.acquire',
      kind: 'write',
      // $2 is the new owner, $3 the lease in ms, $4 the ticket. A lease that is free or has run out, unless somebody
      // waits for it who came earlier. Answers with the fence (NULL: not granted) and how many came earlier.
      text: `WITH earlier AS MATERIALIZED (
          SELECT count(*) AS number FROM ${waiters} WHERE stream_id = $1::text
            AND waits_until > clock_timestamp() AND ticket < coalesce($4::bigint, ${LAST})),
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
        left_queue AS (
          DELETE FROM ${waiters} WHERE owner = $2::uuid AND EXISTS (SELECT FROM taken))
        SELECT (SELECT fence FROM made UNION ALL SELECT fence FROM taken) AS fence, number FROM earlier`,
    },
    queue: {
      name: 'lease.queue',
      kind: 'write',
      // $3 is how long the ticket counts unless it is shown again, in ms.
      text: `WITH gone AS MATERIALIZED (
          SELECT owner FROM ${waiters} WHERE stream_id = $1::text AND owner <> $2::uuid
            AND waits_until < clock_timestamp() - ${KEPT} FOR UPDATE SKIP LOCKED),
        swept AS (DELETE FROM ${waiters} AS stored USING gone WHERE stored.owner = gone.owner)
        INSERT INTO ${waiters} (stream_id, owner, waits_until) VALUES ($1::text, $2::uuid, ${inMs('$3')})
        ON CONFLICT (owner) DO UPDATE SET waits_until = excluded.waits_until RETURNING ticket`,
    },
    leave: {
      name: 'lease.leave',
      kind: 'write',
      // An answer may be lost that has granted the lease: no fence is known then.
      text: `WITH left_queue AS (DELETE FROM ${waiters} WHERE owner = $2::uuid)
        UPDATE ${leases} ${emptied} WHERE ${unlocked('stream_id = $1::text AND owner = $2::uuid')}`,
    },
    renew: {
      name: 'lease.renew',
      kind: 'write',
      text: `UPDATE ${leases} SET expires_at = ${inMs('$4')}
        WHERE ${unlocked(`${mine} AND expires_at > clock_timestamp()`)}`,
    },
    confirm: {
      name: 'lease.confirm',
      kind: 'read',
      // Within the section's transaction: from here on, until it ends, nobody takes over.
      text: `SELECT fence FROM ${leases} WHERE ${mine} AND expires_at > clock_timestamp() FOR UPDATE`,
    },
    free: {
      name: 'lease.free',
      kind: 'write',
      // Within the section's transaction.
      text: `UPDATE ${leases} ${emptied} WHERE ${mine}`,
    },
    giveBack: {
      name: 'lease.giveBack',
      kind: 'write',
      text: `UPDATE ${leases} ${emptied} WHERE ${unlocked(mine)}`,
    },
  };
}
