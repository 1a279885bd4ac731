/**
 * Finds a few texts and numbers in a line of JSON without parsing it: for a large load, this takes a third of the time.
 * Invalid JSON is not noticed here, but when the line is parsed later.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const SPACE = 0x20;

/** The place of one field in the bytes of a line. For a text, without its quotes. */
export interface Span {
  from: number;
  to: number;
  /** `none`: the field is missing, or it is neither a text nor a number. `escaped`: a text that must be unescaped. */
  kind: 'none' | 'text' | 'escaped' | 'number';
}

/** Whether the field is present. */
export function isThere({ kind }: Span): boolean {
  return kind !== 'none';
}

const NOTHING = Buffer.alloc(0);

interface Name {
  readonly bytes: Buffer;
  /** Set if the field itself is wanted. */
  readonly span: Span | undefined;
  /** Set if fields of the object in this field are wanted. */
  readonly inner: readonly Name[] | undefined;
}

/** Finds fields by their names. A name may lead into an object: `args.token`. */
export class FieldFinder<Path extends string> {
  /** The places of the fields in `bytes`, for the line that was searched last. */
  readonly found: Readonly<Record<Path, Span>>;
  bytes: Buffer = NOTHING;
  private readonly names: readonly Name[];
  private readonly spans: readonly Span[];

  constructor(paths: readonly Path[]) {
    const found = Object.fromEntries(paths.map((path) => [path, { from: 0, to: 0, kind: 'none' }]));
    this.found = found as Record<Path, Span>;
    this.spans = Object.values<Span>(this.found);
    this.names = namesOf(paths, (path) => this.found[path as Path], '');
  }

  /** Searches the line in `bytes` from `from` to `to`. */
  look(bytes: Buffer, from: number, to: number): void {
    this.bytes = bytes;
    for (const span of this.spans) span.kind = 'none';
    const isPlain = bytes[from] === OPEN_OBJECT && this.members(bytes, from + 1, to, this.names) >= 0;
    if (!isPlain || this.spans.some(({ kind }) => kind === 'escaped'))
      this.parse(bytes.toString('utf8', from, to));
  }

  /** For lines in which a wanted text is escaped: finds the fields in a text of their own. */
  private parse(text: string): void {
    const line = parsed(text);
    let end = 0;
    const texts = Object.entries<Span>(this.found).map(([path, span]) => {
      const value = path.split('.').reduce<unknown>(memberOf, line);
      const isWanted = typeof value === 'string' || typeof value === 'number';
      const bytes = Buffer.from(isWanted ? String(value) : '');
      span.kind = isWanted ? 'text' : 'none';
      span.from = end;
      span.to = end += bytes.length;
      return bytes;
    });
    this.bytes = Buffer.concat(texts);
  }

  /** Reads the members of an object. Returns the offset of its end, or -1. */
  private members(bytes: Buffer, from: number, to: number, names: readonly Name[]): number {
    let at = from;
    while (at < to) {
      const byte = bytes[at] as number;
      if (byte === CLOSE_OBJECT) return at + 1;
      if (byte === COMMA || byte <= SPACE) {
        at += 1;
        continue;
      }
      if (byte !== QUOTE) return -1;
      const nameEnd = plainEnd(bytes, at + 1, to);
      if (nameEnd < 0) return -1;
      const name = nameAt(names, bytes, at + 1, nameEnd);
      at = nameEnd + 1;
      while (at < to && ((bytes[at] as number) <= SPACE || bytes[at] === COLON)) at += 1;
      at = this.value(bytes, at, to, name);
      if (at < 0) return -1;
    }
    return -1;
  }

  /** Reads one value. Returns the offset of its end, or -1. */
  private value(bytes: Buffer, from: number, to: number, name: Name | undefined): number {
    const span = name?.span;
    const byte = bytes[from] as number;
    // If a field occurs twice, the last one counts.
    if (span !== undefined) span.kind = 'none';
    for (const { span: inner } of name?.inner ?? []) if (inner !== undefined) inner.kind = 'none';
    if (byte === QUOTE) {
      const plain = plainEnd(bytes, from + 1, to);
      const end = plain >= 0 ? plain : textEnd(bytes, from + 1, to);
      if (end < 0) return -1;
      if (span !== undefined) {
        span.kind = plain >= 0 ? 'text' : 'escaped';
        span.from = from + 1;
        span.to = end;
      }
      return end + 1;
    }
    if (byte === OPEN_OBJECT && name?.inner !== undefined)
      return this.members(bytes, from + 1, to, name.inner);
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) return nestedEnd(bytes, from, to);
    let end = from;
    while (end < to && !isBehindValue(bytes[end] as number)) end += 1;
    if (span !== undefined && byte <= 0x39) {
      span.kind = 'number';
      span.from = from;
      span.to = end;
    }
    return end;
  }
}

function isBehindValue(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST || byte <= SPACE;
}

function namesOf(paths: readonly string[], spanOf: (path: string) => Span, prefix: string): Name[] {
  const heads = new Set(paths.map((path) => path.split('.', 1)[0] as string));
  return [...heads].map((head) => {
    const inner = paths
      .filter((path) => path.startsWith(`${head}.`))
      .map((path) => path.slice(head.length + 1));
    return {
      bytes: Buffer.from(head),
      span: paths.includes(head) ? spanOf(`${prefix}${head}`) : undefined,
      inner: inner.length === 0 ? undefined : namesOf(inner, spanOf, `${prefix}${head}.`),
    };
  });
}

function nameAt(names: readonly Name[], bytes: Buffer, from: number, to: number): Name | undefined {
  for (const name of names) {
    const { length } = name.bytes;
    if (length !== to - from) continue;
    let at = 0;
    while (at < length && name.bytes[at] === bytes[from + at]) at += 1;
    if (at === length) return name;
  }
  return undefined;
}

/**
 * The offset of the closing quote of the text that begins at `from`. -1: the text contains an escape, or it does not
 * end.
 */
function plainEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) return -1;
  }
  return -1;
}

function textEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return -1;
}

function nestedEnd(bytes: Buffer, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = textEnd(bytes, at + 1, to);
      if (at < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
