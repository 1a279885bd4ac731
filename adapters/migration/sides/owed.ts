/**
 * What the other side is owed: an entry of the deciding side's idempotency store, with which records a write may have changed.
 *
 * That store is the one surface of the seam where a migration can keep records that no list of anybody's shows, in the
 * transaction of a section, too. Its scopes are isolated, and nobody else uses this one.
 */
import { randomUUID } from 'node:crypto';
import {
  encodeScanCursor,
  idempotencyToken,
  type ActivityEvent,
  type ExportAuditRecord,
  type IdempotencyRecord,
  type IdempotencyStore,
  type NewIdempotencyRecord,
} from '../../contract/index.ts';
import { everyRow } from './sides.ts';

/** A record of the deciding side that the other one may lack, or have otherwise. */
export type Owed =
  | { readonly kind: 'streams' | 'users' | 'idempotency'; readonly id: string }
  /** Without an id: the one that a worker was given, or finished. */
  | { readonly kind: 'jobs'; readonly id?: string }
  /** `record` where it is known; else it is looked for. */
  | ({ readonly kind: 'activity'; readonly record?: ActivityEvent } & Pick<
      ActivityEvent,
      'id' | 'type' | 'streamId'
    >)
  | ({ readonly kind: 'audit'; readonly record?: ExportAuditRecord } & Pick<
      ExportAuditRecord,
      'id' | 'exportId'
    >);

/** Whether it says which record, or that it cannot be said. What else a caller may have given the store refuses. */
export function isNamed(owed: Owed): boolean {
  const { id, record: _, ...fields }: Partial<Record<string, unknown>> = { ...owed };
  return (
    (isAnyJob(owed) || typeof id === 'string') &&
    Object.values(fields).every((field) => typeof field === 'string')
  );
}

/** Whether it is the job that a worker was given, or finished, whichever that was. */
export function isAnyJob({ kind, id }: Owed): boolean {
  return kind === 'jobs' && id === undefined;
}

/** The same for everything that is owed of one record. */
export function recordKey({ kind, id }: Owed): string {
  return id === undefined ? kind : `${kind} ${id}`;
}

/** Scope of the tokens that a migration keeps for itself. */
const SCOPE = 'migration';
const PAGE = 100;

export function ownToken(key: string): string {
  return idempotencyToken(SCOPE, key);
}

export function isOwnToken(token: string): boolean {
  return token.startsWith(`${SCOPE}:`);
}

/** A record of the migration's own; without a time to live, in milliseconds, it never expires. */
export function ownRecord(token: string, content: unknown, ttlMs?: number): NewIdempotencyRecord {
  const expiry = ttlMs === undefined ? {} : { ttlMs };
  return { token, fingerprint: NO_REQUEST, status: 200, body: JSON.stringify(content), ...expiry };
}

/** The records of the migration's own whose keys begin so, in their order, behind the key `after`. */
export async function* ownRecords(
  store: IdempotencyStore,
  prefix: string,
  after: string = prefix,
): AsyncGenerator<IdempotencyRecord> {
  const start = ownToken(prefix);
  const from = encodeScanCursor(ownToken(after));
  for await (const record of everyRow((request) => store.scan(request), PAGE, from)) {
    if (!record.token.startsWith(start)) return;
    yield record;
  }
}

/** No request has it. */
const NO_REQUEST = '0'.repeat(64);

/**
 * `owed`: the write has happened. `intent`: it is about to happen, and nobody but the writer knows whether it has, until
 * no write can be under way any more.
 */
export const ENTRY_KINDS = ['owed', 'intent'] as const;
type EntryKind = (typeof ENTRY_KINDS)[number];

/** The entry for a write that may change these records. */
export function entryOf(kind: EntryKind, owed: readonly Owed[]): NewIdempotencyRecord {
  return ownRecord(ownToken(`${kind}-${randomUUID()}`), owed);
}

/** What an entry says. */
export function owedIn({ body }: IdempotencyRecord): readonly Owed[] {
  return JSON.parse(body) as readonly Owed[];
}

/** Every stored entry of this kind. */
export async function* everyEntry(
  store: IdempotencyStore,
  kind: EntryKind,
): AsyncGenerator<IdempotencyRecord> {
  yield* ownRecords(store, `${kind}-`);
}
