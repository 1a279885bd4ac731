/**
 * Locks streams with transaction-scoped advisory locks. PostgreSQL releases such a lock when the commit becomes
 * visible, or when the transaction ends in any other way. It can never stay behind on a pooled connection.
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

/**
 * How often to cancel a wait that does not end. The pause between two attempts is CANCEL_AGAIN_MS times the attempt.
 */
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

/** There is nothing to release: the lock ends with the transaction or the savepoint. */
const HELD: Held = {};

export function advisoryLock(options: ResolvedOptions): Lock {
  const statement = lockStatement(options.schema);
  const usual = usualBounds(options);
  /**
   * Returns the statements of one flight: `begin` (BEGIN or SAVEPOINT), then the lock, then `reads`. Outside a
   * transaction the lock would be released at once.
   */
  const asked = (
    { begin, reads, isNested }: Beginning,
    { streamId, isBounded }: LockRequest,
    ms: number,
  ): Asked[] => [
    ...begin,
    // If the caller gave no bound, the settings sent at connect bound the wait.
    ...(options.preparedStatements || isNested ? [] : [usual]),
    ...(isBounded ? [waitBounds(options, ms)] : []),
    { statement, params: [streamId] },
    // Once the lock is granted, the usual bounds apply to the rest of the transaction.
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
        // Until the rollback has finished, the lock may be held.
        await rollBack(connection, undo);
        throw error;
      }
    },
  };
}

/** The client must be the last to give up. Otherwise the abandoned wait would acquire the lock later. */
function clientBound(options: ResolvedOptions, timeoutMs: number): { readonly queryTimeoutMs?: number } {
  const queryTimeoutMs = timeoutMs + options.queryTimeoutMs - options.lockTimeoutMs;
  return queryTimeoutMs > options.queryTimeoutMs ? { queryTimeoutMs } : {};
}

/**
 * Rejects with the driver's error (55P03: the time-out) or with the error that ended the wait. While the flight is
 * open, an end of the wait cancels it. When this settles, the flight is over.
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
  // Until the cancel request has been handled, it could hit the next statement.
  await cancelling?.done;
  check(wait);
  if (!flown.ok) throw flown.error;
  return flown.results;
}

/**
 * Cancels repeatedly until the statement is over, because the server drops a signal that arrives before the statement.
 * If PostgreSQL cannot be reached, the wait ends at its lock_timeout.
 */
async function cancelUntil(over: AbortSignal, connection: Connection): Promise<void> {
  for (let attempt = 1; attempt <= MAX_CANCELS && !over.aborted; attempt += 1) {
    await connection.cancel();
    await delay(attempt * CANCEL_AGAIN_MS, undefined, { signal: over }).catch(() => undefined);
  }
}
