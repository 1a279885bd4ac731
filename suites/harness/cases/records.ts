/** Valid records of every kind. Properties vary them. */
import type {
  ExportResult,
  NewActivityEvent,
  NewExportAuditRecord,
  NewExportJob,
  NewIdempotencyRecord,
} from '../../../adapters/contract/index.ts';

/** A time that is past by every clock, and one that is in the future. */
export const PAST = '2001-01-01T00:00:00.000Z';
export const FUTURE = '2199-01-01T00:00:00.000Z';

/** A lease that is longer than any trial, in milliseconds. */
export const LONG_LEASE_MS = 60_000;
/** How much longer than a lease a trial waits, in milliseconds, because storages may round times to milliseconds. */
export const LEASE_MARGIN_MS = 5;

/** The fields that a job needs to become ready. */
export const READY_PATCH: ExportResult = {
  signedUrl: 'https://files.invalid/1',
  signedUrlExpiresAt: '2199-01-01T00:00:00.123456Z',
  rows: 3,
};

export const FINGERPRINT: string = 'ab'.repeat(32);

export function replayOf(token: string, fields: Partial<NewIdempotencyRecord> = {}): NewIdempotencyRecord {
  return { token, fingerprint: FINGERPRINT, status: 200, body: '{"ok":true}', ...fields };
}

export function eventOf(id: string, fields: Partial<NewActivityEvent> = {}): NewActivityEvent {
  return { id, type: 'stream.settled', description: 'settled', ...fields };
}

export function jobOf(id: string, ownerId: string, fields: Partial<NewExportJob> = {}): NewExportJob {
  return { id, ownerId, fileName: 'activity.csv', ...fields };
}

export function auditOf(
  id: string,
  exportId: string,
  fields: Partial<NewExportAuditRecord> = {},
): NewExportAuditRecord {
  return { id, exportId, type: 'export.requested', ...fields };
}
