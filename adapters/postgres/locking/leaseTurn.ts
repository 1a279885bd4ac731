/**
 * Waits for a lease by asking again and again. Nobody waits in the database, so a caller that gives up leaves nothing
 * that could acquire the lease later. A refused caller takes a place in line, so that it is not overtaken forever by
 * callers that ask at a luckier moment.
 */
import { sqlStateOf } from '../errors.ts';
import type { LeaseStatements } from './leaseSql.ts';
import type { Param, Result, Statement } from '../sql/sql.ts';
import { atMost, check, waitFor, type Wait } from '../connection/wait.ts';

/**
 * How long the first in line pauses between its first two attempts, and the longest pause of anybody, in milliseconds.
 */
const PAUSE_MS = 2;
const MAX_PAUSE_MS = 50;
/** Pauses grow with the wait, so that at most this part of the wait is lost at its end. */
const LOST_PART = 1 / 16;
/** How long a waiter counts after it was last shown, and how often it is shown, in milliseconds. */
const PLACE_MS = 1_000;
const SHOW_AGAIN_MS = 300;

export interface Looking {
  readonly streamId: string;
  /** The new owner of the lease: a UUID of this acquisition. */
  readonly owner: string;
  readonly leaseMs: number;
  /** A free lease is granted, however close the deadline is. */
  readonly wait: Wait;
  readonly sql: LeaseStatements;
  /** Runs a statement as its own transaction. `wait` bounds what may come before: the wait for a connection. */
  readonly run: (wait: Wait, statement: Statement, params: readonly Param[]) => Promise<Result>;
  /** Like `run`, but on another connection, and nothing ends it early. */
  readonly leave: (statement: Statement, params: readonly Param[]) => Promise<Result>;
  /** Called between two attempts. */
  readonly pulse?: () => Promise<unknown>;
}

export interface Grant {
  readonly fence: bigint;
  /**
   * On the clock of `performance.now()`, read before the request: the lease lasts at least until `sentAt + leaseMs`.
   */
  readonly sentAt: number;
}

/**
 * Resolves when the lease is granted. Rejects with the error that ended the wait, or with the driver's error; nothing
 * is held then.
 */
export async function takeTurn(looking: Looking): Promise<Grant> {
  const { wait, pulse } = looking;
  const started = performance.now();
  const waiter = new QueuedWaiter(looking);
  try {
    for (let looks = 1; ; looks += 1) {
      // The time to reach the database does not count as a wait for the lease.
      const { grant, earlier } = await look(looking, looks === 1 ? patient(wait) : wait);
      check(wait);
      if (grant !== undefined) return grant;
      if (performance.now() >= wait.deadline) throw wait.timedOut();
      await waiter.show();
      await pulse?.();
      const waited = performance.now() - started;
      const pauseMs = Math.min(PAUSE_MS * (earlier + 1) + waited * LOST_PART, MAX_PAUSE_MS);
      await pause(wait, pauseMs * (0.5 + Math.random() / 2));
    }
  } catch (error) {
    await waiter.leave();
    throw error;
  }
}

async function look(
  { streamId, owner, leaseMs, sql, run }: Looking,
  wait: Wait,
): Promise<{ readonly grant?: Grant; readonly earlier: number }> {
  const sentAt = performance.now();
  try {
    const { rows } = await run(wait, sql.acquire, [streamId, owner, leaseMs]);
    const { fence = null, number = null } = rows[0] ?? {};
    return {
      ...(fence === null ? {} : { grant: { fence: BigInt(fence), sentAt } }),
      earlier: Number(number),
    };
  } catch (error) {
    // The database's default level is above READ COMMITTED, and another caller was faster.
    if (sqlStateOf(error) === '40001') return { earlier: 0 };
    throw error;
  }
}

/** The place in line of one waiter. */
class QueuedWaiter {
  readonly #looking: Looking;
  #shownAt = -Infinity;

  constructor(looking: Looking) {
    this.#looking = looking;
  }

  /** Keeps the place: a waiter that is not shown for a while does not count. */
  async show(): Promise<void> {
    const now = performance.now();
    if (now < this.#shownAt + SHOW_AGAIN_MS) return;
    this.#shownAt = now;
    const { run, wait, sql, streamId, owner } = this.#looking;
    await run(wait, sql.queue, [streamId, owner, PLACE_MS]);
  }

  /** Never rejects. A place that could not be removed stops counting after a while. */
  async leave(): Promise<void> {
    const { leave, sql, streamId, owner } = this.#looking;
    const left = leave(sql.leave, [streamId, owner]).then(
      () => undefined,
      () => undefined,
    );
    await atMost(left, PLACE_MS);
  }
}

function patient(wait: Wait): Wait {
  return { ...wait, deadline: Infinity };
}

/** Rejects early with the error that ends `wait`. At the deadline it resolves, for one last attempt. */
function pause(wait: Wait, pauseMs: number): Promise<void> {
  const ms = Math.max(0, Math.min(pauseMs, wait.deadline - performance.now()));
  return waitFor<void>(patient(wait), (resolve) => {
    const timer = setTimeout(() => resolve(), ms);
    return () => clearTimeout(timer);
  });
}
