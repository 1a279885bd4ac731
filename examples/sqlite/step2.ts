import {
  StorageError,
  timestampOf,
  validateId,
  validatePage,
  validateStatus,
  validateStream,
  type Clock,
  type StreamRecord,
  type StreamStore,
  type TargetDefinition,
} from 'lockstep';
import type { Database } from 'node-sqlite3-wasm';
import { columnsOf } from './database.ts';
import { firstStore } from './step1.ts';
import { targetOf } from './targetOf.ts';

const INSERT = 'INSERT INTO streams VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';

export function secondStore(database: Database, clock: Clock): StreamStore {
  const first = firstStore(database, clock);
  return {
    create(stream) {
      validateStream(stream);
      const now = timestampOf(clock);
      const record = { createdAt: now, updatedAt: now, ...stream } as StreamRecord;
      if (database.run(INSERT, columnsOf(record)).changes === 1) return record;
      const details = { surface: 'streams', id: stream.id };
      throw new StorageError('ALREADY_EXISTS', `Expected a new stream, got ${stream.id}.`, { details });
    },
    get(id) {
      validateId(id);
      return first.get(id);
    },
    put(stream) {
      validateStream(stream);
      return first.put(stream);
    },
    delete(id) {
      validateId(id);
      return first.delete(id);
    },
    list(request) {
      validatePage(request);
      if (request.status !== undefined) validateStatus(request.status);
      return first.list(request);
    },
    scan(request) {
      validatePage(request);
      return first.scan(request);
    },
  };
}

const target: TargetDefinition = targetOf(secondStore);
export default target;
