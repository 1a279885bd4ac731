/** Executions under way: who may answer a token, and until when. */
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
} from '../contract/index.ts';
import { notClaimed } from './errors.ts';
import { claimTable, FIRST_GUARDED, liveReader, recordWriter } from './idempotency.ts';
import type { Session, Statement } from './sql.ts';

type IdempotencyClaims = Required<Pick<IdempotencyStore, 'begin' | 'finish' | 'abandon'>>;

/** How often begin tries again when the execution that was in its way ended meanwhile. */
const BEGIN_ATTEMPTS = 10;

/** The claims of tokens in `schema`, one for each session. */
export function idempotencyClaimStores(schema: string): (session: Session) => IdempotencyClaims {
  const table = claimTable(schema);
  const { claim, running, release } = statements(table);
  const live = liveReader(schema);
  // The claim is taken away and the record stored by one statement. A takeover waits for it, and it for a takeover:
  // whoever comes second finds the row of the first.
  const finish = recordWriter(
    schema,
    'idempotency.finish',
    `DELETE FROM ${table} WHERE token = $1::text AND fingerprint = $2::text
      AND claim = $${FIRST_GUARDED}::text AND leased_until > clock_timestamp() RETURNING token`,
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
            // The claim may have become free because its holder finished after the look above. From here on nobody
            // else can finish.
            const finished = await live(session, token);
            if (finished === undefined) return { outcome: 'started', claim: mine };
            await session.run(release, [mine]);
            return answered(finished, fingerprint);
          }
          const { rows } = await session.run(running, [token]);
          const other = rows[0]?.['fingerprint'];
          if (other !== undefined) return { outcome: other === fingerprint ? 'inProgress' : 'conflict' };
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

function statements(table: string): Record<'claim' | 'running' | 'release', Statement> {
  const until = `clock_timestamp() + $4::float8 * interval '1 millisecond'`;
  return {
    claim: {
      name: 'idempotency.begin',
      kind: 'write',
      // Waits for an open twin, then judges the lease on the row that the twin left: of all who come to one that has
      // run out the first renews it. The lease counts from the moment of the grant, not from before the wait.
      text: `INSERT INTO ${table} AS stored (token, fingerprint, claim, leased_until)
        VALUES ($1::text, $2::text, $3::text, ${until})
        ON CONFLICT (token) DO UPDATE
          SET fingerprint = excluded.fingerprint, claim = excluded.claim, leased_until = ${until}
          WHERE stored.leased_until <= clock_timestamp()`,
    },
    running: {
      name: 'idempotency.running',
      kind: 'read',
      text: `SELECT fingerprint FROM ${table} WHERE token = $1::text AND leased_until > clock_timestamp()`,
    },
    release: {
      name: 'idempotency.abandon',
      kind: 'write',
      text: `DELETE FROM ${table} WHERE claim = $1::text`,
    },
  };
}
