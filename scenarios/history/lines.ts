/**
 * The lines of a history file, for each model. A file is JSON lines: a HistoryFileHeader, then one operation per line
 * in any order. Times are integers (nanoseconds in lockstep's own recordings). Only their order matters to the checker.
 */
import type { StreamStatus } from '../../adapters/contract/index.ts';
import type { HistoryEntry } from '../evidence/model/history.ts';

export const HISTORY_FORMAT = 'lockstep-history';
export const HISTORY_VERSION = 1;

export const HISTORY_MODELS = ['register', 'kv', 'stream-lifecycle', 'stream-balance'] as const;
export type HistoryModel = (typeof HISTORY_MODELS)[number];
export type StreamModelName = 'stream-lifecycle' | 'stream-balance';

export interface HistoryFileHeader {
  readonly format: typeof HISTORY_FORMAT;
  readonly version: typeof HISTORY_VERSION;
  /** Absent: the reader of the file must know the model. */
  readonly model?: HistoryModel;
  /** For stream models: the initial state of every stream in the file. */
  readonly initial?: InitialStream;
}

/** Amounts are decimal strings in minor units. */
export interface InitialStream {
  readonly status: StreamStatus;
  readonly revision: number;
  readonly totalAmount: string;
  readonly releasedAmount: string;
  readonly withdrawnAmount: string;
}

interface Line {
  readonly client: number;
  readonly key: string;
  readonly call: number;
  /** Null: there was no answer. Never null if the outcome is `ok`, and never before `call`. */
  readonly return: number | null;
  /** `fail`: certainly no effect and no observation. `unknown`: it may take effect at any later time, or never. */
  readonly outcome: 'ok' | 'fail' | 'unknown';
}

/**
 * The exact value of a number: a safe integer, or else the number's text, which is the same for equal numbers. So equal
 * values are `===`.
 */
export type RegisterValue = number | string;

/** `result` is present if the outcome is `ok`. */
export type RegisterLine = Line &
  (
    | { readonly f: 'read'; readonly result?: { readonly value: RegisterValue | null } }
    | { readonly f: 'write'; readonly args: { readonly value: RegisterValue } }
    | {
        readonly f: 'cas';
        readonly args: { readonly from: RegisterValue; readonly to: RegisterValue };
        readonly result?: { readonly ok: boolean };
      }
  );

/** `result` is present if the outcome is `ok`. */
export type KvLine = Line &
  (
    | { readonly f: 'get'; readonly result?: { readonly value: string } }
    | { readonly f: 'put' | 'append'; readonly args: { readonly value: string } }
  );

/** A client history of a load. `service`: the process that was asked, if there are several. */
export type StreamLine = Omit<HistoryEntry, 'service'> & { readonly service?: number };

/** A line with the model against which it was checked. */
export type HistoryLine =
  | { readonly model: 'register'; readonly line: RegisterLine }
  | { readonly model: 'kv'; readonly line: KvLine }
  | { readonly model: StreamModelName; readonly line: StreamLine };
