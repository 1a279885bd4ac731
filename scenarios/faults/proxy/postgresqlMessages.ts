/** Cuts what one side says in PostgreSQL's protocol into its messages, however it comes in parts. */

export interface Message {
  readonly type: string;
  /** Without type and length. Only until the next chunk is read. */
  readonly body: Buffer;
  /** Where it begins in the latest chunk; 0, if it began in an earlier one. */
  readonly from: number;
}

const LENGTH_BYTES = 4;
/** No message is as long: what seems so is none. */
const LONGEST = 1 << 30;

type Expected =
  | { readonly what: 'start'; readonly come: (code: number) => void }
  | { readonly what: 'byte'; readonly come: (byte: string) => void }
  | { readonly what: 'types' }
  | { readonly what: 'nothing' };

export class MessageReader {
  #expected: Expected = { what: 'nothing' };
  #rest: Buffer = Buffer.alloc(0);

  /** Messages without a type, as clients begin with; told of each by the code in it. */
  expectStart(come: (code: number) => void): void {
    this.#expected = { what: 'start', come };
  }

  expectTypes(): void {
    this.#expected = { what: 'types' };
  }

  /** One byte, and then messages with types. */
  expectByte(come: (byte: string) => void): void {
    this.#expected = { what: 'byte', come };
  }

  /** Nothing that comes can be read any more. */
  stop(): void {
    this.#expected = { what: 'nothing' };
    this.#rest = Buffer.alloc(0);
  }

  /** The messages with types that are complete with this chunk. */
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

  /** Where what is expected at `at` ends; undefined: it is not there yet, or nothing is expected. */
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

/** The first two texts in a body, each of which ends in a zero byte. */
export function textsOf(body: Buffer): string[] {
  const first = body.indexOf(0);
  if (first === -1) return [];
  const second = body.indexOf(0, first + 1);
  const texts = [body.toString('utf8', 0, first)];
  return second === -1 ? texts : [...texts, body.toString('utf8', first + 1, second)];
}
