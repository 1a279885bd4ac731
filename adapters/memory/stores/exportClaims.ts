/** Claimed export jobs: which worker has a job, and until when. */
import { randomUUID } from 'node:crypto';
import {
  addMs,
  transitionJob,
  validateId,
  validateLease,
  validateReason,
  validateTransition,
  type ExportJob,
  type ExportJobStore,
  type Timestamp,
} from '../../contract/index.ts';
import { notClaimed } from '../../contract/rules/refusals.ts';
import { copy } from '../copy.ts';
import { holds, leaseOf } from '../lease.ts';
import type { Session } from '../session.ts';
import { indexes, type Work } from '../store.ts';

type ExportClaims = Required<Pick<ExportJobStore, 'claimNext' | 'heartbeat' | 'complete' | 'fail'>>;

export function createExportClaims(session: Session): ExportClaims {
  const { jobs, work } = session.tables;
  const end = (claim: string, change: (job: ExportJob) => ExportJob): ExportJob => {
    const { id } = held(session, claim);
    const job = jobs.get(id);
    if (job === undefined) throw notClaimed('exports', 'an export job');
    const ended = copy(change(job));
    jobs.set(ended, 'same');
    work.delete(id);
    return copy(ended);
  };
  return {
    claimNext: (worker, leaseMs) =>
      session.write(() => {
        validateId(worker, 'worker');
        validateLease(leaseMs);
        const now = session.now();
        const job = nextJob(session, now);
        if (job === undefined) return undefined;
        const claim = randomUUID();
        const claimed: ExportJob = { ...job, status: 'processing', attempts: job.attempts + 1 };
        jobs.set(claimed, 'same');
        work.set({ id: job.id, claim, leaseMs, until: addMs(now, leaseMs) }, 'same');
        return { job: copy(claimed), claim };
      }),
    heartbeat: (claim) =>
      session.write(() => {
        validateId(claim, 'claim');
        const mine = held(session, claim);
        work.set({ ...mine, until: addMs(session.now(), mine.leaseMs) }, 'same');
      }),
    complete: (claim, result) =>
      session.write(() => {
        validateId(claim, 'claim');
        validateTransition('ready', result);
        return end(claim, (job) => transitionJob(job, ['processing'], 'ready', result));
      }),
    fail: (claim, failureReason) =>
      session.write(() => {
        validateId(claim, 'claim');
        validateReason(failureReason);
        return end(claim, (job) => ({ ...transitionJob(job, ['processing'], 'failed', {}), failureReason }));
      }),
  };
}

/**
 * The oldest job that is pending or whose lease has run out. A processing job without a lease is left to `transition`.
 */
function nextJob(session: Session, now: Timestamp): ExportJob | undefined {
  const { jobs, work } = session.tables;
  for (const { id } of jobs.positions(indexes.toDo, undefined, false)) {
    const job = jobs.get(id);
    const lease = work.get(id);
    if (job?.status === 'pending' || (lease !== undefined && !holds(lease, now))) return job;
  }
  return undefined;
}

/** The claimed job and its lease. Throws CONFLICT if the lease has run out. */
function held(session: Session, claim: string): Work {
  const mine = leaseOf(session.tables.work, claim);
  if (mine === undefined || !holds(mine, session.now())) throw notClaimed('exports', 'an export job');
  return mine;
}
