/** What is measured, and how it is told to a side. */
import type { LockKind } from '../../../adapters/postgres/options.ts';

export interface Work {
  readonly url: string;
  readonly schema: string;
  readonly connections: number;
  /** Of all connections together; a multiple of their number. */
  readonly transactions: number;
  /** How many streams are settled at random. One: every settle waits for the one before. */
  readonly streams: number;
}

export interface SideOptions extends Work {
  /** The folder with the compiled files of a build. */
  readonly build: string;
  readonly lock: LockKind;
}

export interface SideResult {
  readonly perSecond: number;
  /** CPU of the client in microseconds, for `transactions`; undefined where it cannot be read. */
  readonly clientMicros: number | undefined;
  /** Transactions beside those that count. */
  readonly extra: number;
}
