/** What a way of locking streams offers to sections. They know neither advisory.ts nor lease.ts by name. */
import type { LockOptions } from '../../contract/index.ts';
import type { Connection } from '../connection/connection.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Asked, Result, Statement } from '../sql/sql.ts';
import type { Wait } from '../connection/wait.ts';

/** What to lock, and how long to wait for it. */
export interface LockRequest {
  readonly streamId: string;
  readonly wait: Wait;
  /** Whether the caller bounded the wait. If not, the option lockTimeoutMs does. */
  readonly isBounded: boolean;
  /** What the callback will read first. */
  readonly prefetch: LockOptions['prefetch'];
}

/** What a section begins with. */
export interface Beginning {
  readonly connection: Connection;
  /** BEGIN or SAVEPOINT, and the statements that must follow it first. */
  readonly begin: readonly Asked[];
  /**
   * The statements to read with as soon as the lock is held, in the same flight. They see what the last holder
   * committed.
   */
  readonly reads: readonly Asked[];
  /** Called when `begin` is sent. */
  readonly onSent?: () => void;
  /** The statement that undoes `begin`. */
  readonly undo: string;
  /** Whether the section is nested. If so, `connection` runs the outer section's transaction. */
  readonly isNested: boolean;
}

export interface Lock {
  /**
   * Waits for the lock and runs `begin`. Later statements of the section see what the last holder committed. Rejects
   * with the driver's error or with the error that ended the wait; then the lock is not held, and `begin` is undone.
   */
  take(beginning: Beginning, request: LockRequest): Promise<Taken>;
  /** Releases the locks of sections that the end of the instance interrupted. Never rejects. */
  close?(): Promise<void>;
}

export interface Taken {
  readonly held: Held;
  /** One per statement of `reads`. */
  readonly results: readonly Result[];
}

/** A lock that is held. Absent members are not needed: a lock that belongs to the transaction ends with it. */
export interface Held {
  /** Grows with each grant of the stream's lock. */
  readonly fence?: bigint;
  /** Aborted with LOCK_LOST when the lock is known to be lost while the connection still works. */
  readonly signal?: AbortSignal;
  /**
   * The statement that must precede a write, in the same flight. Undefined: none is needed any more. Throws LOCK_LOST.
   */
  guard?(): Asked | undefined;
  /**
   * The statement that precedes the last writes and the COMMIT, in the same flight. `hasWritten`: whether the
   * transaction commits anything else. Throws LOCK_LOST.
   */
  free?(hasWritten: boolean): Asked;
  /** Called after the transaction or the savepoint, with whether it was committed. Never rejects. */
  end?(isCommitted: boolean): Promise<void>;
}

/**
 * The settings of one transaction (true: LOCAL), with which a wait ends as LOCK_TIMEOUT. The statement time-out must be
 * longer; otherwise a waiter would fail as a slow statement.
 */
export function waitBounds(options: ResolvedOptions, lockTimeoutMs: number): Asked {
  const margin = options.statementTimeoutMs - options.lockTimeoutMs;
  const statementTimeoutMs = Math.max(options.statementTimeoutMs, lockTimeoutMs + margin);
  return { statement: WAIT_BOUNDS, params: [lockTimeoutMs, statementTimeoutMs] };
}

const WAIT_BOUNDS: Statement = {
  name: 'bounds.wait',
  kind: 'read',
  text: settingsSql({ lock_timeout: '$1::text', statement_timeout: '$2::text' }),
};

/** SET LOCAL as one statement. The values are parameters or literals. */
function settingsSql(settings: Readonly<Record<string, string>>): string {
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', ${value}, true) IS NOT NULL`,
  );
  return `SELECT ${calls.join(' AND ')} AS set`;
}

/** The usual bounds: after a wait with other bounds, and for sessions that got no settings when they connected. */
export function usualBounds(options: ResolvedOptions): Asked {
  const text = settingsSql({
    lock_timeout: `'${options.lockTimeoutMs}'`,
    statement_timeout: `'${options.statementTimeoutMs}'`,
    idle_in_transaction_session_timeout: `'${options.idleInTransactionTimeoutMs}'`,
  });
  return { statement: { name: 'bounds.usual', kind: 'read', text }, params: [] };
}

/** Never rejects. A connection that cannot roll back is closed, and the server then rolls back. */
export async function rollBack(connection: Connection, undo: string): Promise<void> {
  await connection.control(undo).catch(() => connection.doubt());
}
