/** What a way to lock streams is to the sections, which know none by name: advisory.ts, lease.ts. */
import type { LockOptions } from '../../contract/index.ts';
import type { Connection } from '../connection/connection.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Asked, Result, Statement } from '../sql/sql.ts';
import type { Wait } from '../connection/wait.ts';

/** What to lock, and how long to wait for it. */
export interface LockRequest {
  readonly streamId: string;
  readonly wait: Wait;
  /** Whether the caller named the bound of the wait; else it is the option lockTimeoutMs. */
  readonly isBounded: boolean;
  /** What the callback will read first. */
  readonly prefetch: LockOptions['prefetch'];
}

/** Where a section begins. */
export interface Beginning {
  readonly connection: Connection;
  /** BEGIN or SAVEPOINT, and what must come first behind it. */
  readonly begin: readonly Asked[];
  /** What reads as soon as the lock is held, in the same flight: each statement sees what its last holder committed. */
  readonly reads: readonly Asked[];
  /** To be called as `begin` is sent. */
  readonly onSent?: () => void;
  /** Ends what `begin` began. */
  readonly undo: string;
  /** Whether it is within a section, whose transaction runs on `connection`. */
  readonly isNested: boolean;
}

export interface Lock {
  /**
   * Waits for the lock and runs `begin`; the statements of the section see whatever its last holder committed. When it
   * rejects, with the driver's error or with what ended the wait, the lock is not held and `begin` is undone.
   */
  take(beginning: Beginning, request: LockRequest): Promise<Taken>;
  /** Frees at once what sections hold that the end of the instance cut short. Never rejects. */
  close?(): Promise<void>;
}

export interface Taken {
  readonly held: Held;
  /** Of the statements of `reads`. */
  readonly results: readonly Result[];
}

/**
 * A lock that is held. What is absent is nothing that this way of locking needs: one that is bound to the transaction
 * ends with it.
 */
export interface Held {
  /** Grows with every grant of the stream's lock. */
  readonly fence?: bigint;
  /** Aborted with a LOCK_LOST when the lock is known to be lost, though its connection is not. */
  readonly signal?: AbortSignal;
  /** What goes before a write, in its flight; undefined: nothing must any more. Throws LOCK_LOST. */
  guard?(): Asked | undefined;
  /**
   * What goes before the COMMIT, in its flight, and before the writes in it. `hasWritten`: whether there is anything to
   * commit beside this. Throws LOCK_LOST.
   */
  free?(hasWritten: boolean): Asked;
  /** After the transaction, or the savepoint: whether what it did was committed. Never rejects. */
  end?(isCommitted: boolean): Promise<void>;
}

/**
 * Settings of one transaction, which end with it (true: LOCAL). The statement time-out must be the longer one, or a
 * waiter would end as a slow statement.
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

/** SET LOCAL, as one statement whose values are parameters or literals. */
function settingsSql(settings: Readonly<Record<string, string>>): string {
  const calls = Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', ${value}, true) IS NOT NULL`,
  );
  return `SELECT ${calls.join(' AND ')} AS set`;
}

/** The usual bounds, for where a wait had others, and for sessions that were not given them as they were connected. */
export function usualBounds(options: ResolvedOptions): Asked {
  const text = settingsSql({
    lock_timeout: `'${options.lockTimeoutMs}'`,
    statement_timeout: `'${options.statementTimeoutMs}'`,
    idle_in_transaction_session_timeout: `'${options.idleInTransactionTimeoutMs}'`,
  });
  return { statement: { name: 'bounds.usual', kind: 'read', text }, params: [] };
}

/** Never rejects: a connection that cannot roll back is closed, and the server rolls back then. */
export async function rollBack(connection: Connection, undo: string): Promise<void> {
  await connection.control(undo).catch(() => connection.doubt());
}
