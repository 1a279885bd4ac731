/** The backing service of an adapter, and the environments around it. */
import type { Awaitable } from './adapter.ts';
import type { Json } from './records.ts';

/** What a target's `start` returns. */
export interface StartedService {
  /** Serializable. `open` receives it in other processes. */
  readonly connection?: Json;
  /** Stops the service and removes what `start` made. Called once. */
  readonly stop?: () => Awaitable<void>;
  /** Versions and settings of the storage, shown in the report. */
  readonly environment?: Json;
  /** Notes for the user, shown when the run starts, one line each: for example that data of a killed run was removed. */
  readonly notes?: readonly string[];
}

/** The options of a target's `start`. */
export interface StartOptions {
  /**
   * The user's `--pg` (or `LOCKSTEP_PG`) as given: `embedded`, `docker`, `docker:IMAGE` or a connection URL.
   * Targets without PostgreSQL ignore it.
   */
  readonly pg: string;
}

/**
 * The names of environments that clauses use. In addition, each pooler is an environment, under its name in
 * `capabilities.poolers`.
 * - `lagging-replica`: instances know the primary and a replica that shows writes noticeably later. The order in which
 *   they are listed tempts an adapter to use the replica.
 * - `replica-only`: instances know only that replica, as after a failover that they were not told about.
 * - `small-pool`: each instance can run at most two sections at once, because it has no more connections or other resources.
 *   An adapter that waits for one more, or that leaks some, fails at once.
 * - `c-collation`: a database that orders text by its bytes, while the service itself uses a dictionary order. A clause that
 *   fails in only one of them relies on the collation.
 *
 * No clause requires the last two. Some clauses are also checked in them, if the target offers them and this machine can
 * provide them.
 */
export const ENVIRONMENTS = ['lagging-replica', 'replica-only', 'small-pool', 'c-collation'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** What a started environment returns. */
export interface StartedEnvironment {
  /** Serializable. `open` and `destroy` receive it instead of the service's connection. */
  readonly connection: Json;
  /** Removes what the environment started. Called once, before the service is stopped. */
  readonly stop?: () => Awaitable<void>;
}

/** An environment that this machine cannot provide. Its clauses are then unverified, and never reported as ok. */
export interface UnavailableEnvironment {
  /** The reason, and what to do about it: `PgBouncer is not installed. Install the package pgbouncer.` */
  readonly unavailable: string;
}

/** The options of a {@link StartEnvironment} function. */
export interface EnvironmentOptions {
  /** The `connection` that `start` returned. Null without `start`. */
  readonly connection: Json;
}

/**
 * Brings up an environment around the running service. Called at most once per run, in the process that called `start`,
 * when the first clause needs the environment. Environments are stopped in reverse order.
 */
export type StartEnvironment = (
  options: EnvironmentOptions,
) => Awaitable<StartedEnvironment | UnavailableEnvironment>;
