/** Decides which bucket each line of evidence belongs to, and joins buckets that share names. */
import type { AuditList } from '../../evidence.ts';
import { REST, type Buckets, hashOf, type NameKind } from './buckets.ts';
import { FieldFinder, isThere, type Span } from './fields.ts';

/** Returns the bucket of the line in `bytes` from `from` to `to`. */
export type Route = (bytes: Buffer, from: number, to: number) => number;

/** Requests for a stream belong to it. Scans and requests for export jobs belong to no stream. */
export function historyRoute(buckets: Buckets, isOfStream: (f: string) => boolean): Route {
  const fields = new FieldFinder(['key', 'f', 'args.token', 'result.operationId']);
  const { f, key, 'args.token': token, 'result.operationId': operation } = fields.found;
  return (line, from, to) => {
    fields.look(line, from, to);
    const { bytes } = fields;
    if (!isThere(f) || !isOfStream(bytes.toString('latin1', f.from, f.to))) return REST;
    const bucket = streamBucket(buckets, bytes, key);
    note(buckets, bytes, token, 'token', bucket, true);
    note(buckets, bytes, operation, 'operation', bucket);
    return bucket;
  };
}

/** For one journal. The lines of a section belong to its stream. */
export function journalRoute(buckets: Buckets): Route {
  const fields = new FieldFinder(['section', 'stream', 'token', 'operationId']);
  const { section, stream, token, operationId } = fields.found;
  const sections = new Map<number, number>();
  return (line, from, to) => {
    fields.look(line, from, to);
    const { bytes } = fields;
    const number = isThere(section) ? integerAt(bytes, section) : undefined;
    const known = number === undefined ? undefined : sections.get(number);
    const own = isThere(stream) ? streamBucket(buckets, bytes, stream) : undefined;
    // A section of two streams is a forgery or a bug of the service. It must not be judged in two halves.
    if (known !== undefined && own !== undefined) buckets.join(known, own);
    if (number !== undefined && known === undefined && own !== undefined) sections.set(number, own);
    const bucket = known ?? own ?? REST;
    note(buckets, bytes, token, 'token', bucket);
    note(buckets, bytes, operationId, 'operation', bucket);
    return bucket;
  };
}

/**
 * For the audits, after all histories and journals. `disagree`: readers saw different records, so their records of
 * tokens that no client sent must be compared with each other.
 */
export function rowRoutes(buckets: Buckets, disagree: boolean): Readonly<Record<AuditList, Route>> {
  return {
    streams: streamRoute(buckets),
    activity: eventRoute(buckets),
    idempotency: recordRoute(buckets, disagree),
    exports: () => REST,
    exportAudit: () => REST,
  };
}

function streamRoute(buckets: Buckets): Route {
  const fields = new FieldFinder(['id']);
  return (line, from, to) => {
    fields.look(line, from, to);
    return streamBucket(buckets, fields.bytes, fields.found.id);
  };
}

function eventRoute(buckets: Buckets): Route {
  const fields = new FieldFinder(['id', 'streamId', 'details.operationId']);
  const { id, streamId, 'details.operationId': operation } = fields.found;
  return (line, from, to) => {
    fields.look(line, from, to);
    const { bytes } = fields;
    const bucket = streamBucket(buckets, bytes, streamId);
    note(buckets, bytes, id, 'event', bucket);
    if (isThere(operation)) note(buckets, bytes, operation, 'operation', bucket);
    else if (isThere(id)) joinByEnd(buckets, bytes, id, bucket);
    return bucket;
  };
}

/** The id of an event that does not name its operation may end with the operation's id. */
function joinByEnd(buckets: Buckets, bytes: Buffer, { from, to }: Span, bucket: number): void {
  for (let at = from + 1; at < to; at += 1) {
    const known = buckets.find(hashOf(bytes, at, to, 'operation'));
    if (known !== undefined) buckets.join(known.bucket, bucket);
  }
}

function recordRoute(buckets: Buckets, disagree: boolean): Route {
  const fields = new FieldFinder(['token']);
  const { token } = fields.found;
  return (line, from, to) => {
    fields.look(line, from, to);
    const known = isThere(token)
      ? buckets.find(hashOf(fields.bytes, token.from, token.to, 'token'))
      : undefined;
    if (known === undefined) return REST;
    if (disagree && !known.isSent) buckets.join(REST, known.bucket);
    return known.bucket;
  };
}

/** If the field is no whole number, some other number. */
function integerAt(bytes: Buffer, { from, to }: Span): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + (bytes[at] as number) - 0x30;
  return value;
}

function streamBucket(buckets: Buckets, bytes: Buffer, span: Span): number {
  return isThere(span) ? buckets.ofStream(bytes, span.from, span.to) : REST;
}

function note(
  buckets: Buckets,
  bytes: Buffer,
  span: Span,
  kind: NameKind,
  bucket: number,
  isSent = false,
): void {
  if (isThere(span)) buckets.note(hashOf(bytes, span.from, span.to, kind), bucket, isSent);
}
