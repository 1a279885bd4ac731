/** Claims of export jobs: which worker has a job, and until when. */
import { randomUUID } from 'node:crypto';
import {
  validateId,
  validateLease,
  validateReason,
  validateTransition,
  type ExportJob,
  type ExportJobStore,
} from '../../contract/index.ts';
import { notClaimed } from '../../contract/rules/refusals.ts';
import { jobTable } from './exports.ts';
import { timeParams, type Param, type Session, type Statement } from '../sql/sql.ts';
import { recordIn, type Table } from '../sql/table.ts';

type ExportClaims = Required<Pick<ExportJobStore, 'claimNext' | 'heartbeat' | 'complete' | 'fail'>>;

/** Creates the stores of export claims in `schema`, one per session. */
export function exportClaimStores(schema: string): (session: Session) => ExportClaims {
  const jobs = jobTable(schema);
  const { claimNext, heartbeat, complete, fail } = statements(jobs);
  const end = async (session: Session, ending: Statement, params: readonly Param[]): Promise<ExportJob> => {
    const ended = recordIn(jobs, (await session.run(ending, params)).rows);
    if (ended === undefined) throw notClaimed('exports', 'an export job');
    return ended;
  };
  return (session) => ({
    claimNext: (worker, leaseMs) =>
      session.write(async () => {
        validateId(worker, 'worker');
        validateLease(leaseMs);
        const claim = randomUUID();
        const job = recordIn(jobs, (await session.run(claimNext, [claim, worker, leaseMs])).rows);
        return job === undefined ? undefined : { job, claim };
      }),
    heartbeat: (claim) =>
      session.write(async () => {
        validateId(claim, 'claim');
        const { count } = await session.run(heartbeat, [claim]);
        if (count === 0) throw notClaimed('exports', 'an export job');
      }),
    complete: (claim, result) =>
      session.write(async () => {
        validateId(claim, 'claim');
        validateTransition('ready', result);
        const { signedUrl, signedUrlExpiresAt, rows } = result;
        return end(session, complete, [claim, signedUrl, ...timeParams(signedUrlExpiresAt), rows]);
      }),
    fail: (claim, reason) =>
      session.write(async () => {
        validateId(claim, 'claim');
        validateReason(reason);
        return end(session, fail, [claim, reason]);
      }),
  });
}

type Name = 'claimNext' | 'heartbeat' | 'complete' | 'fail';

function statements({ table, selected }: Table<ExportJob>): Record<Name, Statement> {
  // The claim and its lease are checked on the row that is written: an update waits for a takeover and checks again.
  const held = `claim = $1::text AND status = 'processing' AND leased_until > clock_timestamp()`;
  return {
    claimNext: {
      name: 'jobs.claimNext',
      kind: 'write',
      // SKIP LOCKED: workers skip a row that another worker is claiming instead of waiting for it. A row that was
      // claimed after this statement began is checked again under its lock, and skipped.
      text: `WITH next AS MATERIALIZED (
          SELECT id AS next_id FROM ${table}
          WHERE status IN ('pending', 'processing')
            AND (status = 'pending' OR leased_until <= clock_timestamp())
          ORDER BY requested_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        UPDATE ${table} AS stored
        SET status = 'processing', attempts = attempts + 1, claim = $1::text, claimed_by = $2::text,
          lease_ms = $3::bigint, leased_until = clock_timestamp() + $3::bigint * interval '1 millisecond'
        FROM next WHERE stored.id = next_id RETURNING ${selected}`,
    },
    heartbeat: {
      name: 'jobs.heartbeat',
      kind: 'write',
      text: `UPDATE ${table} SET leased_until = clock_timestamp() + lease_ms * interval '1 millisecond'
        WHERE ${held}`,
    },
    complete: {
      name: 'jobs.complete',
      kind: 'write',
      text: `UPDATE ${table} SET status = 'ready', signed_url = $2::text,
          signed_url_expires_at = $3::timestamptz, signed_url_expires_at_digits = $4::smallint, rows = $5::bigint
        WHERE ${held} RETURNING ${selected}`,
    },
    fail: {
      name: 'jobs.fail',
      kind: 'write',
      text: `UPDATE ${table} SET status = 'failed', failure_reason = $2::text WHERE ${held} RETURNING ${selected}`,
    },
  };
}
