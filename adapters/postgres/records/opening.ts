/** What a section fetches together with its lock: the time, and the records that its callback will read first. */
import { fromMicros, toMicros, type LockOptions, type Timestamp } from '../../contract/index.ts';
import { liveGet, msToExpiry } from './idempotency.ts';
import { qualified, timeText, type Asked, type Param, type Result, type Statement } from '../sql/sql.ts';
import { streamGet } from './streams.ts';

/** The most records that are fetched with a lock. The callback reads further ones when it needs them. */
const MAX_FETCHED = 100;

export interface Opening {
  readonly asked: readonly Asked[];
  /** Takes the answers to `asked`, in order. */
  opened(results: readonly Result[]): Opened;
}

/** What a section with its lock already knows. */
export interface Opened {
  /** The storage's time after the lock was granted. */
  readonly now: Timestamp;
  /** The time of the next event of `streamId`. Undefined: that is not the section's stream. */
  eventTime(streamId: string | undefined): Timestamp | undefined;
  /** The answer to a statement; it is used up by this call. Undefined: it was not fetched, or is out of date. */
  fetched(statement: Statement, params: readonly Param[]): Result | undefined;
  /** Called after a write: what was fetched may be out of date. */
  forget(): void;
}

export type Openings = (streamId: string, prefetch: LockOptions['prefetch']) => Opening;

export function createOpenings(schema: string): Openings {
  const now = nowStatement(schema);
  const reads = { streams: streamGet(schema), tokens: liveGet(schema) };
  return (streamId, prefetch = {}) => {
    const fetched = (['streams', 'tokens'] as const).flatMap((what) =>
      [...new Set(prefetch[what])]
        // Ids that are no valid text are left out. They are refused when the callback asks for them.
        .filter((id) => typeof id === 'string' && !id.includes('\0'))
        .map((id) => ({ statement: reads[what], params: [id] })),
    );
    const asked = fetched.slice(0, MAX_FETCHED);
    return {
      asked: [{ statement: now, params: [streamId] }, ...asked],
      opened: ([time, ...results]) => new Arrived(streamId, time as Result, asked, results),
    };
  };
}

/**
 * If the clock was set back, the order of a stream must not reverse, so its events have at least the time of its latest
 * one. Times that a caller gave (those with digits) do not count. The statement begins after the lock was granted.
 */
function nowStatement(schema: string): Statement {
  return {
    name: 'section.now',
    kind: 'read',
    text: `SELECT ${timeText('statement_timestamp()')} AS now, (
        SELECT ${timeText('latest.occurred_at')} FROM ${qualified(schema, 'activity_events')} AS latest
        WHERE latest.stream_id = $1::text AND latest.occurred_at_digits IS NULL
          AND latest.occurred_at > statement_timestamp()
        ORDER BY latest.occurred_at DESC LIMIT 1) AS latest`,
  };
}

class Arrived implements Opened {
  readonly now: Timestamp;
  readonly #streamId: string;
  readonly #arrivedAt: number = performance.now();
  readonly #fetched: Map<string, Result>;
  #eventTime: Timestamp;
  #events = 0;

  constructor(streamId: string, time: Result, asked: readonly Asked[], results: readonly Result[]) {
    const [row] = time.rows;
    this.now = row?.['now'] as Timestamp;
    this.#eventTime = row?.['latest'] ?? this.now;
    this.#streamId = streamId;
    this.#fetched = new Map(
      asked.map(({ statement, params }, index) => [keyOf(statement, params), results[index] as Result]),
    );
  }

  eventTime(streamId: string | undefined): Timestamp | undefined {
    if (streamId !== this.#streamId) return undefined;
    // Events of one section keep their order too.
    if (this.#events > 0) this.#eventTime = fromMicros(toMicros(this.#eventTime) + 1n);
    this.#events += 1;
    return this.#eventTime;
  }

  fetched(statement: Statement, params: readonly Param[]): Result | undefined {
    if (this.#fetched.size === 0) return undefined;
    const key = keyOf(statement, params);
    const result = this.#fetched.get(key);
    this.#fetched.delete(key);
    return result === undefined || this.#isOver(result) ? undefined : result;
  }

  forget(): void {
    this.#fetched.clear();
  }

  /** Whether the record may have expired since it was fetched. */
  #isOver({ rows: [row] }: Result): boolean {
    const leftMs = row === undefined ? undefined : msToExpiry(row, this.now);
    return leftMs !== undefined && leftMs <= performance.now() - this.#arrivedAt + MARGIN_MS;
  }
}

/**
 * A record is read again this long before its expiry, because the answer was delayed and clocks run at different
 * speeds.
 */
const MARGIN_MS = 1_000;

function keyOf({ name }: Statement, [id]: readonly Param[]): string {
  return `${name} ${String(id)}`;
}
