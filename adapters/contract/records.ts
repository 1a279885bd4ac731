/**
 * The records that cross the seam. They are JSON values.
 *
 * - Times are ISO-8601 in UTC with three to six fractional digits: `2026-01-31T08:15:00.123456Z`.
 *   Digits are never truncated.
 * - Amounts are decimal strings of integer minor units, non-negative, at most 38 digits: `"9007199254740993"`.
 * - Absent and null differ. Additional fields of a stream come back unchanged.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A time: ISO-8601, UTC, three to six fractional digits. */
export type Timestamp = string;

/** An amount in integer minor units: 1 to 38 decimal digits, without sign or leading zeros. */
export type Amount = string;

export const STREAM_STATUSES = ['draft', 'active', 'paused', 'ended', 'withdrawn', 'cancelled'] as const;
export type StreamStatus = (typeof STREAM_STATUSES)[number];

/** A payment stream. Additional fields belong to the application and come back unchanged. */
export interface StreamRecord {
  readonly id: string;
  readonly recipient: string;
  readonly rate: Amount;
  readonly schedule: string;
  readonly status: StreamStatus;
  readonly token: string;
  readonly totalAmount: Amount;
  readonly releasedAmount: Amount;
  readonly withdrawnAmount: Amount;
  /** The number of effects on this stream, from 0. The adapter treats it as plain data; the judge uses it as evidence. */
  readonly revision: number;
  readonly nextAction?: string;
  readonly settlementTxHash?: string;
  readonly withdrawal?: Json;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly [field: string]: Json | undefined;
}

export interface UserRecord {
  readonly walletAddress: string;
  readonly displayName?: string;
  readonly email?: string;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** One line of the append-only history of streams. */
export interface ActivityEvent {
  readonly id: string;
  readonly type: string;
  readonly streamId?: string;
  readonly timestamp: Timestamp;
  readonly description: string;
  readonly details?: Json;
}

/** The stored answer to a request. It is replayed byte for byte when the request is repeated. */
export interface IdempotencyRecord {
  /** `scope:key`, see {@link idempotencyToken}. */
  readonly token: string;
  /** SHA-256 of the request in hex, see {@link requestFingerprint}. */
  readonly fingerprint: string;
  /** The HTTP status to replay, 100 to 599. */
  readonly status: number;
  /** The exact bytes to replay, as a string. */
  readonly body: string;
  readonly createdAt: Timestamp;
  /** Absent: it never expires. */
  readonly expiresAt?: Timestamp;
}

export const EXPORT_STATUSES = ['pending', 'processing', 'ready', 'failed', 'expired'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** The allowed transitions of an export job. Any other is CONFLICT. */
export const EXPORT_TRANSITIONS: Readonly<Record<ExportStatus, readonly ExportStatus[]>> = {
  pending: ['processing'],
  processing: ['ready', 'failed'],
  ready: ['expired'],
  failed: [],
  expired: [],
};

export interface ExportJob {
  readonly id: string;
  readonly ownerId: string;
  readonly status: ExportStatus;
  readonly requestedAt: Timestamp;
  /** From this time on, the job and its file are no longer kept. */
  readonly expiresAt: Timestamp;
  /** Present while the job is ready; `expired` removes it. */
  readonly signedUrl?: string;
  readonly signedUrlExpiresAt?: Timestamp;
  readonly fileName: string;
  /** The number of rows in the file; 0 until the job is ready. */
  readonly rows: number;
  /** How many times a worker has started the job. */
  readonly attempts: number;
  /** The reason that the worker gave to `fail`. */
  readonly failureReason?: string;
}

export const EXPORT_AUDIT_TYPES = ['export.requested', 'export.downloaded', 'export.expired'] as const;
export type ExportAuditType = (typeof EXPORT_AUDIT_TYPES)[number];

export interface ExportAuditRecord {
  readonly id: string;
  readonly exportId: string;
  readonly type: ExportAuditType;
  readonly timestamp: Timestamp;
  readonly details?: Json;
}

/** `T` with optional fields `K`: when the caller omits them, the adapter stamps them from the storage's clock. */
export type Stamped<T, K extends PropertyKey> = {
  readonly [P in keyof T as P extends K ? never : P]: T[P];
} & {
  readonly [P in keyof T as P extends K ? P : never]?: T[P];
};

export type NewStream = Stamped<StreamRecord, 'createdAt' | 'updatedAt'>;
export type NewUser = Stamped<UserRecord, 'createdAt' | 'updatedAt'>;
export type NewActivityEvent = Stamped<ActivityEvent, 'timestamp'>;
export type NewIdempotencyRecord = Stamped<IdempotencyRecord, 'createdAt' | 'expiresAt'> & {
  /** Lifetime in milliseconds from the stamped `createdAt`. Cannot be combined with `expiresAt`. */
  readonly ttlMs?: number;
};
export type NewExportJob = Stamped<
  Pick<ExportJob, 'id' | 'ownerId' | 'fileName' | 'requestedAt' | 'expiresAt'>,
  'requestedAt' | 'expiresAt'
> & {
  /** Lifetime in milliseconds from the stamped `requestedAt`. Cannot be combined with `expiresAt`. Default 7 days. */
  readonly ttlMs?: number;
};
export type NewExportAuditRecord = Stamped<ExportAuditRecord, 'timestamp'>;

/** The fields that a transition may set together with the status. */
export type ExportPatch = Partial<
  Pick<
    ExportJob,
    'signedUrl' | 'signedUrlExpiresAt' | 'rows' | 'attempts' | 'expiresAt' | 'fileName' | 'failureReason'
  >
>;

/** The fields that a worker sets when it completes a claimed job. */
export type ExportResult = Required<Pick<ExportJob, 'signedUrl' | 'signedUrlExpiresAt' | 'rows'>>;

/** How long an export job is kept, in milliseconds: 7 days. */
export const EXPORT_TTL_MS: number = 7 * 24 * 3_600_000;
/** How long a signed URL is valid, in milliseconds: 1 hour. */
export const SIGNED_URL_TTL_MS: number = 3_600_000;
/** The default lifetime of a replay record in the settlement protocol, in milliseconds: 24 hours. */
export const IDEMPOTENCY_TTL_MS: number = 24 * 3_600_000;
