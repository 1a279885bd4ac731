/**
 * The lock: a transaction-scoped advisory lock. PostgreSQL frees it as the commit becomes visible, or as the
 * transaction ends in any other way; it cannot be left on a pooled connection.
 */
import type { Connection } from './connection.ts';
import { loadDriver } from './driver.ts';
import type { ResolvedOptions } from './options.ts';
import { check, remainingMs, type Wait } from './wait.ts';

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

/** What to lock, and how long to wait for it. */
export interface LockRequest {
  readonly streamId: string;
  readonly wait: Wait;
  /** Whether the caller named the bound of the wait; else it is the option lockTimeoutMs. */
  readonly isBounded: boolean;
}

/**
 * Runs `begin` (BEGIN or SAVEPOINT) and waits for the lock behind it, in one flight: outside of a transaction it
 * would be free again at once. Rejects with the driver's error (55P03: the time-out came first) or with
 * what ended the wait. The caller undoes `begin` then; until it has, the lock may be held.
 */
export async function beginLocked(
  connection: Connection,
  options: ResolvedOptions,
  { streamId, wait, isBounded }: LockRequest,
  begin: string,
): Promise<void> {
  const { escapeLiteral } = await loadDriver();
  const timeoutMs = isBounded ? remainingMs(wait) : options.lockTimeoutMs;
  const lock = lockSql(escapeLiteral(`${options.schema}:${streamId}`));
  const flight: string[] = [];
  // Behind a pooler only a transaction that has begun has a backend of its own, whose number a cancel needs.
  if (options.preparedStatements) flight.push(begin);
  else await connection.control(begin);
  const backend = await connection.backend();
  // With settings sent at connect a wait of the usual bound needs none. Once the lock is granted the rest of the
  // transaction has the usual bounds again.
  const needsBounds = isBounded || !options.preparedStatements;
  flight.push(...(needsBounds ? [boundsSql(options, timeoutMs), lock, boundsSql(options)] : [lock]));
  // The client must be the last to give up: a waiter that nobody waits for would acquire later.
  const margin = options.queryTimeoutMs - options.lockTimeoutMs;
  const queryTimeoutMs = Math.max(options.queryTimeoutMs, timeoutMs + margin);
  const locked = connection.control(flight.join('; '), { queryTimeoutMs });
  await cancelOnEnd(wait, locked, () => cancelStatement(options, backend));
}

/** As long as `locked` is open, an end of the wait cancels it; either way it is over when this settles. */
async function cancelOnEnd(wait: Wait, locked: Promise<unknown>, cancel: () => Promise<void>): Promise<void> {
  let cancelling: Promise<void> | undefined;
  const onEnd = (): void => {
    cancelling ??= cancel();
  };
  for (const { signal } of wait.signals) {
    signal.addEventListener('abort', onEnd);
    if (signal.aborted) onEnd();
  }
  try {
    await locked;
  } finally {
    for (const { signal } of wait.signals) signal.removeEventListener('abort', onEnd);
    // Until the signal was sent the next statement could be hit by it. Once it was, none can: a session that
    // runs nothing drops it.
    await cancelling;
    check(wait);
  }
}

/**
 * Cancels the statement of `backend` over a connection of its own: the pool may have none left. When PostgreSQL
 * cannot be reached the wait ends at its lock_timeout.
 */
async function cancelStatement(options: ResolvedOptions, backend: string): Promise<void> {
  const { Client } = await loadDriver();
  const client = new Client({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.queryTimeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1::int)', [backend]);
  } catch {
    // See above.
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Settings of one transaction, which end with it (LOCAL). The statement time-out must be the longer one, or a
 * waiter would end as a slow statement.
 */
function boundsSql(options: ResolvedOptions, lockTimeoutMs: number = options.lockTimeoutMs): string {
  const margin = options.statementTimeoutMs - options.lockTimeoutMs;
  const statementTimeoutMs = Math.max(options.statementTimeoutMs, lockTimeoutMs + margin);
  return `SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL statement_timeout = ${statementTimeoutMs}`;
}
