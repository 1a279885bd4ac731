import {
  StorageError,
  timestampOf,
  type Clock,
  type NewStream,
  type StreamRecord,
  type StreamStore,
  type TargetDefinition,
} from 'lockstep';
import type { Database } from 'node-sqlite3-wasm';
import { columnsOf } from './database.ts';
import { targetOf } from './targetOf.ts';

export function firstStore(database: Database, clock: Clock): StreamStore {
  function write(stream: NewStream, createdAt: string): StreamRecord {
    const record = { createdAt, updatedAt: timestampOf(clock), ...stream } as StreamRecord;
    database.run('INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?)', columnsOf(record));
    return record;
  }

  function read(id: string): StreamRecord | undefined {
    const row = database.get('SELECT record FROM streams WHERE id = ?', [id]);
    return row === null ? undefined : JSON.parse(row['record'] as string);
  }

  function page(where: string, order: string, limit: number, cursor = '0'): ReturnType<StreamStore['scan']> {
    const rows = database.all(
      `SELECT record FROM streams WHERE ${where} ORDER BY ${order} LIMIT ${limit} OFFSET ${cursor}`,
    );
    const items: StreamRecord[] = rows.map((row) => JSON.parse(row['record'] as string));
    return items.length === limit ? { items, nextCursor: String(Number(cursor) + limit) } : { items };
  }

  return {
    create: (stream) => write(stream, timestampOf(clock)),
    get: read,
    put(stream) {
      const stored = read(stream.id);
      if (stored === undefined)
        throw new StorageError('NOT_FOUND', `Expected a stored stream, got ${stream.id}. Create it first.`);
      return write(stream, stored.createdAt);
    },
    delete: (id) => database.run('DELETE FROM streams WHERE id = ?', [id]).changes > 0,
    list: ({ limit, cursor, status }) =>
      page(status === undefined ? 'true' : `status = '${status}'`, 'created_at', limit, cursor),
    scan: ({ limit, cursor }) => page('true', 'id', limit, cursor),
  };
}

const target: TargetDefinition = targetOf(firstStore);
export default target;
