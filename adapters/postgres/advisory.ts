/**
 * The lock: a transaction-scoped advisory lock. PostgreSQL frees it as the commit becomes visible, or as the
 * transaction ends in any other way; it cannot be left on a pooled connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { loadDriver } from './driver.ts';
import { boundsSql, rollBack, type Beginning, type Held, type Lock, type LockRequest } from './lock.ts';
import type { ResolvedOptions } from './options.ts';
import { check, remainingMs, type Wait } from './wait.ts';

/** How often a wait is cancelled that does not end, and after how long again, in milliseconds times the attempt. */
const MAX_CANCELS = 20;
const CANCEL_AGAIN_MS = 50;

/**
 * - The lock is a statement of its own. In one statement with the protected read, the read would see the rows as
 *   they were before the wait.
 * - 64 bits: among 200,000 ids hashtext's 32 have collisions, and unrelated streams would wait for each other.
 * - A NULL key would lock nothing and say nothing; the key is text that is made here.
 * - The schema is part of the key, so namespaces of one database do not meet. It holds no colon, so keys are unique.
 */
function lockSql(key: string): string {
  return `SELECT pg_advisory_xact_lock(hashtextextended(${key}::text COLLATE "C", 0))`;
}

/** Nothing is left to do about it: the end of the transaction, or of the savepoint, frees it. */
const HELD: Held = {};

export function advisoryLock(options: ResolvedOptions): Lock {
  return {
    async take(beginning, request) {
      try {
        await beginLocked(beginning, options, request);
      } catch (error) {
        await rollBack(beginning.connection, beginning.undo);
        throw error;
      }
      return HELD;
    },
  };
}

/**
 * Runs `begin` (BEGIN or SAVEPOINT) and waits for the lock behind it, in one flight: outside of a transaction it
 * would be free again at once. Rejects with the driver's error (55P03: the time-out came first) or with
 * what ended the wait. The caller undoes `begin` then; until it has, the lock may be held.
 */
async function beginLocked(
  { connection, begin, onSent }: Beginning,
  options: ResolvedOptions,
  { streamId, wait, isBounded }: LockRequest,
): Promise<void> {
  const { escapeLiteral } = await loadDriver();
  const timeoutMs = isBounded ? remainingMs(wait) : options.lockTimeoutMs;
  const lock = lockSql(escapeLiteral(`${options.schema}:${streamId}`));
  // Settings sent at connect bound a wait that the caller did not bound.
  const before = isBounded || !options.preparedStatements ? [boundsSql(options, timeoutMs)] : [];
  // Once the lock is granted the rest of the transaction has the usual bounds again.
  const after = isBounded ? [boundsSql(options)] : [];
  // The client must be the last to give up: a waiter that nobody waits for would acquire later.
  const margin = options.queryTimeoutMs - options.lockTimeoutMs;
  const queryTimeoutMs = timeoutMs + margin;
  const flight = [begin, ...before, lock, ...after].join('; ');
  const bound = queryTimeoutMs > options.queryTimeoutMs ? { queryTimeoutMs } : {};
  const sent = connection.control(flight, bound);
  onSent?.();
  await cancelOnEnd(wait, connection, sent);
}

/** As long as `locked` is open, an end of the wait cancels it; either way it is over when this settles. */
async function cancelOnEnd(wait: Wait, connection: Connection, locked: Promise<unknown>): Promise<void> {
  let cancelling: { readonly over: AbortController; readonly done: Promise<void> } | undefined;
  const onEnd = (): void => {
    const over = new AbortController();
    cancelling ??= { over, done: cancelUntil(over.signal, connection) };
  };
  for (const { signal } of wait.signals) {
    signal.addEventListener('abort', onEnd);
    if (signal.aborted) onEnd();
  }
  try {
    await locked;
  } finally {
    for (const { signal } of wait.signals) signal.removeEventListener('abort', onEnd);
    cancelling?.over.abort();
    // Until the signal was sent the next statement could be hit by it.
    await cancelling?.done;
    check(wait);
  }
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
