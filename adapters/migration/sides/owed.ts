/**
 * What the other side is owed. It is an entry in the idempotency store of the deciding side, and names the records that a write
 * may have changed.
 *
 * Only in that store can a migration keep records that no list of the application shows, also in the transaction of a section.
 * Its scopes are isolated, and nobody else uses this one.
 */
import { randomUUID } from 'node:crypto';
import {
  codeOf,
  encodeScanCursor,
  idempotencyToken,
  type ActivityEvent,
  type ExportAuditRecord,
  type IdempotencyRecord,
  type IdempotencyStore,
  type NewIdempotencyRecord,
} from '../../contract/index.ts';
import { everyRow } from './sides.ts';

/** A record of the deciding side that the other side may lack, or may have in another state. */
export type Owed =
  | { readonly kind: 'streams' | 'users' | 'idempotency'; readonly id: string }
  /** Without an id: the job that a worker was given, or finished. */
  | { readonly kind: 'jobs'; readonly id?: string }
  /** `record` is present if it is known. Otherwise it is looked for. */
  | ({ readonly kind: 'activity'; readonly record?: ActivityEvent } & Pick<
      ActivityEvent,
      'id' | 'type' | 'streamId'
    >)
  | ({ readonly kind: 'audit'; readonly record?: ExportAuditRecord } & Pick<
      ExportAuditRecord,
      'id' | 'exportId'
    >);

/** Whether it names a record, or any job. The store refuses everything else that a caller may pass. */
export function isNamed(owed: Owed): boolean {
  const { id, record: _, ...fields }: Partial<Record<string, unknown>> = { ...owed };
  return (
    (isAnyJob(owed) || typeof id === 'string') &&
    Object.values(fields).every((field) => typeof field === 'string')
  );
}

/** Whether it stands for the job that a worker was given, or finished, whichever that is. */
export function isAnyJob({ kind, id }: Owed): boolean {
  return kind === 'jobs' && id === undefined;
}

/** The same key for everything that is owed of one record. Without an id, it stands for any record of the kind. */
export function recordKey({ kind, id }: Pick<Owed, 'kind' | 'id'>): string {
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

/** One of the migration's own records. Without `ttlMs` it never expires. */
export function ownRecord(token: string, content: unknown, ttlMs?: number): NewIdempotencyRecord {
  const expiry = ttlMs === undefined ? {} : { ttlMs };
  return { token, fingerprint: NO_REQUEST, status: 200, body: JSON.stringify(content), ...expiry };
}

/** Stores the record unless its token is held already. */
export async function insertOnce(store: IdempotencyStore, record: NewIdempotencyRecord): Promise<void> {
  try {
    await store.insert(record);
  } catch (error) {
    if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
  }
}

/** Stores the content in place of what the token held. Undefined: removes it. Of several callers at once one is first. */
export async function replaceOwn(
  store: IdempotencyStore,
  token: string,
  content: object | undefined,
): Promise<void> {
  await store.delete(token);
  if (content !== undefined) await insertOnce(store, ownRecord(token, content));
}

/** The migration's own records whose keys begin with `prefix`, in the order of keys, behind the key `after`. */
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

/** The fingerprint of no request. */
const NO_REQUEST = '0'.repeat(64);

/**
 * `owed`: the write has happened. `intent`: the write may have happened. Only the writer knows, until the entry is so old that
 * the write must have been interrupted.
 */
export const ENTRY_KINDS = ['owed', 'intent'] as const;
type EntryKind = (typeof ENTRY_KINDS)[number];

/** Makes the entry for a write that may change these records. */
export function entryOf(kind: EntryKind, owed: readonly Owed[]): NewIdempotencyRecord {
  return ownRecord(ownToken(`${kind}-${randomUUID()}`), owed);
}

/** The records that an entry names. */
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
