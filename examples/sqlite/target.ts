import {
  decodeListCursor,
  decodeScanCursor,
  encodeListCursor,
  encodeScanCursor,
  validatePage,
  validateStatus,
  type Clock,
  type Page,
  type StreamRecord,
  type StreamStore,
  type TargetDefinition,
} from 'lockstep';
import type { Database } from 'node-sqlite3-wasm';
import { sortable } from './database.ts';
import { secondStore } from './step2.ts';
import { targetOf } from './targetOf.ts';

const LIST = `
  SELECT record FROM streams
  WHERE (:status IS NULL OR status = :status)
    AND (:time IS NULL OR (created_at, id) > (:time, :id))
  ORDER BY created_at, id LIMIT :rows`;

const SCAN = 'SELECT record FROM streams WHERE :id IS NULL OR id > :id ORDER BY id LIMIT :rows';

export function store(database: Database, clock: Clock): StreamStore {
  /** One row more than asked for: only then is there a next page. */
  function page(
    sql: string,
    values: Record<string, string | null>,
    limit: number,
    cursorAt: (last: StreamRecord) => string,
  ): Page<StreamRecord> {
    const rows = database.all(sql, { ...values, ':rows': limit + 1 });
    const items: StreamRecord[] = rows.slice(0, limit).map((row) => JSON.parse(row['record'] as string));
    const last = items.at(-1);
    return rows.length > limit && last ? { items, nextCursor: cursorAt(last) } : { items };
  }

  return {
    ...secondStore(database, clock),
    list(request) {
      validatePage(request);
      const { limit, cursor, status = null } = request;
      if (status !== null) validateStatus(status);
      const after = cursor === undefined ? undefined : decodeListCursor(cursor);
      const time = after === undefined ? null : sortable(after.timestamp);
      return page(LIST, { ':status': status, ':time': time, ':id': after?.id ?? null }, limit, (last) =>
        encodeListCursor({ timestamp: last.createdAt, id: last.id }),
      );
    },
    scan(request) {
      validatePage(request);
      const { limit, cursor } = request;
      const after = cursor === undefined ? null : decodeScanCursor(cursor);
      return page(SCAN, { ':id': after }, limit, (last) => encodeScanCursor(last.id));
    },
  };
}

const target: TargetDefinition = targetOf(store);
export default target;
