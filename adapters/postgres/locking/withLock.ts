/**
 * Sections: a callback with a stream's lock and a transaction.
 *
 * A nested section of another stream joins the outer transaction on the same connection, behind a savepoint. With a
 * second connection per holder, the pool would run empty while the holders wait for one another. So the writes and the
 * lock of a nested section last until the outermost section ends, and commit with it.
 */
import { validateId, validateTimeout, type LockedView, type LockOptions } from '../../contract/index.ts';
import { aborted, closed, lockTimeout, reentrant } from '../../contract/rules/refusals.ts';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { holds, innermostOf, runInside } from './enclosing.ts';
import { rollBack, type Beginning, type Held, type Lock, type LockRequest, type Taken } from './lock.ts';
import type { Opened } from '../records/opening.ts';
import { Section } from './section.ts';
import type { Statement } from '../sql/sql.ts';
import type { Stores } from '../records/stores.ts';
import { check } from '../connection/wait.ts';
import { translate } from '../errors.ts';

type Callback<T> = (view: LockedView) => Promise<T>;
export type WithLock = <T>(streamId: string, callback: Callback<T>, options?: LockOptions) => Promise<T>;

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export function createWithLock(connections: Connections, stores: Stores, lock: Lock): WithLock {
  const sections = new Sections(connections, stores, lock);
  return async (streamId, callback, options = {}) => {
    if (connections.ended.aborted) throw closed('instance');
    validateId(streamId, 'streamId');
    const request = lockRequest(connections, streamId, options);
    check(request.wait);
    if (holds(connections, streamId)) throw reentrant(streamId);
    const outer = innermostOf(connections);
    return outer === undefined
      ? sections.outermost(request, callback)
      : sections.nested(outer, request, callback);
  };
}

function lockRequest(connections: Connections, streamId: string, options: LockOptions): LockRequest {
  const { timeoutMs = connections.options.lockTimeoutMs, signal } = options;
  validateTimeout(timeoutMs);
  const signals = [{ signal: connections.ended, error: () => closed('instance') }];
  if (signal !== undefined) signals.push({ signal, error: () => aborted(streamId) });
  return {
    streamId,
    isBounded: options.timeoutMs !== undefined,
    prefetch: options.prefetch,
    wait: {
      deadline: performance.now() + timeoutMs,
      timedOut: () => lockTimeout(streamId, timeoutMs),
      signals,
    },
  };
}

class Sections {
  readonly #connections: Connections;
  readonly #stores: Stores;
  readonly #lock: Lock;
  #savepoints = 0;

  constructor(connections: Connections, stores: Stores, lock: Lock) {
    this.#connections = connections;
    this.#stores = stores;
    this.#lock = lock;
  }

  async outermost<T>(request: LockRequest, callback: Callback<T>): Promise<T> {
    const leaveStream = await this.#connections.queues.byStream.enter(request.streamId, request.wait);
    try {
      // Making a connection does not count as waiting for the lock. A free lock must be granted however short the
      // caller's bound is, and without a bound the error is not LOCK_TIMEOUT.
      const patient = { ...this.#connections.patience, signals: request.wait.signals };
      const leaveAll = await this.#connections.queues.all.enter(
        '',
        request.isBounded ? request.wait : patient,
      );
      try {
        const connection = await this.#connections.take(patient);
        try {
          return await this.#transaction(connection, request, callback);
        } finally {
          connection.release();
        }
      } finally {
        leaveAll();
      }
    } finally {
      leaveStream();
    }
  }

  async #transaction<T>(connection: Connection, request: LockRequest, callback: Callback<T>): Promise<T> {
    const { ended } = this.#connections;
    const opening = this.#stores.openings(request.streamId, request.prefetch);
    // From here on, a change of the authority waits for this section or ends it.
    const begin = [{ statement: BEGIN, params: [] }, ...this.#connections.writeAs];
    const beginning = { connection, begin, reads: opening.asked, undo: 'ROLLBACK', isNested: false };
    const { held, results } = await this.#take(beginning, request);
    const section = this.#section(beginning, held, { opened: opening.opened(results) });
    let isCommitted = false;
    try {
      const outcome = await this.#run(section, request.streamId, callback);
      if (connection.lost !== undefined) section.fail(translate(connection.lost.error, 'section'));
      if (ended.aborted) section.fail(closed('instance'));
      if (outcome.ok && section.failure === undefined) {
        await section.commit();
        isCommitted = true;
        return outcome.value;
      }
      throw outcome.ok ? section.failure?.error : outcome.error;
    } finally {
      if (!isCommitted) await rollBack(connection, 'ROLLBACK');
      await section.endLocks(isCommitted);
    }
  }

  nested<T>(outer: Section, request: LockRequest, callback: Callback<T>): Promise<T> {
    return outer.hold(async () => {
      const leave = await outer.nested.enter('', request.wait);
      try {
        // The nested section must see the writes of the outer one.
        await outer.flush();
        return await this.#savepoint(outer, request, callback);
      } finally {
        leave();
      }
    });
  }

  async #savepoint<T>(outer: Section, request: LockRequest, callback: Callback<T>): Promise<T> {
    const { connection } = outer;
    this.#savepoints += 1;
    const name = `nested_${this.#savepoints}`;
    const undo = `ROLLBACK TO ${name}; RELEASE ${name}`;
    const savepoint = outer.savepoint();
    const { onSent } = savepoint;
    // Without a name, because a statement with a unique name would be prepared for a single use.
    const statement: Statement = { name: '', kind: 'read', text: `SAVEPOINT ${name}` };
    const beginning = {
      connection,
      begin: [{ statement, params: [] }],
      reads: [],
      onSent,
      undo,
      isNested: true,
    };
    try {
      // Thanks to the savepoint, a time-out ends the nested section only, and the outer lock is kept.
      const { held } = await this.#take(beginning, request);
      const section = this.#section(beginning, held, { outer });
      const outcome = await this.#run(section, request.streamId, callback);
      if (outcome.ok && section.failure === undefined) {
        outer.inheritLocks(section);
        await outer.settleInner(`RELEASE ${name}`);
        return outcome.value;
      }
      const error = outcome.ok ? section.failure?.error : outcome.error;
      savepoint.fail(error);
      await rollBack(connection, undo);
      await section.endLocks(false);
      throw error;
    } finally {
      savepoint.close();
    }
  }

  async #take(beginning: Beginning, request: LockRequest): Promise<Taken> {
    check(request.wait);
    try {
      return await this.#lock.take(beginning, request);
    } catch (error) {
      throw translate(error, 'lock');
    }
  }

  #section(
    { connection }: Beginning,
    held: Held,
    { outer, opened }: { readonly outer?: Section; readonly opened?: Opened },
  ): Section {
    const { ended } = this.#connections;
    return new Section({ connection, stores: this.#stores, ended, held, outer, opened });
  }

  async #run<T>(section: Section, streamId: string, callback: Callback<T>): Promise<Outcome<T>> {
    try {
      const frame = { owner: this.#connections, streamId, section };
      return { ok: true, value: await runInside(frame, async () => callback(section.view)) };
    } catch (error) {
      return { ok: false, error };
    } finally {
      await section.end();
    }
  }
}

/**
 * The level is explicit, whatever the database's default is. REPEATABLE READ would take its snapshot at the first
 * statement, the lock, and so miss what the last holder committed.
 */
const BEGIN: Statement = {
  name: 'begin',
  kind: 'read',
  text: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
};
