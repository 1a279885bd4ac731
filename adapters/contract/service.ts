/** The backing service of an adapter, and the environments around it. */
import type { Awaitable } from './adapter.ts';
import type { Json } from './records.ts';

/** What a target's `start` returns. */
export interface StartedService {
  /** Serializable; handed to `open` in other processes. */
  readonly connection?: Json;
  /** Stops the service and removes what `start` made. Called once. */
  readonly stop?: () => Awaitable<void>;
  /** Versions and settings of the storage, for the report. */
  readonly environment?: Json;
  /** What the user is told as the run starts, a line each: that data of a killed run was found and removed, say. */
  readonly notes?: readonly string[];
}

/** What `start` is told. */
export interface StartOptions {
  /**
   * The user's `--pg` (or `LOCKSTEP_PG`) as written: `embedded`, `docker`, `docker:IMAGE` or a connection URL.
   * Targets without PostgreSQL ignore it.
   */
  readonly pg: string;
}

/**
 * Environments that clauses ask for by these names; beside them each pooler, by the name that `capabilities.poolers`
 * declares it by.
 * - `lagging-replica`: instances know the primary and a replica that shows writes noticeably later, in an order that
 *   tempts them to use the replica.
 * - `replica-only`: instances know that replica alone, as after a failover that nobody told them of.
 * - `small-pool`: instances run two sections at once and no more, for want of connections, or of what they have instead: what
 *   waits for one more, or loses some, shows at once.
 * - `c-collation`: a database that orders text by its bytes, where the service itself orders it as dictionaries do: what
 *   fails in one of them alone relies on the collation.
 *
 * No clause needs the last two; some are checked in them too, where a target offers them and they can be had.
 */
export const ENVIRONMENTS = ['lagging-replica', 'replica-only', 'small-pool', 'c-collation'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** What an environment returns. */
export interface StartedEnvironment {
  /** Serializable; handed to `open` and `destroy` instead of the service's. */
  readonly connection: Json;
  /** Removes what was started, before the service is stopped. Called once. */
  readonly stop?: () => Awaitable<void>;
}

/** An environment that cannot be had on this machine. Its clauses are then unverified, and never reported as held. */
export interface UnavailableEnvironment {
  /** Why not, and what to do about it: `PgBouncer is not installed. Install the package pgbouncer.` */
  readonly unavailable: string;
}

/** What an environment is told. */
export interface EnvironmentOptions {
  /** What `start` returned as `connection`; null without `start`. */
  readonly connection: Json;
}

/**
 * Brings up an environment around the running service. Called in the process that called `start`, after it, at most
 * once a run, when the first clause needs it. What was started last is stopped first.
 */
export type StartEnvironment = (
  options: EnvironmentOptions,
) => Awaitable<StartedEnvironment | UnavailableEnvironment>;
