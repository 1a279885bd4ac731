/**
 * Checks of incoming records. Adapters call them before they write. A failed check throws INVALID_RECORD (for tokens:
 * INVALID_TOKEN) with the field, what was expected and what came. The checks never correct or round a value.
 */
import * as z from '../zod.ts';
import { MAX_PAGE_LIMIT, type PageRequest } from '../adapter.ts';
import { WRITER_ROLES, type AuthorityState, type Writer } from '../authority.ts';
import { StorageError } from '../errors.ts';
import { MOVED_KINDS, type MovedKind } from '../migration/movedKinds.ts';
import {
  EXPORT_AUDIT_TYPES,
  STREAM_STATUSES,
  type ExportPatch,
  type NewActivityEvent,
  type NewExportAuditRecord,
  type NewExportJob,
  type NewIdempotencyRecord,
  type NewStream,
  type NewUser,
  type StreamStatus,
  type Timestamp,
} from '../records.ts';
import { isId, isStorable, MAX_ID_BYTES } from './text.ts';
import { addMs, isTimestamp } from './time.ts';
import { parseToken } from './token.ts';
import { jsonProblem } from './json.ts';

const text = z.string().refine(isStorable, 'expected well-formed Unicode without NUL');
const id = text.refine(isId, `expected 1 to ${MAX_ID_BYTES} bytes`);
const amount = z
  .string()
  .regex(
    /^(0|[1-9]\d{0,37})$/,
    'expected a decimal string of 1 to 38 digits without sign, point or leading zero',
  );
const timestamp = z
  .string()
  .refine(isTimestamp, 'expected ISO-8601 in UTC with three to six fractional digits');
