/** Audits as one picture of storage, and where readers disagree. */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  StreamRecord,
} from '../../adapters/contract/index.ts';
import type { Audit } from '../../scenarios/evidence.ts';
import { readEvent, type StoredEvent } from './activity.ts';
import { groupBy } from './groupBy.ts';
import { sameJson } from './json.ts';
import { sortOutGarbage, type AuditSurface, type Garbage } from './rows.ts';

/** A record that two readers do not see alike. */
export interface Disagreement {
  readonly surface: AuditSurface;
  readonly id: string;
  readonly stream: string | undefined;
  readonly readers: readonly [Audit['reader'], Audit['reader']];
  readonly seen: readonly [unknown, unknown];
}

/** Unions over all readers: where they disagree, that is a violation of its own. */
export interface Storage {
  readonly readers: readonly Audit['reader'][];
  readonly streams: ReadonlyMap<string, StreamRecord>;
  readonly events: ReadonlyMap<string, ActivityEvent>;
  /** Effects' events by operation id. */
  readonly byOperation: ReadonlyMap<string, readonly StoredEvent[]>;
  readonly records: ReadonlyMap<string, IdempotencyRecord>;
  readonly exports: ReadonlyMap<string, ExportJob>;
  /** By export job. */
  readonly exportAudit: ReadonlyMap<string, readonly ExportAuditRecord[]>;
  readonly disagreements: readonly Disagreement[];
  /** Ids that one reader saw more than once. */
  readonly repeated: ReadonlyMap<string, AuditSurface>;
  readonly garbage: readonly Garbage[];
}

export function indexAudits(read: readonly Audit[], operations: ReadonlySet<string>): Storage {
  const { audits, garbage } = sortOutGarbage(read);
  const disagreements: Disagreement[] = [];
  const repeated = new Map<string, AuditSurface>();
  const merge = <T>(surface: AuditSurface, reading: Reading<T>): Map<string, T> => {
    const { rowsOf, idOf, streamOf } = reading;
    const [first, ...others] = audits;
    const rows = first === undefined ? [] : rowsOf(first);
    const union = indexRows(rows, idOf, (id) => repeated.set(id, surface));
    if (first === undefined || others.every((audit) => isSameList(rowsOf(audit), rows))) return union;
    const seen = audits.map((audit) => ({
      reader: audit.reader,
      rows: indexRows(rowsOf(audit), idOf, (id) => repeated.set(id, surface)),
    }));
    for (const { rows } of seen) for (const [id, row] of rows) if (!union.has(id)) union.set(id, row);
    for (const [id, row] of union) {
      const [one, other] = firstDifference(seen, id);
      if (one === undefined || other === undefined) continue;
      const readers = [one.reader, other.reader] as const;
      const values = [one.rows.get(id), other.rows.get(id)] as const;
      disagreements.push({ surface, id, stream: streamOf?.(row), readers, seen: values });
    }
    return union;
  };

  const idOf = (row: { readonly id: string }): string => row.id;
  const streams = merge<StreamRecord>('streams', { rowsOf: (audit) => audit.streams, idOf, streamOf: idOf });
  const events = merge<ActivityEvent>('activity', {
    rowsOf: (audit) => audit.activity,
    idOf,
    streamOf: (event) => event.streamId,
  });
  const records = merge<IdempotencyRecord>('idempotency', {
    rowsOf: (audit) => audit.idempotency,
    idOf: (record) => record.token,
  });
  const exports = merge<ExportJob>('exports', { rowsOf: (audit) => audit.exports, idOf });
  const audited = merge<ExportAuditRecord>('exportAudit', { rowsOf: (audit) => audit.exportAudit, idOf });
  const exportAudit = groupBy(audited.values(), ({ exportId }) => exportId);
  const readers = audits.map((audit) => audit.reader);
  const byOperation = indexEffects(events, operations);
  return {
    readers,
    streams,
    events,
    byOperation,
    records,
    exports,
    exportAudit,
    disagreements,
    repeated,
    garbage,
  };
}

interface Reading<T> {
  readonly rowsOf: (audit: Audit) => readonly T[];
  readonly idOf: (row: T) => string;
  readonly streamOf?: (row: T) => string | undefined;
}

function indexRows<T>(
  rows: readonly T[],
  idOf: (row: T) => string,
  onRepeated: (id: string) => void,
): Map<string, T> {
  const index = new Map<string, T>();
  for (const row of rows) {
    const id = idOf(row);
    if (index.has(id)) onRepeated(id);
    index.set(id, row);
  }
  return index;
}

/** Readers that agree read the same rows in the same order, so that this is all there is to do, most of the time. */
function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((row, index) => sameJson(row, b[index])));
}

function indexEffects(
  events: ReadonlyMap<string, ActivityEvent>,
  operations: ReadonlySet<string>,
): Map<string, StoredEvent[]> {
  const stored = [...events.values()].flatMap((event) => readEvent(event, operations) ?? []);
  return groupBy(stored, ({ operationId }) => operationId);
}

/** The first reader, and the first other one that sees the row differently. */
function firstDifference<T>(
  seen: readonly { readonly reader: Audit['reader']; readonly rows: ReadonlyMap<string, T> }[],
  id: string,
): readonly (typeof seen)[number][] {
  const first = seen[0];
  if (first === undefined) return [];
  const other = seen.find((one) => one !== first && !sameJson(one.rows.get(id), first.rows.get(id)));
  return other === undefined ? [] : [first, other];
}
