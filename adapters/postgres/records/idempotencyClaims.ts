/** Executions in progress: who may answer a token, and until when. */
import { randomUUID } from 'node:crypto';
import {
  parseToken,
  StorageError,
  validateFingerprint,
  validateId,
  validateIdempotencyRecord,
  validateLease,
  type BeginResult,
  type IdempotencyRecord,
  type IdempotencyStore,
} from '../../contract/index.ts';
import { notClaimed } from '../../contract/rules/refusals.ts';
import {
  claimTable,
  EXPIRY,
  FIRST_GUARDED,
  keyTable,
  LIVE,
  liveReader,
  recordWriter,
} from './idempotency.ts';
import type { Session, Statement } from '../sql/sql.ts';

type IdempotencyClaims = Required<Pick<IdempotencyStore, 'begin' | 'finish' | 'abandon'>>;

/** How often `begin` tries again if the other execution ended in between. */
const BEGIN_ATTEMPTS = 10;

/** Creates the stores of executions in `schema`, one per session. */
export function idempotencyClaimStores(schema: string): (session: Session) => IdempotencyClaims {
  const table = claimTable(schema);
  const { claim, current, forget, release } = statements(table, schema);
  const live = liveReader(schema);
  // One statement ends the claim and stores the record. It and a takeover wait for each other; the second one finds the
  // row that the first one left.
  const finish = recordWriter(
    schema,
    'idempotency.finish',
    `UPDATE ${table} SET finished = true, leased_until = coalesce(${EXPIRY}, 'infinity') FROM stamp
      WHERE token = $1::text AND fingerprint = $2::text AND claim = $${FIRST_GUARDED}::text
        AND NOT finished AND leased_until > clock_timestamp() RETURNING token`,
  );
  return (session) => ({
    begin: (token, fingerprint, leaseMs) =>
      session.write(async () => {
        parseToken(token);
        validateFingerprint(fingerprint);
        validateLease(leaseMs);
        for (let attempt = 1; attempt <= BEGIN_ATTEMPTS; attempt += 1) {
          const record = await live(session, token);
          if (record !== undefined) return answered(record, fingerprint);
          const mine = randomUUID();
          const { count } = await session.run(claim, [token, fingerprint, mine, leaseMs]);
          if (count > 0) {
            // Somebody may have stored a record without a claim since the check above.
            const stored = await live(session, token);
            if (stored === undefined) return { outcome: 'started', claim: mine };
            await session.run(release, [mine]);
            return answered(stored, fingerprint);
          }
          const { rows } = await session.run(current, [token]);
          const other = rows[0];
          if (other?.['finished'] === 'f')
            return { outcome: other['fingerprint'] === fingerprint ? 'inProgress' : 'conflict' };
          // It was finished just now, or its record was deleted.
          if (other !== undefined) await session.run(forget, [token, other['claim'] as string]);
        }
        throw new StorageError(
          'UNAVAILABLE',
          `Expected the execution of ${JSON.stringify(token)} to go on or to be over, but one came and went ${BEGIN_ATTEMPTS} times. Nothing was claimed; try again.`,
        );
      }),
    finish: (given, record) =>
      session.write(async () => {
        validateId(given, 'claim');
        validateIdempotencyRecord(record);
        const { token } = record;
        const stored = await finish(session, record, [given]);
        if (stored === undefined) throw notClaimed('idempotency', JSON.stringify(token));
        return stored;
      }),
    abandon: (given) =>
      session.write(async () => {
        validateId(given, 'claim');
        await session.run(release, [given]);
      }),
  });
}

function answered(record: IdempotencyRecord, fingerprint: string): BeginResult {
  return record.fingerprint === fingerprint ? { outcome: 'replay', record } : { outcome: 'conflict' };
}

type Name = 'claim' | 'current' | 'forget' | 'release';

function statements(table: string, schema: string): Record<Name, Statement> {
  const until = `clock_timestamp() + $4::float8 * interval '1 millisecond'`;
  return {
    claim: {
      name: 'idempotency.begin',
      kind: 'write',
      // ON CONFLICT waits for a concurrent insert, then checks the lease on the row that it left: of all callers that
      // find an expired lease, the first one renews it. The lease counts from the grant, not from before the wait.
      text: `INSERT INTO ${table} AS stored (token, fingerprint, claim, leased_until)
        VALUES ($1::text, $2::text, $3::text, ${until})
        ON CONFLICT (token) DO UPDATE SET fingerprint = excluded.fingerprint, claim = excluded.claim,
          leased_until = ${until}, finished = false
        WHERE stored.leased_until <= clock_timestamp()`,
    },
    current: {
      name: 'idempotency.current',
      kind: 'read',
      text: `SELECT fingerprint, claim, finished FROM ${table}
        WHERE token = $1::text AND leased_until > clock_timestamp()`,
    },
    forget: {
      name: 'idempotency.forget',
      kind: 'write',
      // Record and row are committed together. So a caller that sees the row finished also sees its record, if there is
      // one.
      text: `DELETE FROM ${table} WHERE token = $1::text AND claim = $2::text AND finished
        AND NOT EXISTS (SELECT 1 FROM ${keyTable(schema).table} WHERE token = $1::text AND ${LIVE})`,
    },
    release: {
      name: 'idempotency.abandon',
      kind: 'write',
      text: `DELETE FROM ${table} WHERE claim = $1::text AND NOT finished`,
    },
  };
}
