/**
 * The lock: a transaction-scoped advisory lock. PostgreSQL frees it as the commit becomes visible, or as the
 * transaction ends in any other way; it cannot be left on a pooled connection.
 */
import type { Connection } from './connection.ts';
import { loadDriver } from './driver.ts';
import type { ResolvedOptions } from './options.ts';
import type { Statement } from './sql.ts';
import { check, remainingMs, type Wait } from './wait.ts';

/**
 * - The lock is a statement of its own. In one statement with the protected read, the read would see the rows as
 *   they were before the wait.
 * - 64 bits: among 200,000 ids hashtext's 32 have collisions, and unrelated streams would wait for each other.
 * - A NULL key would lock nothing and say nothing; the key is text that is made here.
 * - The schema is part of the key, so namespaces of one database do not meet. It holds no colon, so keys are unique.
 */
const LOCK: Statement = {
  name: 'lock',
  kind: 'write',
  text: 'SELECT pg_advisory_xact_lock(hashtextextended($1::text COLLATE "C", 0))',
};

/** As LOCK; once it is granted the rest of the transaction has the usual bounds again, without another flight. */
const LOCK_THEN_SET: Statement = {
  name: 'lockThenSet',
  kind: 'write',
  text: `${LOCK.text}, set_config('lock_timeout', $2::text, true), set_config('statement_timeout', $3::text, true)`,
};

/** What to lock, and how long to wait for it. */
export interface LockRequest {
  readonly streamId: string;
  readonly wait: Wait;
  /** Whether the caller named the bound of the wait; else it is the option lockTimeoutMs. */
  readonly isBounded: boolean;
}

/**
 * Runs `begin` (BEGIN or SAVEPOINT) and waits for the lock behind it: outside of a transaction it would be free
 * again at once. Rejects with the driver's error (55P03: the time-out came first) or with what ended the wait.
 * The caller undoes `begin` then; until it has, the lock may be held.
 */
export async function beginLocked(
  connection: Connection,
  options: ResolvedOptions,
  { streamId, wait, isBounded }: LockRequest,
  begin: string,
): Promise<void> {
  const timeoutMs = isBounded ? remainingMs(wait) : options.lockTimeoutMs;
  // With settings sent at connect a wait of the usual bound needs none.
  const needsBounds = isBounded || !options.preparedStatements;
  await connection.control(needsBounds ? `${begin}; ${boundsSql(options, timeoutMs)}` : begin);
  const backend = await connection.backend();
  check(wait);
  // The client must be the last to give up: a waiter that nobody waits for would acquire later.
  const margin = options.queryTimeoutMs - options.lockTimeoutMs;
  const queryTimeoutMs = Math.max(options.queryTimeoutMs, timeoutMs + margin);
  const key = `${options.schema}:${streamId}`;
  const usual = [options.lockTimeoutMs, options.statementTimeoutMs].map(String);
  const locked = isBounded
    ? connection.run(LOCK_THEN_SET, [key, ...usual], { queryTimeoutMs })
    : connection.run(LOCK, [key], { queryTimeoutMs });
  await cancelOnEnd(wait, locked, () => cancelStatement(options, backend));
}

/** As long as `locked` is open, an end of the wait cancels it; either way it is over when this settles. */
async function cancelOnEnd(wait: Wait, locked: Promise<unknown>, cancel: () => Promise<void>): Promise<void> {
  let cancelling: Promise<void> | undefined;
  const onEnd = (): void => {
    cancelling ??= cancel();
  };
  for (const { signal } of wait.signals) signal.addEventListener('abort', onEnd);
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
function boundsSql(options: ResolvedOptions, lockTimeoutMs: number): string {
  const margin = options.statementTimeoutMs - options.lockTimeoutMs;
  const statementTimeoutMs = Math.max(options.statementTimeoutMs, lockTimeoutMs + margin);
  return `SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL statement_timeout = ${statementTimeoutMs}`;
}
