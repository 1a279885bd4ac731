/** What a section asks for with its lock: the time, and the records that its callback will read first. */
import { fromMicros, toMicros, type LockOptions, type Timestamp } from '../../contract/index.ts';
import { liveGet, msToExpiry } from './idempotency.ts';
import { qualified, timeText, type Asked, type Param, type Result, type Statement } from '../sql/sql.ts';
import { streamGet } from './streams.ts';

/** The most records that are fetched with a lock: whoever names more reads the others when he wants them. */
const MOST_FETCHED = 100;

export interface Opening {
  readonly asked: readonly Asked[];
  /** With the answers to `asked`, as they have come. */
  opened(results: readonly Result[]): Opened;
}

/** What a section that has its lock need not ask for. */
export interface Opened {
  /** The storage's time, after the lock was granted. */
  readonly now: Timestamp;
  /** The time of the next event of that stream; undefined: it is another one than the section's. */
  eventTime(streamId: string | undefined): Timestamp | undefined;
  /** The answer to a statement, once; undefined: it was not fetched, or counts no more. */
  fetched(statement: Statement, params: readonly Param[]): Result | undefined;
  /** Something was written: what was fetched may be out of date. */
  forget(): void;
}

export type Openings = (streamId: string, prefetch: LockOptions['prefetch']) => Opening;

export function createOpenings(schema: string): Openings {
  const now = nowStatement(schema);
  const reads = { streams: streamGet(schema), tokens: liveGet(schema) };
  return (streamId, prefetch = {}) => {
    const fetched = (['streams', 'tokens'] as const).flatMap((what) =>
      [...new Set(prefetch[what])]
        // What is no text is refused when it is asked for.
        .filter((id) => typeof id === 'string' && !id.includes('\0'))
        .map((id) => ({ statement: reads[what], params: [id] })),
    );
    const asked = fetched.slice(0, MOST_FETCHED);
    return {
      asked: [{ statement: now, params: [streamId] }, ...asked],
      opened: ([time, ...results]) => new Arrived(streamId, time as Result, asked, results),
    };
  };
}

/**
 * A clock that is set back must not turn the order of a stream around, so its events have at least the time of its
 * latest. Times that a caller gave (they have digits) do not push it ahead. The statement begins when the lock has been
 * granted.
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
    // Those of one section keep their order, too.
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

  /** Whether it is a record that may have expired since. */
  #isOver({ rows: [row] }: Result): boolean {
    const leftMs = row === undefined ? undefined : msToExpiry(row, this.now);
    return leftMs !== undefined && leftMs <= performance.now() - this.#arrivedAt + MARGIN_MS;
  }
}

/** So much earlier an expiry is asked for again: the answer was under way, and clocks run at different speeds. */
const MARGIN_MS = 1_000;

function keyOf({ name }: Statement, [id]: readonly Param[]): string {
  return `${name} ${String(id)}`;
}
