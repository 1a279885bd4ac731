/** Streams and users over the key-value stores. */
import {
  validateId,
  validatePage,
  validateStatus,
  validateStream,
  validateUser,
  type StreamRecord,
  type StreamStore,
  type UserRecord,
  type UserStore,
} from '../contract/index.ts';
import { alreadyExists, notFound } from '../contract/rules/refusals.ts';
import { listPage, scanPage } from './pages.ts';
import { withDefaults, type Session } from './session.ts';
import type { KeyValueStore } from './store.ts';

export function createStreamStore(session: Session, rows: KeyValueStore<StreamRecord>): StreamStore {
  const store = (record: StreamRecord): StreamRecord => {
    rows.set(record.id, record);
    return rows.get(record.id) as StreamRecord;
  };
  return {
    create: (stream) =>
      session.write(() => {
        validateStream(stream);
        if (rows.get(stream.id) !== undefined) throw alreadyExists('streams', stream.id);
        const stamp = session.stamp();
        return store(withDefaults(stream, { createdAt: stamp, updatedAt: stamp }));
      }),
    get: (id) =>
      session.read(() => {
        validateId(id);
        return rows.get(id);
      }),
    put: (stream) =>
      session.write(() => {
        validateStream(stream);
        const stored = rows.get(stream.id);
        if (stored === undefined) throw notFound('streams', stream.id);
        return store(withDefaults(stream, { createdAt: stored.createdAt, updatedAt: session.stamp() }));
      }),
    delete: (id) =>
      session.write(() => {
        validateId(id);
        return rows.delete(id);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        const { status } = request;
        if (status !== undefined) validateStatus(status);
        return listPage(
          () => rows.values(),
          {
            order: 'oldest-first',
            idOf,
            timeOf: (row) => row.createdAt,
            shows: (row) => status === undefined || row.status === status,
          },
          request,
        );
      }),
    scan: (request) => session.read(() => scanPage(() => rows.values(), idOf, request)),
  };
}

export function createUserStore(session: Session, rows: KeyValueStore<UserRecord>): UserStore {
  return {
    get: (walletAddress) =>
      session.read(() => {
        validateId(walletAddress, 'walletAddress');
        return rows.get(walletAddress);
      }),
    put: (user) =>
      session.write(() => {
        validateUser(user);
        const stamp = session.stamp();
        const createdAt = rows.get(user.walletAddress)?.createdAt ?? stamp;
        rows.set(user.walletAddress, withDefaults(user, { createdAt, updatedAt: stamp }));
        return rows.get(user.walletAddress) as UserRecord;
      }),
    scan: (request) =>
      session.read(() =>
        scanPage(
          () => rows.values(),
          (row) => row.walletAddress,
          request,
        ),
      ),
  };
}

const idOf = (row: StreamRecord): string => row.id;
