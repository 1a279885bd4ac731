/**
 * Requests and downloads of exports over the seam: what a call changes and its audit record commit in one section.
 * Without locks they are two writes, and a crash between them leaves a change without its record.
 */
import {
  AS_NAMED,
  StorageError,
  compareTimestamps,
  timestampOf,
  type Awaitable,
  type Clock,
  type IdOf,
  type ExportJob,
  type ExportRepository,
  type NewExportJob,
  type StorageAdapter,
  type Timestamp,
} from '../contract/index.ts';

/** The name of the lock that every call about one export takes. */
function exportLockId(exportId: string): string {
  return `export:${exportId}`;
}

/**
 * Creates the job, with the audit record `export.requested`. `idOf` makes the ids of the record and of the lock.
 * Errors: ALREADY_EXISTS, INVALID_RECORD, those of withLock.
 */
export function requestExport(
  adapter: StorageAdapter,
  job: NewExportJob,
  idOf: IdOf = AS_NAMED,
): Promise<ExportJob> {
  return inSection(adapter, idOf(exportLockId(job.id)), async ({ jobs, audit }) => {
    const created = await jobs.create(job);
    await audit.append({ id: idOf(`${job.id}:requested`), exportId: job.id, type: 'export.requested' });
    return created;
  });
}

export interface DownloadOptions {
  /** Decides whether the URL has expired. */
  readonly clock: Clock;
  /** Names this download in the audit. A second download with the same name is ALREADY_EXISTS. */
  readonly downloadId: string;
  /** Makes the ids of the audit record and of the lock. Default: the names themselves. */
  readonly idOf?: IdOf;
}

export interface Download {
  readonly signedUrl: string;
  readonly signedUrlExpiresAt: Timestamp;
}

/**
 * Hands out the URL of a ready job, with the audit record `export.downloaded`.
 * Errors: NOT_FOUND, CONFLICT (not ready, or the URL has expired), ALREADY_EXISTS, those of withLock.
 */
export function downloadExport(
  adapter: StorageAdapter,
  exportId: string,
  { clock, downloadId, idOf = AS_NAMED }: DownloadOptions,
): Promise<Download> {
  return inSection(adapter, idOf(exportLockId(exportId)), async ({ jobs, audit }) => {
    const job = await jobs.get(exportId);
    if (job === undefined) throw noJob(exportId);
    const { signedUrl, signedUrlExpiresAt } = job;
    if (job.status !== 'ready' || signedUrl === undefined || signedUrlExpiresAt === undefined)
      throw unavailable(job, `it is ${job.status}`);
    if (compareTimestamps(signedUrlExpiresAt, timestampOf(clock)) <= 0)
      throw unavailable(job, 'its URL has expired');
    const id = idOf(`${exportId}:downloaded:${downloadId}`);
    await audit.append({ id, exportId, type: 'export.downloaded' });
    return { signedUrl, signedUrlExpiresAt };
  });
}

async function inSection<T>(
  adapter: StorageAdapter,
  lock: string,
  action: (exports: ExportRepository) => Awaitable<T>,
): Promise<T> {
  const outside = adapter.exportRepository;
  if (outside === undefined) throw new StorageError('UNSUPPORTED', 'Expected an adapter with exports.');
  const repository = adapter.streamRepository;
  if (repository?.withLock === undefined) return action(outside);
  return repository.withLock(lock, async (view) => action(view.exports ?? outside));
}

function noJob(exportId: string): StorageError {
  return new StorageError(
    'NOT_FOUND',
    `Expected an export job, but there is no ${JSON.stringify(exportId)}.`,
    {
      details: { surface: 'exports', id: exportId },
    },
  );
}

function unavailable(job: ExportJob, why: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected export job ${JSON.stringify(job.id)} to have a URL, but ${why}.`,
    { details: { surface: 'exports', id: job.id, status: job.status } },
  );
}
