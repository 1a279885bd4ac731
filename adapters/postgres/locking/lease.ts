/**
 * Locks streams with leases. A row says who owns a stream and until when, by the database's clock. A holder that dies
 * or freezes loses the lease, and another one takes over with a higher fence.
 *
 * This alone would not stop a superseded holder from writing. So the first write of a section checks that it still owns
 * the row, and locks the row in the section's transaction: until that transaction ends, nobody can take over. The last
 * statement before COMMIT releases the lease and repeats the check.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { StorageError } from '../../contract/index.ts';
import type { Connection } from '../connection/connection.ts';
import type { Connections } from '../connection/connections.ts';
import { leaseLost } from '../errors.ts';
import { leaseStatements, type LeaseStatements } from './leaseSql.ts';
import { takeTurn, type Grant, type Looking } from './leaseTurn.ts';
import {
  rollBack,
  usualBounds,
  type Beginning,
  type Held,
  type Lock,
  type LockRequest,
  type Taken,
} from './lock.ts';
import type { Asked, Param, Result, Statement } from '../sql/sql.ts';
import { atMost, type Wait } from '../connection/wait.ts';

/** When to renew a lease, and when to try again after a failed renewal, as parts of its length. */
const RENEW_PART = 1 / 3;
const RETRY_PART = 1 / 10;
/**
 * How often to try to give back a lease whose row is locked, and how long to wait between two attempts, in
 * milliseconds.
 */
const GIVE_BACK_TRIES = 5;
const GIVE_BACK_AGAIN_MS = 20;

export class LeaseLock implements Lock {
  readonly #connections: Connections;
  readonly #sql: LeaseStatements;
  readonly #waits = new Set<Promise<unknown>>();
  readonly #leases = new Set<Lease>();

  constructor(connections: Connections) {
    this.#connections = connections;
    this.#sql = leaseStatements(connections.options.schema);
  }

