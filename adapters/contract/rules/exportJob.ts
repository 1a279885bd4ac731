/** The rules of {@link ExportJobStore.transition}. Adapters call them around their own read and write. */
import { StorageError } from '../errors.ts';
import { EXPORT_TRANSITIONS, type ExportJob, type ExportPatch, type ExportStatus } from '../records.ts';
import { validateExportPatch } from './validate.ts';

/**
 * Checks what can be checked without the job: a patch for `ready` must have signedUrl, signedUrlExpiresAt and rows, and only
 * patches for `ready` and `expired` (which drops it) may have a URL.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateTransition(to: ExportStatus, patch: ExportPatch): void {
  validateExportPatch(patch);
  const { signedUrl, signedUrlExpiresAt, rows } = patch;
  const isComplete = signedUrl !== undefined && signedUrlExpiresAt !== undefined && rows !== undefined;
  if (to === 'ready' && !isComplete) throw invalid('signedUrl, signedUrlExpiresAt and rows with', to);
  const hasUrl = signedUrl !== undefined || signedUrlExpiresAt !== undefined;
  if (hasUrl && to !== 'ready' && to !== 'expired') throw invalid('no URL with', to);
}

/**
 * Returns `job` moved from one of the statuses `from` to `to`, with `patch` set. A move to `processing` adds 1 to `attempts`
 * unless the patch sets it. A move to `expired` removes the URL.
 *
 * @throws {@link StorageError} with `CONFLICT` if the job's status is not in `from`, or the move is not allowed.
 */
export function transitionJob(
  job: ExportJob,
  from: readonly ExportStatus[],
  to: ExportStatus,
  patch: ExportPatch,
): ExportJob {
  if (!from.includes(job.status) || !EXPORT_TRANSITIONS[job.status].includes(to)) {
    throw new StorageError(
      'CONFLICT',
      `Expected export job ${JSON.stringify(job.id)} to be ${from.join(' or ')} and to become ${to}, but it is ${job.status}. Nothing was changed.`,
      { details: { surface: 'exports', id: job.id, status: job.status } },
    );
  }
  const attempts = to === 'processing' ? job.attempts + 1 : job.attempts;
  const next: ExportJob = { ...job, attempts, ...patch, status: to };
  if (to !== 'expired') return next;
  const { signedUrl: _url, signedUrlExpiresAt: _urlExpiresAt, ...withoutUrl } = next;
  return withoutUrl;
}

function invalid(expected: string, to: ExportStatus): StorageError {
  return new StorageError(
    'INVALID_RECORD',
    `Expected ${expected} the status ${to}. Set all three once the file exists. Nothing was changed.`,
  );
}
