/** What a target offers so that its storage can be struck by faults, and its traffic by those of a network. */
import type { Awaitable } from './adapter.ts';
import type { Json } from './records.ts';
import type { UnavailableEnvironment } from './service.ts';

/**
 * Faults of the storage, by the names under which a target offers them in `faults`.
 * - `terminate-session`: the storage ends every session of one instance, sections and all.
 * - `restart-storage`: the storage crashes at once, without any last write, and comes back at the same address.
 * - `pool-exhaustion`: the storage has no connection left to give, and every instance loses those it had.
 */
export const TARGET_FAULTS = ['terminate-session', 'restart-storage', 'pool-exhaustion'] as const;
export type TargetFault = (typeof TARGET_FAULTS)[number];

export interface StrikeOptions {
  /** What `start` returned as `connection`; null without `start`. */
  readonly connection: Json;
  readonly namespace: string;
  /** The instance whose section is struck, as it was opened. */
  readonly instance: number;
}

/** A fault that has struck. */
export interface Struck {
  /** What shows that it did, for the report: `ended 3 sessions of instance 2`. */
  readonly proof: string;
  /** Ends a fault that lasts. Called once. */
  readonly heal?: () => Awaitable<void>;
}

/**
 * Strikes now, and returns when it has. Rejects when it could not; `unavailable` says that it never can here. Called
 * in the process that called `start`, one fault at a time.
 */
export type StrikeFault = (options: StrikeOptions) => Awaitable<Struck | UnavailableEnvironment>;

/**
 * Whom a fault of the storage can harm.
 * - `run`: nothing but what this run has started: a server that `start` has started itself, whatever `--pg` names.
 * - `server`: whoever else uses the server. Where `--pg` is a URL, lockstep did not start it, and the fault is struck with
 *   `--allow-faults-on-server` alone.
 */
export const FAULT_REACHES = ['run', 'server'] as const;
export type FaultReach = (typeof FAULT_REACHES)[number];

/** A fault with whom it can harm. */
export interface OfferedFault {
  readonly reach: FaultReach;
  readonly strike: StrikeFault;
}

/** As every fault that is a function alone: it can harm others. */
export const DEFAULT_REACH: FaultReach = 'server';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Protocols in which a commit is recognised, in whatever way it is asked for. */
export const WIRE_PROTOCOLS = ['postgresql'] as const;
export type WireProtocol = (typeof WIRE_PROTOCOLS)[number];

/** How a proxy is placed between instances and the storage. */
export interface TargetNetwork {
  /** Where the storage of `connection` listens. */
  address(connection: Json): Address;
  /** The same storage through a proxy at `address`; handed to `open` instead of `connection`. */
  through(connection: Json, address: Address): Json;
  /**
   * What instances speak with the storage, unencrypted: commits are then recognised in simple, prepared and pipelined
   * statements, and so are the answers to them. Default: none of these, and `commit` says how one is recognised.
   */
  readonly protocol?: WireProtocol;
  /**
   * Of another protocol: what stands in the bytes by which an instance asks for a commit, and in no others: `COMMIT`. What
   * the storage says next is taken for the answer. Without either nothing is struck at a commit.
   */
  readonly commit?: string;
}
