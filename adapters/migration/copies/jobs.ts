/** Writes an export job as the other side has it, by transitions of the seam. */
import type { ExportJob, ExportJobStore, ExportPatch, ExportStatus } from '../../contract/index.ts';

/** The statuses that a job went through before it reached this one. */
const PATHS: Readonly<Record<ExportStatus, readonly ExportStatus[]>> = {
  pending: ['pending'],
  processing: ['pending', 'processing'],
  ready: ['pending', 'processing', 'ready'],
  failed: ['pending', 'processing', 'failed'],
  expired: ['pending', 'processing', 'ready', 'expired'],
};

/**
 * Makes the job in `jobs` equal to `wanted`. Undefined: there is none. A job that cannot get there by transitions, such as a
 * worker's second attempt, is deleted and created again. No worker holds it, because workers get jobs from the deciding side.
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

/** Whether the jobs differ in fields that no transition changes. */
function isOther(there: ExportJob, wanted: ExportJob | undefined): boolean {
  return there.ownerId !== wanted?.ownerId || there.requestedAt !== wanted.requestedAt;
}

function patchFor(to: ExportStatus, wanted: ExportJob): ExportPatch {
  const { fileName, expiresAt, attempts, rows, failureReason } = wanted;
  const always = { fileName, expiresAt, attempts };
  if (to === 'processing') return always;
  if (to === 'failed') return { ...always, rows, ...(failureReason === undefined ? {} : { failureReason }) };
  if (to === 'expired') return { ...always, rows };
  // On its way to expired a job needs a URL, which expiring removes.
  const { signedUrl = '', signedUrlExpiresAt = expiresAt } = wanted;
  return { ...always, rows, signedUrl, signedUrlExpiresAt };
}