const json = z.unknown().superRefine((value, context) => {
  const problem = jsonProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const positive = z.number().int().positive();
const waitMs = z.number().min(0);
const streamStatus = z.enum(STREAM_STATUSES);
const pageLimit = positive.max(MAX_PAGE_LIMIT);
const authorityState = z.looseObject({ epoch: count, decides: z.boolean(), admitsUnmarked: z.boolean() });
const movedKind = z.enum(MOVED_KINDS);
const writer = z.looseObject({ epoch: count, role: z.enum(WRITER_ROLES) });
const ttlMs = z
  .number()
  .int()
  .positive()
  .max(Number.MAX_SAFE_INTEGER / 1000);

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');

const stream = z.looseObject({
  id,
  recipient: text,
  rate: amount,
  schedule: text,
  status: streamStatus,
  token: text,
  totalAmount: amount,
  releasedAmount: amount,
  withdrawnAmount: amount,
  revision: count,
  nextAction: text.optional(),
  settlementTxHash: text.optional(),
  withdrawal: json.optional(),
  createdAt: timestamp.optional(),
  updatedAt: timestamp.optional(),
});

const user = z.strictObject({
  walletAddress: id,
  displayName: text.optional(),
  email: text.optional(),
  createdAt: timestamp.optional(),
  updatedAt: timestamp.optional(),
});

const event = z.strictObject({
  id,
  type: id,
  streamId: id.optional(),
  timestamp: timestamp.optional(),
  description: text,
  details: json.optional(),
});

const idempotencyRecord = z
  .strictObject({
    token: z.string(),
    fingerprint,
    status: z.number().int().min(100).max(599),
    body: text,
    createdAt: timestamp.optional(),
    expiresAt: timestamp.optional(),
    ttlMs: ttlMs.optional(),
  })
  .refine(
    (record) => record.ttlMs === undefined || record.expiresAt === undefined,
    'expected ttlMs or expiresAt, got both',
  );

const exportJob = z
  .strictObject({
    id,
    ownerId: id,
    fileName: text,
    requestedAt: timestamp.optional(),
    expiresAt: timestamp.optional(),
    ttlMs: ttlMs.optional(),
  })
  .refine(
    (job) => job.ttlMs === undefined || job.expiresAt === undefined,
    'expected ttlMs or expiresAt, got both',
  );

const exportPatch = z.strictObject({
  signedUrl: text.optional(),
  signedUrlExpiresAt: timestamp.optional(),
  rows: count.optional(),
  attempts: count.optional(),
  expiresAt: timestamp.optional(),
  fileName: text.optional(),
  failureReason: text.optional(),
});

const auditRecord = z.strictObject({
  id,
  exportId: id,
  type: z.enum(EXPORT_AUDIT_TYPES),
  timestamp: timestamp.optional(),
  details: json.optional(),
});

/**
 * Checks a stream before `create` or `put`.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateStream(record: NewStream): void {
  check(stream, record, 'stream');
  // zod's catchall would check neither the names nor a field named __proto__.
  for (const [name, value] of Object.entries(record)) {
    if (Object.hasOwn(stream.shape, name)) continue;
    const problem = jsonProblem(name) ?? jsonProblem(value);
    if (problem !== undefined) throw invalid(`stream.${name}`, problem, value);
  }
}
/**
 * Checks a user before `put`.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateUser(record: NewUser): void {
  check(user, record, 'user');
}
/**
 * Checks an event before `append`.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateActivityEvent(record: NewActivityEvent): void {
  check(event, record, 'activity event');
}
/**
 * Checks a replay record before it is stored. It checks the token first.
 *
 * @throws {@link StorageError} with `INVALID_TOKEN` or `INVALID_RECORD`.
 */
export function validateIdempotencyRecord(record: NewIdempotencyRecord): void {
  parseToken(record?.token);
  check(idempotencyRecord, record, 'idempotency record');
}
/**
 * Checks an export job before `create`.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateExportJob(record: NewExportJob): void {
  check(exportJob, record, 'export job');
}
/**
 * Checks the patch of a transition.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateExportPatch(patch: ExportPatch): void {
  check(exportPatch, patch, 'export patch');
}
/**
 * Checks an audit record before `append`.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateExportAuditRecord(record: NewExportAuditRecord): void {
  check(auditRecord, record, 'export audit record');
}
/**
 * Checks an id before a lock, a read or a delete. `name` is its name in the message.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateId(value: string, name = 'id'): void {
  check(id, value, name);
}
/**
 * Checks the fingerprint of a request before `begin`: 64 hex digits.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateFingerprint(value: string): void {
  check(fingerprint, value, 'fingerprint');
}
/**
 * Checks the length of a claim: a positive integer, in milliseconds.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateLease(leaseMs: number): void {
  check(ttlMs, leaseMs, 'leaseMs');
}
/**
 * Checks the reason of a failed job: any text that can be stored.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateReason(reason: string): void {
  check(text, reason, 'reason');
}
/**
 * Checks the size of a page: an integer from 1 to {@link MAX_PAGE_LIMIT}.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validatePage(request: PageRequest): void {
  check(pageLimit, request?.limit, 'limit');
}
/**
 * Checks the status that a list filters by.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateStatus(status: StreamStatus): void {
  check(streamStatus, status, 'status');
}
/**
 * Checks the number of records that a sweep may delete: a positive integer.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateSweepLimit(limit: number): void {
  check(positive, limit, 'limit');
}
/**
 * Checks the longest wait for a lock: milliseconds, zero or more, with fractions allowed.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateTimeout(timeoutMs: number): void {
  check(waitMs, timeoutMs, 'timeoutMs');
}
/**
 * Checks the epoch and the role of a writer.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateWriter(given: Writer): void {
  check(writer, given, 'writer');
}
/**
 * Checks a removal: the writer must be copying, the kind must exist, and the id (or token) must be well-formed.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`, `INVALID_TOKEN`.
 */
export function validateRemoval(given: Writer, kind: MovedKind, name: string): void {
  validateWriter(given);
  if (given.role !== 'copying') throw invalid('writer.role', "expected 'copying'", given.role);
  check(movedKind, kind, 'kind');
  if (kind === 'idempotency') parseToken(name);
  else validateId(name);
}
/**
 * Checks a change of authority: both states, and how long it may wait, in milliseconds.
 *
 * @throws {@link StorageError} with `INVALID_RECORD`.
 */
export function validateAuthority(expected: AuthorityState, next: AuthorityState, drainMs: number): void {
  check(authorityState, expected, 'expected');
  check(authorityState, next, 'next');
  check(count, drainMs, 'drainMs');
  if (next.epoch === 0 || next.epoch < expected.epoch)
    throw invalid(
      'next.epoch',
      `expected ${Math.max(1, expected.epoch)} or more, because epochs never decrease`,
      next.epoch,
    );
}
/**
 * Returns the time `ttlMs` milliseconds after `from`.
 *
 * @throws {@link StorageError} with `INVALID_RECORD` if that time is after the year 9999.
 */
export function expiryAfter(from: Timestamp, ttlMs: number): Timestamp {
  try {
    return addMs(from, ttlMs);
  } catch (cause) {
    throw new StorageError(
      'INVALID_RECORD',
      `Expected a lifetime that ends before the year 10000, got ${ttlMs} ms from ${from}. Nothing was stored.`,
      { cause },
    );
  }
}

function check(schema: z.ZodType, value: unknown, name: string): void {
  const result = schema.safeParse(value);
  if (result.success) return;
  const issue = result.error.issues[0];
  const path = [name, ...(issue?.path ?? [])].join('.');
  const came = (issue?.path ?? []).reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  throw invalid(path, issue?.message ?? 'invalid', came);
}

function invalid(path: string, problem: string, came: unknown): StorageError {
  return new StorageError('INVALID_RECORD', `${path}: ${problem}; got ${shown(came)}. Nothing was stored.`);
}

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 80);
  } catch {
    return typeof value;
  }
}
