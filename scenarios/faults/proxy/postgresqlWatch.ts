/**
 * Finds commits in PostgreSQL's protocol, version 3: in simple queries, alone or after other statements; in prepared
 * statements, named or unnamed, which may have been prepared long before; and in a pipeline, where answers to earlier
 * messages are still to come.
 */
import { MessageReader, textsOf, type Message } from './postgresqlMessages.ts';
import type { CommitWatch } from './watch.ts';

export class PostgresqlWatch implements CommitWatch {
  readonly #client: MessageReader = new MessageReader();
  readonly #server: MessageReader = new MessageReader();
  /** Whether a prepared statement or a portal commits, by its name. */
  readonly #statements = new Map<string, boolean>();
  readonly #portals = new Map<string, boolean>();
  /** The number of "ready" answers that were requested, including the first one, and the number that arrived. */
  #asked = 1;
  #ready = 0;
  /** The number of the "ready" answer that ends the latest commit. Undefined: no commit is in progress. */
  #commit: number | undefined;

  constructor() {
    this.#client.expectStart((code) => {
      if (isEncryption(code)) this.#server.expectByte((byte) => this.#isEncrypted(byte));
      else this.#client.expectTypes();
    });
    this.#server.expectTypes();
  }

  request(chunk: Buffer): number {
    let found = -1;
    // Where begins what has one Sync with the message: it is sent at once, and a server that had half of it would wait for
    // the rest without any bound, as for nobody who has stopped between two statements.
    let together = 0;
    let isApart = false;
    for (const message of this.#client.read(chunk)) {
      if (isApart) together = message.from;
      isApart = ENDINGS.includes(message.type);
      if (!this.#asksForCommit(message)) continue;
      this.#commit = message.type === 'Q' ? this.#asked : this.#asked + 1;
      if (found === -1) found = together;
    }
    return found;
  }

  answer(chunk: Buffer): number {
    let found = -1;
    for (const message of this.#server.read(chunk)) {
      if (message.type === 'Z') this.#ready += 1;
      if (this.#commit === undefined || !this.#endsCommit(message, this.#commit)) continue;
      this.#commit = undefined;
      if (found === -1) found = message.from;
    }
    return found;
  }

  /** Whether the message says that the commit is done, or, by "ready" alone, that it failed. */
  #endsCommit({ type, body }: Message, ready: number): boolean {
    if (this.#ready >= ready) return true;
    const [tag = ''] = textsOf(body);
    return type === 'C' && this.#ready === ready - 1 && tag.startsWith('COMMIT');
  }

  /** Whether the message makes the server commit. Also updates what is known of the connection. */
  #asksForCommit({ type, body }: Message): boolean {
    const [first = '', second = ''] = textsOf(body);
    switch (type) {
      case 'Q':
        this.#asked += 1;
        return commits(first);
      case 'P':
        this.#statements.set(first, commits(second));
        return false;
      case 'B':
        this.#portals.set(first, this.#statements.get(second) ?? false);
        return false;
      case 'E':
        return this.#portals.get(first) ?? false;
      case 'S':
      case 'F':
        this.#asked += 1;
        return false;
      default:
        return false;
    }
  }

  /** Notes that the traffic cannot be read from here on. */
  #isEncrypted(byte: string): void {
    if (byte === 'N') return;
    this.#client.stop();
    this.#server.stop();
  }
}

/** The messages that the server answers at once: Query, Sync, Flush. */
const ENDINGS: readonly string[] = ['Q', 'S', 'F'];

/** Codes that replace the version in a start-up message. */
const ENCRYPTIONS = [80_877_103, 80_877_104];

function isEncryption(code: number): boolean {
  return ENCRYPTIONS.includes(code);
}

/** Texts, names and comments. They may contain anything. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** Whether one of its statements is COMMIT or END, which is the same. */
export function commits(sql: string): boolean {
  return sql
    .replace(QUOTED, ' ')
    .split(';')
    .some((statement) => /^\s*(?:commit|end)\b/i.test(statement));
}
