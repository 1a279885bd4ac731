/** What clients requested and were answered: the lines of a history. */

export interface HistoryHeader {
  readonly format: 'lockstep-history';
  readonly version: 1;
  readonly model: 'stream-lifecycle' | 'stream-balance' | 'register' | 'kv';
}

/** What a client requests: of a stream, of a list, of an export job. */
export const STREAM_FUNCTIONS = ['start', 'pause', 'stop', 'settle', 'withdraw', 'get'] as const;

export const EXPORT_FUNCTIONS = ['export', 'work', 'download'] as const;

export type HistoryFunction = (typeof STREAM_FUNCTIONS)[number] | 'scan' | (typeof EXPORT_FUNCTIONS)[number];

/**
 * What one request looked like to its client. `ok`: an effect, a replay, a read, or a refusal with the revision that
 * it saw. `fail`: certainly no effect and no observation. `unknown`: it may take effect at any later time, or never.
 */
export interface HistoryEntry {
  /** Number of the client connection, unique in the run. */
  readonly client: number;
  /** The id of the stream or export job. For scans: the name of the list. For a worker's turn: `exports`. */
  readonly key: string;
  readonly f: HistoryFunction;
  readonly args: HistoryArgs;
  readonly call: number;
  /** null: no answer. */
  readonly return: number | null;
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly result?: HistoryResult;
  /** Number of the service that was asked. */
  readonly service: number;
  /** In open loop: when the request should have been sent. */
  readonly intended?: number;
}

export interface HistoryArgs {
  /** Balance workload: the amount released or taken. */
  readonly amount?: string;
  /** The idempotency token, when the request carried a key. */
  readonly token?: string;
  readonly fingerprint?: string;
  /** Scans: which list, page size. */
  readonly list?: 'streams' | 'activity';
  readonly limit?: number;
  /** A worker's turn: milliseconds of its lease. */
  readonly leaseMs?: number;
}

export interface HistoryResult {
  readonly status: number;
  /** Whether the service said that this is a replay. */
  readonly replayed?: boolean;
  /** The exact body of an effect or a replay, for the replay rule. Absent for reads. */
  readonly body?: string;
  /** What the answer shows of the stream. */
  readonly revision?: number;
  readonly streamStatus?: string;
  readonly releasedAmount?: string;
  readonly withdrawnAmount?: string;
  readonly operationId?: string;
  /** Whether the answer claims an effect (first time or replay); false for refusals and unchanged successes. */
  readonly effect?: boolean;
  /** The code of a refusal or failure. */
  readonly code?: string;
  /** Scans: ids in the order seen, over all pages. */
  readonly ids?: readonly string[];
  /** A download: the URL that was handed out. */
  readonly url?: string;
}