  async take(beginning: Beginning, request: LockRequest): Promise<Taken> {
    const lease = this.#kept(beginning, request)?.again() ?? (await this.#acquire(beginning, request));
    const { connection, begin, reads, onSent, undo, isNested } = beginning;
    const { options } = this.#connections;
    const bounds = isNested || options.preparedStatements ? [] : [usualBounds(options)];
    const sent = connection.fly(() => [...begin, ...bounds, ...reads]);
    onSent?.();
    const flown = await sent;
    if (flown.ok) return { held: lease, results: flown.results.slice(flown.results.length - reads.length) };
    await rollBack(connection, undo);
    await lease.end?.(false);
    throw flown.error;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#waits);
    await Promise.all([...this.#leases].map((lease) => lease.end(false)));
  }

  /** The lease that a nested section has left to the sections around it, which keep it until their transaction ends. */
  #kept({ connection, isNested }: Beginning, { streamId }: LockRequest): Lease | undefined {
    if (!isNested) return undefined;
    return [...this.#leases].find((lease) => lease.isOf(connection, streamId));
  }

  async #acquire(beginning: Beginning, { streamId, wait, isBounded }: LockRequest): Promise<Lease> {
    const connections = this.#connections;
    const { leaseMs, lockTimeoutMs } = connections.options;
    const mine = { streamId, owner: randomUUID(), leaseMs, sql: this.#sql };
    const waiting = takeTurn({
      ...mine,
      ...ways(connections, beginning),
      wait: isBounded ? wait : { ...wait, deadline: performance.now() + lockTimeoutMs },
    });
    this.#waits.add(waiting);
    try {
      const grant = await waiting;
      const onEnded = (): boolean => this.#leases.delete(lease);
      const { connection } = beginning;
      const lease: Lease = new Lease({ ...mine, connections, connection, grant, onEnded });
      this.#leases.add(lease);
      return lease;
    } finally {
      this.#waits.delete(waiting);
    }
  }
}

function ways(
  connections: Connections,
  { connection, isNested }: Beginning,
): Pick<Looking, 'run' | 'leave' | 'pulse'> {
  const leave: Looking['leave'] = (statement, params) =>
    elsewhere(connections, unending(connections), statement, params);
  if (!isNested) return { run: (_, statement, params) => connection.run(statement, params), leave };
  return {
    // Within the outer section's transaction, others would not see the statement's effect.
    run: (wait, statement, params) => elsewhere(connections, wait, statement, params),
    leave,
    // Without a statement now and then, the server would take the outer section for frozen.
    pulse: () => connection.control('SELECT 1'),
  };
}

/** Without signals, because it also runs while the instance closes. */
function unending(connections: Connections): Wait {
  return { ...connections.patience, signals: [] };
}

/** Runs a statement as its own transaction, on a connection that no section can take. */
async function elsewhere(
  connections: Connections,
  wait: Wait,
  statement: Statement,
  params: readonly Param[],
): Promise<Result> {
  const connection = await connections.take(wait);
  try {
    return await connection.run(statement, params);
  } finally {
    connection.release();
  }
}

interface LeaseOptions {
  readonly connections: Connections;
  /** Runs the transaction of the section that holds it. */
  readonly connection: Connection;
  readonly sql: LeaseStatements;
  readonly streamId: string;
  readonly owner: string;
  readonly leaseMs: number;
  readonly grant: Grant;
  readonly onEnded: () => unknown;
}

class Lease implements Held {
  readonly #options: LeaseOptions;
  readonly #lost: AbortController = new AbortController();
  /** Whether it is renewed; if not, the section has its row locked, or it is over. */
  #isRenewed = true;
  #isConfirmed = false;
  #isEnded = false;
  /** On the clock of `performance.now()`. Never later than the real end of the lease. */
  #runsOutAt = 0;
  #runningOut: NodeJS.Timeout | undefined;
  #renewing: NodeJS.Timeout | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#lastsFrom(options.grant.sentAt);
  }

  get fence(): bigint {
    return this.#options.grant.fence;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  guard(): Asked | undefined {
    if (this.#isConfirmed) return undefined;
    this.#check();
    this.#stopRenewing();
    return {
      statement: this.#options.sql.confirm,
      params: this.#mine,
      unmet: () => this.#lose(),
      onMet: () => {
        this.#isConfirmed = true;
      },
    };
  }

  free(hasWritten: boolean): Asked {
    const { sql } = this.#options;
    if (!this.#isConfirmed) this.#check();
    this.#stopRenewing();
    const statement = hasWritten ? sql.free : sql.freeAlone;
    return { statement, params: this.#mine, unmet: () => this.#lose() };
  }

  isOf(connection: Connection, streamId: string): boolean {
    return this.#options.connection === connection && this.#options.streamId === streamId;
  }

  /** For another section within the same transaction. It neither frees the lease nor ends it. */
  again(): Held {
    const wasConfirmed = this.#isConfirmed;
    return {
      fence: this.fence,
      signal: this.signal,
      guard: () => this.guard(),
      end: async (isCommitted) => {
        if (!isCommitted && !wasConfirmed) this.#unlocked();
      },
    };
  }

  /** A savepoint was undone, and with it the row's lock, if the section behind it had taken it. */
  #unlocked(): void {
    if (this.#isRenewed || this.#isEnded) return;
    this.#isConfirmed = false;
    this.#isRenewed = true;
    void this.#renew();
  }

  async end(isCommitted: boolean): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopRenewing();
    this.#options.onEnded();
    // After that time the lease has run out anyway, and the caller need not wait any longer for a silent server.
    if (!isCommitted && !this.signal.aborted) await atMost(this.#giveBack(), this.#options.leaseMs);
  }

  /** Tries repeatedly: the session that locked the row may still be ending. A lease that is not given back runs out. */
  async #giveBack(): Promise<void> {
    const { connections, sql } = this.#options;
    for (let tries = 1; tries <= GIVE_BACK_TRIES; tries += 1) {
      const wait = unending(connections);
      const given = await elsewhere(connections, wait, sql.giveBack, this.#mine).catch(() => undefined);
      if (given === undefined || given.count === 1) return;
      await delay(GIVE_BACK_AGAIN_MS);
    }
  }

  get #mine(): [streamId: string, owner: string, fence: string] {
    const { streamId, owner, grant } = this.#options;
    return [streamId, owner, String(grant.fence)];
  }

  #check(): void {
    // After a freeze of the process, this may run before the timer fires.
    if (performance.now() >= this.#runsOutAt) throw this.#lose();
    this.signal.throwIfAborted();
  }

  #lose(): StorageError {
    this.#stopRenewing();
    const error = leaseLost(this.#options.streamId, this.fence);
    this.#lost.abort(error);
    return error;
  }

  /** Notes that the lease was granted or renewed by a statement that was sent at `sentAt`. */
  #lastsFrom(sentAt: number): void {
    clearTimeout(this.#runningOut);
    this.#runsOutAt = sentAt + this.#options.leaseMs;
    this.#runningOut = setTimeout(() => this.#lose(), this.#runsOutAt - performance.now()).unref();
    this.#renewAfter(RENEW_PART);
  }

  #renewAfter(part: number): void {
    // Spread, so that leases that were granted at the same time are not renewed at the same time.
    const pauseMs = part * this.#options.leaseMs * (0.8 + 0.4 * Math.random());
    this.#renewing = setTimeout(() => void this.#renew(), pauseMs).unref();
  }

  #stopRenewing(): void {
    this.#isRenewed = false;
    clearTimeout(this.#runningOut);
    clearTimeout(this.#renewing);
  }

  /** Never rejects. */
  async #renew(): Promise<void> {
    const { connections, sql, leaseMs } = this.#options;
    try {
      const connection = await connections.take(connections.patience);
      const sentAt = performance.now();
      const { count } = await connection
        .run(sql.renew, [...this.#mine, leaseMs])
        .finally(() => connection.release());
      // Meanwhile the section itself may have locked the row. Then the lease was not renewed.
      if (!this.#isRenewed) return;
      if (count === 0) this.#lose();
      else this.#lastsFrom(sentAt);
    } catch {
      if (this.#isRenewed) this.#renewAfter(RETRY_PART);
    }
  }
}
