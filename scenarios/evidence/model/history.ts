/** The lines of a history: what clients requested and what they were answered. */

export interface HistoryHeader {
  readonly format: 'lockstep-history';
  readonly version: 1;
  readonly model: 'stream-lifecycle' | 'stream-balance' | 'register' | 'kv';
}

/** What a client can request: of a stream, of a list, of an export job. */
export const STREAM_FUNCTIONS = ['start', 'pause', 'stop', 'settle', 'withdraw', 'get'] as const;

export const EXPORT_FUNCTIONS = ['export', 'work', 'download'] as const;

export type HistoryFunction = (typeof STREAM_FUNCTIONS)[number] | 'scan' | (typeof EXPORT_FUNCTIONS)[number];

/**
 * One request as its client saw it. `ok`: an effect, a replay, a read, or a refusal with the revision that it saw.
 * `fail`: certainly neither an effect nor an observation. `unknown`: it may take effect at any later time, or never.
 */
export interface HistoryEntry {
  /** The number of the client's connection, unique in the run. */
  readonly client: number;
  /** The id of the stream or export job. For scans: the name of the list. For a worker's turn: `exports`. */
  readonly key: string;
  readonly f: HistoryFunction;
  readonly args: HistoryArgs;
  readonly call: number;
  /** Null: there was no answer. */
  readonly return: number | null;
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly result?: HistoryResult;
  /** The number of the service that was asked. */
  readonly service: number;
  /** Open loop: when the request was due. */
  readonly intended?: number;
}

export interface HistoryArgs {
  /** Balance workload: the amount to release or to take. */
  readonly amount?: string;
  /** The idempotency token, if the request has a key. */
  readonly token?: string;
  readonly fingerprint?: string;
  /** For a scan: the list, and the page size. */
  readonly list?: 'streams' | 'activity';
  readonly limit?: number;
  /** For a worker's turn: the length of its lease in milliseconds. */
  readonly leaseMs?: number;
}

export interface HistoryResult {
  readonly status: number;
  /** Whether the service said that this is a replay. */
  readonly replayed?: boolean;
  /** The exact body of an effect or a replay, for the replay rule. Absent for reads. */
  readonly body?: string;
  /** What the answer says about the stream. */
  readonly revision?: number;
  readonly streamStatus?: string;
  readonly releasedAmount?: string;
  readonly withdrawnAmount?: string;
  readonly operationId?: string;
  /**
   * Whether the answer claims an effect, new or replayed. False for refusals, and for successes that change nothing.
   */
  readonly effect?: boolean;
  /** The code of a refusal or failure. */
  readonly code?: string;
  /** For a scan: the ids in the order in which they were seen, over all pages. */
  readonly ids?: readonly string[];
  /** For a download: the URL that was returned. */
  readonly url?: string;
}
