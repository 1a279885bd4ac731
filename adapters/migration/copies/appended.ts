/** Looks for an appended record of which only a few fields are known. */
import {
  codeOf,
  compareIds,
  encodeScanCursor,
  type ActivityEvent,
  type Awaitable,
  type ExportAuditRecord,
  type Page,
  type PageRequest,
} from '../../contract/index.ts';
import type { Owed } from '../sides/owed.ts';
import { everyRow, type Stores } from '../sides/sides.ts';

export type OwedAppend = Extract<Owed, { readonly kind: 'activity' | 'audit' }>;

const PAGE = 100;
/** The length of a page of the scan, in which other records may come before the one that is looked for. */
const NEAR = 20;

/** The record. Undefined: it was never stored, or never committed. */
export async function appended(
  stores: Stores,
  owed: OwedAppend,
): Promise<ActivityEvent | ExportAuditRecord | undefined> {
  if (owed.record !== undefined) return owed.record;
  const store = stores[owed.kind];
  if (store === undefined) return undefined;
  try {
    return await scanned<ActivityEvent | ExportAuditRecord>((request) => store.scan(request), owed.id);
  } catch (error) {
    // The storage may have cursors of another format. Its lists are then read from the beginning.
    if (codeOf(error) !== 'INVALID_CURSOR') throw error;
    return listed(stores, owed);
  }
}

/** Scans in the order of ids, from the beginning of the record's id on. */
async function scanned<T extends { readonly id: string }>(
  scan: (request: PageRequest) => Awaitable<Page<T>>,
  id: string,
): Promise<T | undefined> {
  const before = Array.from(id).slice(0, -1).join('');
  const from = before === '' ? undefined : encodeScanCursor(before);
  for await (const row of everyRow(scan, NEAR, from)) {
    if (row.id === id) return row;
    if (compareIds(row.id, id) > 0) return undefined;
  }
  return undefined;
}

async function listed(
  { activity, audit }: Stores,
  owed: OwedAppend,
): Promise<ActivityEvent | ExportAuditRecord | undefined> {
  if (owed.kind === 'activity') {
    const { type, streamId } = owed;
    const filter = streamId === undefined ? { type } : { type, streamId };
    return (
      activity &&
      first(
        everyRow((page) => activity.list({ ...page, ...filter }), PAGE),
        owed.id,
      )
    );
  }
  const { exportId } = owed;
  return (
    audit &&
    first(
      everyRow((page) => audit.list({ ...page, exportId }), PAGE),
      owed.id,
    )
  );
}

async function first<T extends { readonly id: string }>(
  rows: AsyncGenerator<T>,
  id: string,
): Promise<T | undefined> {
  for await (const row of rows) if (row.id === id) return row;
  return undefined;
}
