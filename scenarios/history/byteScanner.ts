/**
 * Reads JSON in the form in which lockstep writes it: no white space, whole numbers, and texts of printable ASCII. For
 * anything else it has `failed`, which does not mean that the JSON is invalid.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const SPACE = 0x20;
const DELETE = 0x7f;
/** The characters that may follow a backslash and stand for one byte: " / \ b f n r t */
const ESCAPED = new Uint8Array(256);
for (const byte of Buffer.from('"/\\bfnrt')) ESCAPED[byte] = 1;
/** Every number with this many digits is exact. */
const MAX_DIGITS = 15;

/** The number of places for frequent texts, which are found by their hash. A power of two. */
const KEPT_TEXTS = 4096;

/** The bytes of an ASCII text. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export class ByteScanner {
  at = 0;
  failed = false;
  private bytes: Buffer = Buffer.alloc(0);
  private readonly kept: string[] = Array.from({ length: KEPT_TEXTS }, () => '');

  /** Starts at a byte. There is no limit at the end of the line, so the caller checks that reading ended there. */
  start(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
    this.failed = false;
  }

  /** The next byte. Undefined: there is none. */
  peek(): number | undefined {
    return this.bytes[this.at];
  }

  /** Skips `literal` if it comes next. Returns whether it did. */
  skip(literal: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let index = 0; index < literal.length; index += 1)
      if (bytes[at + index] !== literal[index]) return false;
    this.at = at + literal.length;
    return true;
  }

  /** Fails unless `literal` comes next. */
  expect(literal: Uint8Array): void {
    if (!this.skip(literal)) this.failed = true;
  }

  /** Reads a whole number that is not negative. */
  count(): number {
    const { bytes, at } = this;
    let end = at;
    let value = 0;
    for (; ; end += 1) {
      const digit = (bytes[end] as number) - ZERO;
      // This is also true at the end of the bytes.
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const digits = end - at;
    if (digits === 0 || digits > MAX_DIGITS || (digits > 1 && bytes[at] === ZERO)) this.failed = true;
    this.at = end;
    return value;
  }

  /** Reads a text between quotes. */
  text(): string {
    const { bytes } = this;
    const from = this.at + 1;
    const to = this.endOfText();
    return this.failed ? '' : bytes.toString('latin1', from, to);
  }

  /** Reads a text that occurs often. */
  frequentText(): string {
    const { bytes, kept } = this;
    const from = this.at + 1;
    const to = this.endOfText();
    if (this.failed) return '';
    let hash = to - from;
    for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const place = (hash ^ (hash >>> 15)) & (KEPT_TEXTS - 1);
    const known = kept[place] as string;
    if (isSame(known, bytes, from, to)) return known;
    const text = bytes.toString('latin1', from, to);
    kept[place] = text;
    return text;
  }

  /** Reads a text of at least one digit. */
  digits(): string {
    const { bytes } = this;
    const from = this.at + 1;
    const to = this.endOfText();
    for (let at = from; at < to; at += 1) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) this.failed = true;
    }
    if (to === from) this.failed = true;
    return this.failed ? '' : bytes.toString('latin1', from, to);
  }

  /** Skips a text, which may contain escapes. */
  skipText(): void {
    const { bytes } = this;
    if (bytes[this.at] !== QUOTE) this.failed = true;
    let at = this.at + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === BACKSLASH && ESCAPED[bytes[at + 1] ?? 0] === 1) at += 2;
      else if (byte === undefined || byte < SPACE || byte === BACKSLASH) {
        this.failed = true;
        break;
      } else at += 1;
    }
    this.at = at + 1;
  }

  /** Skips a text with its quotes, and returns the offset of its end. */
  private endOfText(): number {
    const { bytes } = this;
    if (bytes[this.at] !== QUOTE) this.failed = true;
    let at = this.at + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === undefined || byte < SPACE || byte >= DELETE || byte === BACKSLASH) {
        this.failed = true;
        break;
      }
      at += 1;
    }
    this.at = at + 1;
    return at;
  }
}

function isSame(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) !== bytes[from + index]) return false;
  return true;
}
