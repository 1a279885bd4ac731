/**
 * Statements that are sent together: one write to the socket, one Sync, and their answers in the same order. The first that
 * fails keeps all behind it from running: PostgreSQL manual, "Pipelining".
 *
 * It is one of pg's submittables: the driver calls `submit` in its turn, and then hands over what the server says. Of a
 * failure it calls `handleError` alone, and of a time-out too.
 */
import type { Connection as Wire, Submittable } from 'pg';
import type { Asked, Param, Result, Row } from '../sql/sql.ts';

/** A statement as it is sent. Those with the index of one that was asked for answer it together: the last one counts. */
export interface Part {
  readonly index: number;
  /** Of the prepared statement; empty: it is prepared for this time alone. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** What a session has prepared: by name, the text and the columns of what it answers. */
export type Prepared = Map<string, Described>;

interface Described {
  readonly text: string;
  columns: readonly string[];
}

/** `isSent`: whether the server may have got it. */
export type Flown = { readonly isSent: boolean } & (
  | { readonly ok: true; readonly results: readonly Result[] }
  /** `index`: the statement that failed, or did not end. */
  | { readonly ok: false; readonly error: unknown; readonly index: number }
);

interface FlightOptions {
  readonly asked: readonly Asked[];
  /** undefined: nothing is left on the session. */
  readonly prepared: Prepared | undefined;
  readonly onEnd: (flown: Flown) => void;
  /** In milliseconds, instead of that of the connection. */
  readonly queryTimeoutMs?: number | undefined;
}

export class Flight implements Submittable {
  /** What will be sent. */
  parts: readonly Part[];
  /** The driver puts its own in place, which also ends its time-out. */
  callback: (error: unknown) => void;
  /** The driver's name for it. */
  readonly query_timeout?: number;
  readonly #prepared: Prepared | undefined;
  readonly #results: Result[] = [];
  /** What it prepares itself: nothing of it counts before it has ended well. */
  readonly #fresh = new Map<string, Described>();
  /** Of each part. */
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
      // One of that name may be left of a flight that failed behind it: to close what is not there is no error.
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

/** How the server reads it. */
function textOf(param: Param): string | null {
  if (param === null || typeof param === 'string') return param;
  return typeof param === 'number' ? String(param) : arrayText(param);
}

function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** `INSERT 0 1`, `UPDATE 1`, `COMMIT`: what was done, and to how many rows. */
function tagOf(tag: string): Pick<Result, 'command' | 'count'> {
  const end = tag.indexOf(' ');
  return end === -1
    ? { command: tag, count: 0 }
    : { command: tag.slice(0, end), count: Number(tag.slice(tag.lastIndexOf(' ') + 1)) };
}
