/**
 * The wait for a lease: looking, again and again. Nobody waits in the database, so whoever gives up leaves nothing there
 * that could acquire later; and whoever is refused takes a place in line, so that nobody is overtaken forever by others
 * who look at a luckier moment.
 */
import { sqlStateOf } from '../errors.ts';
import type { LeaseStatements } from './leaseSql.ts';
import type { Param, Result, Statement } from '../sql/sql.ts';
import { atMost, check, waitFor, type Wait } from '../connection/wait.ts';

/** How long the first in line pauses between two looks at first, and anybody at most, in milliseconds. */
const PAUSE_MS = 2;
const MAX_PAUSE_MS = 50;
/** The pause grows with the wait, so that at most so much of it is lost at its end. */
const LOST_PART = 1 / 16;
/** How long a waiter counts from when it was shown last, and when it is shown again, in milliseconds. */
const PLACE_MS = 1_000;
const SHOW_AGAIN_MS = 300;

export interface Looking {
  readonly streamId: string;
  /** Who would own the lease: a UUID of this acquisition. */
  readonly owner: string;
  readonly leaseMs: number;
  /** However near its deadline is, a lease that is free is granted. */
  readonly wait: Wait;
  readonly sql: LeaseStatements;
  /** Runs a statement as a transaction of its own. `wait` ends what it may have to wait for before that. */
  readonly run: (wait: Wait, statement: Statement, params: readonly Param[]) => Promise<Result>;
  /** As `run`, on another connection, when nothing ends it any more. */
  readonly leave: (statement: Statement, params: readonly Param[]) => Promise<Result>;
  /** Called between two looks. */
  readonly pulse?: () => Promise<unknown>;
}

export interface Grant {
  readonly fence: bigint;
  /** On the clock of `performance.now()`, before it was asked for: it lasts longer than until `sentAt + leaseMs`. */
  readonly sentAt: number;
}

/** Resolves when the lease is granted. Rejects with what ended the wait, or the driver's error; nothing is held then. */
export async function takeTurn(looking: Looking): Promise<Grant> {
  const { wait, pulse } = looking;
  const started = performance.now();
  const waiter = new QueuedWaiter(looking);
  try {
    for (let looks = 1; ; looks += 1) {
      // To reach the database is no wait for the lease, at first.
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
    // Where the database's default is a higher level than READ COMMITTED: somebody else was faster.
    if (sqlStateOf(error) === '40001') return { earlier: 0 };
    throw error;
  }
}

/** One of those who wait in line, as the others see it. */
class QueuedWaiter {
  readonly #looking: Looking;
  #shownAt = -Infinity;

  constructor(looking: Looking) {
    this.#looking = looking;
  }

  /** One that nobody shows any more does not count. */
  async show(): Promise<void> {
    const now = performance.now();
    if (now < this.#shownAt + SHOW_AGAIN_MS) return;
    this.#shownAt = now;
    const { run, wait, sql, streamId, owner } = this.#looking;
    await run(wait, sql.queue, [streamId, owner, PLACE_MS]);
  }

  /** Never rejects: what cannot be left does not count for long, nor last. */
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

/** Ends early with what ends `wait`; at its deadline there is one more look. */
function pause(wait: Wait, pauseMs: number): Promise<void> {
  const ms = Math.max(0, Math.min(pauseMs, wait.deadline - performance.now()));
  return waitFor<void>(patient(wait), (resolve) => {
    const timer = setTimeout(() => resolve(), ms);
    return () => clearTimeout(timer);
  });
}
