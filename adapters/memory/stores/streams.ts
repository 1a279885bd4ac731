import {
  validateId,
  validatePage,
  validateStatus,
  validateStream,
  type StreamRecord,
  type StreamStore,
} from '../../contract/index.ts';
import { alreadyExists, notFound } from '../../contract/rules/refusals.ts';
import { copy, copyWith } from '../copy.ts';
import { listPage, scanPage } from '../page.ts';
import type { Session } from '../session.ts';
import { indexes } from '../store.ts';

export function createStreamStore(session: Session): StreamStore {
  const rows = session.tables.streams;
  return {
    create: (stream) =>
      session.write(() => {
        validateStream(stream);
        if (rows.get(stream.id) !== undefined) throw alreadyExists('streams', stream.id);
        const stamp = session.stamp();
        const record = copyWith(stream, { createdAt: stamp, updatedAt: stamp }) as StreamRecord;
        rows.set(record, 'absent');
        return copy(record);
      }),
    get: (id) =>
      session.read(() => {
        validateId(id);
        return copy(rows.get(id));
      }),
    put: (stream) =>
      session.write(() => {
        validateStream(stream);
        const stored = rows.get(stream.id);
        if (stored === undefined) throw notFound('streams', stream.id);
        const times = { createdAt: stored.createdAt, updatedAt: session.stamp() };
        const record = copyWith(stream, times) as StreamRecord;
        rows.set(record, 'present');
        return copy(record);
      }),
    delete: (id) =>
      session.write(() => {
        validateId(id);
        return rows.delete(id);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        if (request.status !== undefined) validateStatus(request.status);
        const index = indexes.streams(request.status);
        return listPage(rows, { index, order: 'oldest-first', timeOf: (row) => row.createdAt }, request);
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
  };
}
