/** Reads everything in an instance's storage and writes it to one file, page by page. */
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import {
  compareIds,
  MAX_PAGE_LIMIT,
  type Awaitable,
  type Page,
  type PageRequest,
  type StorageAdapter,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Audit } from '../../evidence.ts';

type AuditList = Exclude<keyof Audit, 'reader'>;

interface Scannable {
  scan(request: PageRequest): Awaitable<Page<object>>;
}

/**
 * Writes the audit of `reader` to `path`: one JSON value with one record per line. The file appears when it is
 * complete. A missing surface is an empty list. Rejects with the adapter's error, or if a scan does not advance.
 */
export async function writeAudit(
  adapter: StorageAdapter,
  reader: Audit['reader'],
  path: string,
): Promise<void> {
  const streams = adapter.streamRepository;
  const lists: readonly [AuditList, Scannable | undefined, string][] = [
    ['streams', streams?.streams, 'id'],
    ['activity', streams?.activity, 'id'],
    ['idempotency', adapter.idempotencyStore, 'token'],
    ['exports', adapter.exportRepository?.jobs, 'id'],
    ['exportAudit', adapter.exportRepository?.audit, 'id'],
  ];
  const partial = `${path}.partial`;
  const descriptor = openSync(partial, 'wx');
  try {
    writeFileSync(descriptor, `{"reader":${JSON.stringify(reader)}`);
    for (const [name, store, idField] of lists) {
      writeFileSync(descriptor, `,\n${JSON.stringify(name)}:[`);
      if (store !== undefined) await writeList(descriptor, store, name, idField);
      writeFileSync(descriptor, '\n]');
    }
    writeFileSync(descriptor, '\n}\n');
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, path);
}

async function writeList(descriptor: number, store: Scannable, name: string, idField: string): Promise<void> {
  let cursor: string | undefined;
  let last: string | undefined;
  do {
    const page: Page<object> = await store.scan({
      limit: MAX_PAGE_LIMIT,
      ...defined({ cursor }),
    });
    const lines = page.items.map((item) => lineOf(item, name, idField));
    if (lines.length > 0) writeFileSync(descriptor, `${last === undefined ? '' : ','}\n${lines.join(',\n')}`);
    cursor = page.nextCursor;
    const id = (page.items.at(-1) as Record<string, string> | undefined)?.[idField];
    // A scan that repeats itself would fill the disk.
    if (cursor !== undefined && (id === undefined || (last !== undefined && compareIds(id, last) <= 0)))
      throw new Error(`The scan of ${name} does not advance: a page ended at ${id} after one at ${last}.`);
    last = id ?? last;
  } while (cursor !== undefined);
}

/** Throws for a value that is no record, because nobody could tell which record it is. */
function lineOf(item: object, name: string, idField: string): string {
  const id = (item as Record<string, unknown> | null | undefined)?.[idField];
  if (typeof id !== 'string')
    throw new Error(`The scan of ${name} returned what is no record: it has no ${idField}.`);
  return JSON.stringify(item);
}
