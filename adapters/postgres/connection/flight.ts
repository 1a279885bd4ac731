/**
 * Statements that are sent together: one write to the socket, one Sync, and the answers in the same order. If one
 * fails, the server skips all later ones: PostgreSQL manual, "Pipelining".
 *
 * A flight is a `Submittable` of pg: the driver calls `submit` in its turn and then passes on the server's messages.
 * After a failure or a time-out it only calls `handleError`.
 */
import type { Connection as Wire, Submittable } from 'pg';
import type { Asked, Param, Result, Row } from '../sql/sql.ts';

/**
 * A statement as it is sent. Parts with the same `index` answer one requested statement together; the last one counts.
 */
export interface Part {
  readonly index: number;
  /** The name of the prepared statement. Empty: it is prepared for this flight only. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** The statements that a session has prepared: the text and the result columns, by name. */
export type Prepared = Map<string, Described>;

interface Described {
  readonly text: string;
  columns: readonly string[];
}

/** `isSent`: whether the server may have received it. */
export type Flown = { readonly isSent: boolean } & (
  | { readonly ok: true; readonly results: readonly Result[] }
  /** `index`: the statement that failed or did not finish. */
  | { readonly ok: false; readonly error: unknown; readonly index: number }
);

interface FlightOptions {
  readonly asked: readonly Asked[];
  /** Undefined: nothing stays prepared on the session. */
  readonly prepared: Prepared | undefined;
  readonly onEnd: (flown: Flown) => void;
  /** In milliseconds. Default: the time-out of the connection. */
  readonly queryTimeoutMs?: number | undefined;
}

export class Flight implements Submittable {
  /** What will be sent. */
  parts: readonly Part[];
  /** The driver replaces it with a callback that also clears its time-out. */
  callback: (error: unknown) => void;
  /** The name that the driver expects. */
  readonly query_timeout?: number;
  readonly #prepared: Prepared | undefined;
  readonly #results: Result[] = [];
  /** What this flight prepares. It only counts if the flight succeeds. */
  readonly #fresh = new Map<string, Described>();
  /** One per part. */
  #described: readonly Described[] = [];
  #rows: Row[] = [];
  #at = 0;

  constructor({ asked, prepared, onEnd, queryTimeoutMs }: FlightOptions) {
    this.parts = asked.map(({ statement: { name, text }, params }, index) => ({
      index,
      name: prepared === undefined ? '' : name,
      text,
      values: params.map(textOf),
    }));
    this.#prepared = prepared;
    if (queryTimeoutMs !== undefined) this.query_timeout = queryTimeoutMs;
    this.callback = (error) =>
      onEnd(
        error === undefined
          ? { ok: true, isSent: true, results: this.#results }
          : { ok: false, isSent: true, error, index: this.parts[this.#at]?.index ?? asked.length },
      );
  }

  submit(wire: Wire): void {
    this.#at = 0;
    wire.stream.cork();
    try {
      this.#described = this.parts.map((part) => this.#send(wire, part));
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly { readonly name: string }[] }): void {
    const described = this.#described[this.#at];
    if (described !== undefined) described.columns = fields.map(({ name }) => name);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const { columns = [] } = this.#described[this.#at] ?? {};
    const row: Record<string, string | null> = {};
    for (let at = 0; at < columns.length; at += 1) row[columns[at] as string] = fields[at] as string | null;
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const rows = this.#rows;
    this.#rows = [];
    const part = this.parts[this.#at];
    this.#at += 1;
    if (part !== undefined) this.#results[part.index] = { rows, ...tagOf(text) };
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleError(error: unknown): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    for (const [name, described] of this.#fresh) this.#prepared?.set(name, described);
    this.callback(undefined);
  }

  #send(wire: Wire, { name, text, values }: Part): Described {
    const portal = '';
    let described = this.#fresh.get(name) ?? this.#prepared?.get(name);
    if (name === '' || described?.text !== text) {
      described = { text, columns: [] };
      // A failed flight may have left a statement of this name. Closing one that does not exist is no error.
      if (name !== '') wire.close({ type: 'S', name }, true);
      wire.parse({ name, text, types: [] }, true);
      wire.describe({ type: 'S', name }, true);
      if (name !== '') this.#fresh.set(name, described);
    }
    wire.bind({ portal, statement: name, values: [...values] }, true);
    wire.execute({ portal }, true);
    return described;
  }
}

/** The parameter in PostgreSQL's text format. */
function textOf(param: Param): string | null {
  if (param === null || typeof param === 'string') return param;
  return typeof param === 'number' ? String(param) : arrayText(param);
}

function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** Parses `INSERT 0 1`, `UPDATE 1` or `COMMIT` into the command and the number of rows. */
function tagOf(tag: string): Pick<Result, 'command' | 'count'> {
  const end = tag.indexOf(' ');
  return end === -1
    ? { command: tag, count: 0 }
    : { command: tag.slice(0, end), count: Number(tag.slice(tag.lastIndexOf(' ') + 1)) };
}
