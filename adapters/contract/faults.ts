/** What a target offers so that faults can strike its storage and its network traffic. */
import type { Awaitable } from './adapter.ts';
import type { Json } from './records.ts';
import type { UnavailableEnvironment } from './service.ts';

/**
 * Storage faults, by the names under which a target offers them in `faults`.
 * - `terminate-session`: the storage ends every session of one instance, including those that run sections.
 * - `restart-storage`: the storage crashes without a shutdown, and starts again at the same address.
 * - `pool-exhaustion`: the storage has no free connection, and every instance loses its connections.
 *
 * Only the drill of a move uses these. They last until they are healed; healing rejects if nobody was refused meanwhile.
 * - `read-only`, `disk-full`: the storage refuses every write to the namespace, with the error of that condition.
 * - `refused-records`: the storage refuses some records, whoever writes them.
 */
export const TARGET_FAULTS = [
  'terminate-session',
  'restart-storage',
  'pool-exhaustion',
  'read-only',
  'disk-full',
  'refused-records',
] as const;
export type TargetFault = (typeof TARGET_FAULTS)[number];

export interface StrikeOptions {
  /** The `connection` that `start` returned. Null without `start`. */
  readonly connection: Json;
  readonly namespace: string;
  /** The number of the instance whose section the fault strikes, as in {@link OpenOptions}. */
  readonly instance: number;
}

/** The result of a fault that has struck. */
export interface Struck {
  /** Evidence that the fault struck, for the report: `ended 3 sessions of instance 2`. */
  readonly proof: string;
  /** Ends a lasting fault. Called once. */
  readonly heal?: () => Awaitable<void>;
}

/**
 * Strikes now, and resolves once the fault has struck. Rejects if it failed; `unavailable` says that this machine can never
 * produce the fault. Called in the process that called `start`, one fault at a time.
 */
export type StrikeFault = (options: StrikeOptions) => Awaitable<Struck | UnavailableEnvironment>;

/**
 * Whom a storage fault can harm.
 * - `run`: only what this run has started, such as a server that `start` itself started, whatever `--pg` names.
 * - `server`: everybody who uses the server. If `--pg` is a URL, lockstep did not start the server, and the fault strikes
 *   only with `--allow-faults-on-server`.
 */
export const FAULT_REACHES = ['run', 'server'] as const;
export type FaultReach = (typeof FAULT_REACHES)[number];

/** A fault together with whom it can harm. */
export interface OfferedFault {
  readonly reach: FaultReach;
  readonly strike: StrikeFault;
}

/** The reach of a fault that is a plain function: it can harm others. */
export const DEFAULT_REACH: FaultReach = 'server';

/** A network address that accepts connections. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Protocols in which lockstep recognizes a commit, however a client sends it. */
export const WIRE_PROTOCOLS = ['postgresql'] as const;
export type WireProtocol = (typeof WIRE_PROTOCOLS)[number];

/** How to place a proxy between instances and the storage. */
export interface TargetNetwork {
  /** Returns the address of the storage of `connection`. */
  address(connection: Json): Address;
  /** Returns the connection to the same storage through a proxy at `address`. `open` receives it instead of `connection`. */
  through(connection: Json, address: Address): Json;
  /**
   * The protocol between instances and storage, without encryption. lockstep then recognizes commits in simple, prepared and
   * pipelined statements, and the answers to them. Default: another protocol, for which `commit` says how to recognize one.
   */
  readonly protocol?: WireProtocol;
  /**
   * For another protocol: a text that occurs in the bytes of every commit and nowhere else, for example `COMMIT`. The next
   * bytes from the storage are taken for the answer. Without `protocol` and `commit`, no fault strikes at a commit.
   */
  readonly commit?: string;
}
