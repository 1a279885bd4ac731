/** What a way to lock streams is to the sections, which know none by name: advisory.ts, lease.ts. */
import type { Before, Connection } from './connection.ts';
import type { ResolvedOptions } from './options.ts';
import type { Wait } from './wait.ts';

/** What to lock, and how long to wait for it. */
export interface LockRequest {
  readonly streamId: string;
  readonly wait: Wait;
  /** Whether the caller named the bound of the wait; else it is the option lockTimeoutMs. */
  readonly isBounded: boolean;
}

/** Where a section begins. */
export interface Beginning {
  readonly connection: Connection;
  /** BEGIN or SAVEPOINT. */
  readonly begin: string;
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
  take(beginning: Beginning, request: LockRequest): Promise<Held>;
  /** Frees at once what sections hold that the end of the instance cut short. Never rejects. */
  close?(): Promise<void>;
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
  /** In the turn of every statement that writes. Errors: LOCK_LOST. */
  readonly confirm?: Before;
  /**
   * Within the transaction, as its last act before COMMIT. `hasWritten`: whether there is anything to commit beside this.
   * Errors: LOCK_LOST.
   */
  free?(hasWritten: boolean): Promise<void>;
  /** After the transaction, or the savepoint: whether what it did was committed. Never rejects. */
  end?(isCommitted: boolean): Promise<void>;
}

/**
 * Settings of one transaction, which end with it (LOCAL). The statement time-out must be the longer one, or a
 * waiter would end as a slow statement.
 */
export function boundsSql(options: ResolvedOptions, lockTimeoutMs: number = options.lockTimeoutMs): string {
  const margin = options.statementTimeoutMs - options.lockTimeoutMs;
  const statementTimeoutMs = Math.max(options.statementTimeoutMs, lockTimeoutMs + margin);
  return `SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL statement_timeout = ${statementTimeoutMs}`;
}

/** Never rejects: a connection that cannot roll back is closed, and the server rolls back then. */
export async function rollBack(connection: Connection, undo: string): Promise<void> {
  await connection.control(undo).catch(() => connection.doubt());
}
