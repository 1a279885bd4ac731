/** The surface `authority`: reads and sets the state in the database, and opens instances for single writers. */
import { randomUUID } from 'node:crypto';
import {
  accepts,
  codeOf,
  fenced,
  validateAuthority,
  validateRemoval,
  validateWriter,
  type Authority,
  type StorageAdapter,
  type Writer,
} from '../../contract/index.ts';
import { setAuthority } from './authoritySet.ts';
import { authorityStatements, stateOf } from './authoritySql.ts';
import type { Connections } from '../connection/connections.ts';
import { sqlStateOf } from '../errors.ts';
import { createSession } from '../connection/session.ts';
import type { WithLock } from '../locking/withLock.ts';
import { writerText } from './writers.ts';

/** `openFor` opens an instance for one writer on the same connections. */
export function createAuthority(
  connections: Connections,
  openFor: (writer: Writer) => StorageAdapter,
): Authority {
  const { get, remove, endLease } = authorityStatements(connections.options.schema);
  const session = createSession(connections);
  return {
    get: () => session.read(async () => stateOf((await session.run(get, [])).rows[0])),
    set: (expected, next, drainMs) =>
      session.write(async () => {
        validateAuthority(expected, next, drainMs);
        return setAuthority({ connections, expected, next, drainMs });
      }),
    as(writer) {
      validateWriter(writer);
      return openFor({ epoch: writer.epoch, role: writer.role });
    },
    remove: (writer, kind, id) =>
      session.write(async () => {
        validateRemoval(writer, kind, id);
        const { rows } = await session.run(remove, [writerText(writer), kind, id]);
        return rows[0]?.['removed'] === 't';
      }),
    endLease: (writer, jobId) =>
      session.write(async () => {
        validateRemoval(writer, 'jobs', jobId);
        const { count } = await createSession(connections.for(writer)).run(endLease, [jobId, randomUUID()]);
        return count > 0;
      }),
  };
}

/** Reports a section as FENCED if its session was ended because the storage no longer accepts its writer. */
export function sayingFenced(
  withLock: WithLock,
  authority: Pick<Authority, 'get'>,
  writer: Writer | undefined,
): WithLock {
  return async (streamId, callback, options) => {
    try {
      return await withLock(streamId, callback, options);
    } catch (error) {
      // 57P01: somebody ended the session, and the server is still running.
      const isEnded = codeOf(error) === 'LOCK_LOST' && sqlStateOf((error as Error).cause) === '57P01';
      const state = isEnded ? await Promise.resolve(authority.get()).catch(() => undefined) : undefined;
      if (state === undefined || accepts(state, writer)) throw error;
      throw fenced(writer, state, error);
    }
  };
}
