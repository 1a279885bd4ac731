/** What is measured, and the messages to a side. */
import type { LockKind } from '../../../adapters/postgres/options.ts';

export interface Work {
  readonly url: string;
  readonly schema: string;
  readonly connections: number;
  /** The transactions of all connections together. A multiple of the number of connections. */
  readonly transactions: number;
  /** The number of streams that are settled at random. With one, every settle waits for the one before. */
  readonly streams: number;
}

export interface SideOptions extends Work {
  /** The folder with the compiled files of a build. */
  readonly build: string;
  readonly lock: LockKind;
}

export interface SideResult {
  readonly perSecond: number;
  /** CPU time of the client in microseconds, for `transactions`. Undefined if it cannot be read. */
  readonly clientMicros: number | undefined;
  /** Transactions that are not counted. */
  readonly extra: number;
}
