/**
 * The lock: a transaction-scoped advisory lock. PostgreSQL frees it as the commit becomes visible, or as the
 * transaction ends in any other way; it cannot be left on a pooled connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../connection/connection.ts';
import {
  rollBack,
  usualBounds,
  waitBounds,
  type Beginning,
  type Held,
  type Lock,
  type LockRequest,
} from './lock.ts';
import type { Flown } from '../connection/flight.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Asked, Result, Statement } from '../sql/sql.ts';
import { check, remainingMs, type Wait } from '../connection/wait.ts';

/** How often a wait is cancelled that does not end, and after how long again, in milliseconds times the attempt. */
const MAX_CANCELS = 20;
const CANCEL_AGAIN_MS = 50;

/**
 * - The lock is a statement of its own. In one statement with the protected read, the read would see the rows as
 *   they were before the wait; behind it, in the same flight, each has a snapshot of its own.
 * - 64 bits: among 200,000 ids hashtext's 32 have collisions, and unrelated streams would wait for each other.
 * - A NULL key would lock nothing and say nothing; ids are never NULL.
 * - The schema is part of the key, so namespaces of one database do not meet. It holds no colon, so keys are unique.
 */
function lockStatement(schema: string): Statement {
  return {
    name: 'lock',
    kind: 'read',
    text: `SELECT pg_advisory_xact_lock(hashtextextended(('${schema}:' || $1::text) COLLATE "C", 0))`,
  };
}

/** Nothing is left to do about it: the end of the transaction, or of the savepoint, frees it. */
const HELD: Held = {};

export function advisoryLock(options: ResolvedOptions): Lock {
  const statement = lockStatement(options.schema);
  const usual = usualBounds(options);
  /**
   * `begin` (BEGIN or SAVEPOINT), the lock behind it, since outside of a transaction it would be free again at once, and
   * what reads then.
   */
  const asked = (
    { begin, reads, isNested }: Beginning,
    { streamId, isBounded }: LockRequest,
    ms: number,
  ): Asked[] => [
    ...begin,
    // Settings sent at connect bound a wait that the caller did not bound.
    ...(options.preparedStatements || isNested ? [] : [usual]),
    ...(isBounded ? [waitBounds(options, ms)] : []),
    { statement, params: [streamId] },
    // Once the lock is granted the rest of the transaction has the usual bounds again.
    ...(isBounded ? [usual] : []),
    ...reads,
  ];
  return {
    async take(beginning, request) {
      const { connection, reads, undo, onSent } = beginning;
      const timeoutMs = request.isBounded ? remainingMs(request.wait) : options.lockTimeoutMs;
      try {
        const sent = connection.fly(
          () => asked(beginning, request, timeoutMs),
          clientBound(options, timeoutMs),
        );
        onSent?.();
        const results = await endingWith(request.wait, connection, sent);
        return { held: HELD, results: results.slice(results.length - reads.length) };
      } catch (error) {
        // Until it has, the lock may be held.
        await rollBack(connection, undo);
        throw error;
      }
    },
  };
}

/** The client must be the last to give up: a waiter that nobody waits for would acquire later. */
function clientBound(options: ResolvedOptions, timeoutMs: number): { readonly queryTimeoutMs?: number } {
  const queryTimeoutMs = timeoutMs + options.queryTimeoutMs - options.lockTimeoutMs;
  return queryTimeoutMs > options.queryTimeoutMs ? { queryTimeoutMs } : {};
}

/**
 * Rejects with the driver's error (55P03: the time-out came first) or with what ended the wait: as long as the flight is
 * open, an end of the wait cancels it. Either way it is over when this settles.
 */
async function endingWith(
  wait: Wait,
  connection: Connection,
  sent: Promise<Flown>,
): Promise<readonly Result[]> {
  let cancelling: { readonly over: AbortController; readonly done: Promise<void> } | undefined;
  const onEnd = (): void => {
    const over = new AbortController();
    cancelling ??= { over, done: cancelUntil(over.signal, connection) };
  };
  for (const { signal } of wait.signals) {
    signal.addEventListener('abort', onEnd);
    if (signal.aborted) onEnd();
  }
  const flown = await sent;
  for (const { signal } of wait.signals) signal.removeEventListener('abort', onEnd);
  cancelling?.over.abort();
  // Until the signal was sent the next statement could be hit by it.
  await cancelling?.done;
  check(wait);
  if (!flown.ok) throw flown.error;
  return flown.results;
}

/**
 * Cancels until the statement is over: a signal that overtakes it on its way to the server is dropped there. When
 * PostgreSQL cannot be reached the wait ends at its lock_timeout.
 */
async function cancelUntil(over: AbortSignal, connection: Connection): Promise<void> {
  for (let attempt = 1; attempt <= MAX_CANCELS && !over.aborted; attempt += 1) {
    await connection.cancel();
    await delay(attempt * CANCEL_AGAIN_MS, undefined, { signal: over }).catch(() => undefined);
  }
}
