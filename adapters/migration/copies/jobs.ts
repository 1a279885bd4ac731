/** Writes an export job as another side has it, by the transitions that the seam knows. */
import type { ExportJob, ExportJobStore, ExportPatch, ExportStatus } from '../../contract/index.ts';

/** The statuses that a job has had when it has this one. */
const PATHS: Readonly<Record<ExportStatus, readonly ExportStatus[]>> = {
  pending: ['pending'],
  processing: ['pending', 'processing'],
  ready: ['pending', 'processing', 'ready'],
  failed: ['pending', 'processing', 'failed'],
  expired: ['pending', 'processing', 'ready', 'expired'],
};

/**
 * Makes `jobs` say `wanted` of the job; undefined: that there is none. A job that cannot get there from where it is, a
 * worker's second attempt for one, is deleted and made anew. Nobody holds a copy: workers are given jobs by the old side.
 */
export async function writeJob(
  jobs: ExportJobStore,
  id: string,
  there: ExportJob | undefined,
  wanted: ExportJob | undefined,
): Promise<void> {
  const path = wanted === undefined ? [] : PATHS[wanted.status];
  const position = there === undefined || isOther(there, wanted) ? -1 : path.indexOf(there.status);
  const goesOn = position >= 0 && position < path.length - 1;
  if (there !== undefined && !goesOn) await jobs.delete(id);
  if (wanted === undefined) return;
  if (!goesOn) {
    const { ownerId, fileName, requestedAt, expiresAt } = wanted;
    await jobs.create({ id, ownerId, fileName, requestedAt, expiresAt });
  }
  const start = goesOn ? position : 0;
  for (const [index, to] of path.slice(start + 1).entries())
    await jobs.transition(id, [path[start + index] as ExportStatus], to, patchFor(to, wanted));
}

/** Whether they differ in what no transition changes. */
function isOther(there: ExportJob, wanted: ExportJob | undefined): boolean {
  return there.ownerId !== wanted?.ownerId || there.requestedAt !== wanted.requestedAt;
}

function patchFor(to: ExportStatus, wanted: ExportJob): ExportPatch {
  const { fileName, expiresAt, attempts, rows, failureReason } = wanted;
  const always = { fileName, expiresAt, attempts };
  if (to === 'processing') return always;
  if (to === 'failed') return { ...always, rows, ...(failureReason === undefined ? {} : { failureReason }) };
  if (to === 'expired') return { ...always, rows };
  // On its way to expired it needs a URL for a moment, which expiring removes.
  const { signedUrl = '', signedUrlExpiresAt = expiresAt } = wanted;
  return { ...always, rows, signedUrl, signedUrlExpiresAt };
}
