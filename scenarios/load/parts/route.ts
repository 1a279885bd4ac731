/** Says into which bucket each line of evidence belongs, and joins buckets that share names. */
import type { AuditList } from '../../evidence.ts';
import { REST, type Buckets, hashOf, type NameKind } from './buckets.ts';
import { FieldFinder, type Span } from './fields.ts';

/** The bucket of the line in `bytes` from `from` to `to`. */
export type Route = (bytes: Buffer, from: number, to: number) => number;

const HISTORY_FIELDS = ['key', 'f', 'args.token', 'result.operationId'] as const;

/** Requests for streams belong to them; scans and requests for export jobs to no stream. */
export function historyRoute(buckets: Buckets, isOfStream: (f: string) => boolean): Route {
  const fields = new FieldFinder(HISTORY_FIELDS);
  return (bytes, from, to) => {
    const texts = textsIn(fields, bytes, from, to);
    const f = texts('f');
    if (f === undefined || !isOfStream(f.bytes.toString('latin1', f.from, f.to))) return REST;
    const bucket = streamBucket(buckets, texts('key'));
    noteText(buckets, texts('args.token'), 'token', bucket, true);
    noteText(buckets, texts('result.operationId'), 'operation', bucket);
    return bucket;
  };
}

const JOURNAL_FIELDS = ['type', 'section', 'stream', 'token', 'operationId'] as const;

/** Of one journal. Lines of a section belong where its stream does. */
export function journalRoute(buckets: Buckets): Route {
  const fields = new FieldFinder(JOURNAL_FIELDS);
  const sections = new Map<number, number>();
  return (bytes, from, to) => {
    const texts = textsIn(fields, bytes, from, to);
    const stream = texts('stream');
    const section = texts('section');
    const number = section === undefined ? undefined : integerAt(section);
    const known = number === undefined ? undefined : sections.get(number);
    const own = stream === undefined ? undefined : streamBucket(buckets, stream);
    const bucket = known ?? own ?? REST;
    // A section of two streams is somebody's forgery, or a bug of the service; nobody must judge one half of it.
    if (known !== undefined && own !== undefined) buckets.join(known, own);
    if (number !== undefined && known === undefined && own !== undefined) sections.set(number, own);
    noteText(buckets, texts('token'), 'token', bucket);
    noteText(buckets, texts('operationId'), 'operation', bucket);
    return bucket;
  };
}

const ROW_FIELDS = ['id', 'streamId', 'token', 'details.operationId'] as const;

/**
 * Of the audits, when all histories and journals were routed. `disagree`: readers saw different things, so that what they
 * saw of tokens that no client sent is compared with each other.
 */
export function rowRoutes(buckets: Buckets, disagree: boolean): Readonly<Record<AuditList, Route>> {
  const fields = new FieldFinder(ROW_FIELDS);
  const nowhere: Route = () => REST;
  return {
    streams: (bytes, from, to) => streamBucket(buckets, textsIn(fields, bytes, from, to)('id')),
    activity: (bytes, from, to) => eventBucket(buckets, textsIn(fields, bytes, from, to)),
    idempotency: (bytes, from, to) => {
      const token = textsIn(fields, bytes, from, to)('token');
      const known = token === undefined ? undefined : buckets.find(nameOf(token, 'token'));
      if (known === undefined) return REST;
      if (disagree && !known.isSent) buckets.join(REST, known.bucket);
      return known.bucket;
    },
    exports: nowhere,
    exportAudit: nowhere,
  };
}

function eventBucket(buckets: Buckets, texts: Texts<(typeof ROW_FIELDS)[number]>): number {
  const bucket = streamBucket(buckets, texts('streamId'));
  const operation = texts('details.operationId');
  const id = texts('id');
  noteText(buckets, id, 'event', bucket);
  if (operation !== undefined) noteText(buckets, operation, 'operation', bucket);
  else if (id !== undefined) joinByEnd(buckets, id, bucket);
  return bucket;
}

/** The id of an event that does not name its operation may end in the operation's id. */
function joinByEnd(buckets: Buckets, { bytes, from, to }: Text, bucket: number): void {
  for (let at = from + 1; at < to; at += 1) {
    const known = buckets.find(hashOf(bytes, at, to, 'operation'));
    if (known !== undefined) buckets.join(known.bucket, bucket);
  }
}

interface Text {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

type Texts<Path extends string> = (path: Path) => Text | undefined;

/** The fields of a line: texts, unescaped, and numbers. */
function textsIn<Path extends string>(
  fields: FieldFinder<Path>,
  bytes: Buffer,
  from: number,
  to: number,
): Texts<Path> {
  if (fields.look(bytes, from, to)) {
    const { found } = fields;
    return (path) => textAt(bytes, found[path]);
  }
  // Names that are escaped, or no JSON at all.
  const value = parsed(bytes.toString('utf8', from, to));
  return (path) => {
    const field = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], value);
    return typeof field === 'string' || typeof field === 'number' ? whole(String(field)) : undefined;
  };
}

function textAt(bytes: Buffer, { kind, from, to }: Span): Text | undefined {
  if (kind === 'none') return undefined;
  if (kind !== 'escaped') return { bytes, from, to };
  const value = parsed(bytes.toString('utf8', from - 1, to + 1));
  return typeof value === 'string' ? whole(value) : undefined;
}

/** Of what is no whole number, some other number. */
function integerAt({ bytes, from, to }: Text): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + (bytes[at] as number) - 0x30;
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function whole(text: string): Text {
  const bytes = Buffer.from(text);
  return { bytes, from: 0, to: bytes.length };
}

function streamBucket(buckets: Buckets, text: Text | undefined): number {
  return text === undefined ? REST : buckets.ofStream(text.bytes, text.from, text.to);
}

function nameOf({ bytes, from, to }: Text, kind: NameKind): number {
  return hashOf(bytes, from, to, kind);
}

function noteText(
  buckets: Buckets,
  text: Text | undefined,
  kind: NameKind,
  bucket: number,
  isSent = false,
): void {
  if (text !== undefined) buckets.note(nameOf(text, kind), bucket, isSent);
}
