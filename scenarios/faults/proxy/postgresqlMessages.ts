/** Splits one side's traffic in PostgreSQL's protocol into messages, however it is divided into chunks. */

export interface Message {
  readonly type: string;
  /** Without type and length. Valid only until the next chunk is read. */
  readonly body: Buffer;
  /** Its offset in the latest chunk. 0 if it began in an earlier one. */
  readonly from: number;
}

const LENGTH_BYTES = 4;
/** No message is this long. Something that seems to be is no message. */
const LONGEST = 1 << 30;

type Expected =
  | { readonly what: 'start'; readonly come: (code: number) => void }
  | { readonly what: 'byte'; readonly come: (byte: string) => void }
  | { readonly what: 'types' }
  | { readonly what: 'nothing' };

export class MessageReader {
  #expected: Expected = { what: 'nothing' };
  #rest: Buffer = Buffer.alloc(0);

  /** Expects messages without a type, with which clients begin. Calls `come` with the code of each. */
  expectStart(come: (code: number) => void): void {
    this.#expected = { what: 'start', come };
  }

  expectTypes(): void {
    this.#expected = { what: 'types' };
  }

  /** Expects one byte, and then messages with types. */
  expectByte(come: (byte: string) => void): void {
    this.#expected = { what: 'byte', come };
  }

  /** Stops, because later traffic cannot be read. */
  stop(): void {
    this.#expected = { what: 'nothing' };
    this.#rest = Buffer.alloc(0);
  }

  /** The messages with types that this chunk completes. */
  read(chunk: Buffer): Message[] {
    const known = this.#rest.length;
    const bytes = known === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    let at = 0;
    for (let end = this.#endOf(bytes, at); end !== undefined; end = this.#endOf(bytes, at)) {
      const message = this.#take(bytes.subarray(at, end));
      if (message !== undefined) messages.push({ ...message, from: Math.max(0, at - known) });
      at = end;
    }
    this.#rest = this.#expected.what === 'nothing' ? Buffer.alloc(0) : bytes.subarray(at);
    return messages;
  }

  /** The end of what is expected at `at`. Undefined: it is incomplete, or nothing is expected. */
  #endOf(bytes: Buffer, at: number): number | undefined {
    const { what } = this.#expected;
    if (what === 'nothing' || at >= bytes.length) return undefined;
    if (what === 'byte') return at + 1;
    const head = what === 'types' ? 1 : 0;
    if (bytes.length < at + head + LENGTH_BYTES) return undefined;
    const length = bytes.readUInt32BE(at + head);
    if (length < LENGTH_BYTES || length > LONGEST) {
      this.stop();
      return undefined;
    }
    const end = at + head + length;
    return end <= bytes.length ? end : undefined;
  }

  #take(bytes: Buffer): Omit<Message, 'from'> | undefined {
    const expected = this.#expected;
    if (expected.what === 'types')
      return { type: String.fromCharCode(bytes[0] ?? 0), body: bytes.subarray(1 + LENGTH_BYTES) };
    if (expected.what === 'byte') {
      this.expectTypes();
      expected.come(bytes.toString('latin1'));
    }
    if (expected.what === 'start')
      expected.come(bytes.length < 2 * LENGTH_BYTES ? 0 : bytes.readUInt32BE(LENGTH_BYTES));
    return undefined;
  }
}

/** The first two texts in a body. Each ends with a zero byte. */
export function textsOf(body: Buffer): string[] {
  const first = body.indexOf(0);
  if (first === -1) return [];
  const second = body.indexOf(0, first + 1);
  const texts = [body.toString('utf8', 0, first)];
  return second === -1 ? texts : [...texts, body.toString('utf8', first + 1, second)];
}
