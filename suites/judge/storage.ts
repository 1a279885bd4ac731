/** Audits as one picture of storage, and where readers disagree. */
import type { ActivityEvent, IdempotencyRecord, StreamRecord } from '../../adapters/contract/index.ts';
import type { Audit } from '../../scenarios/evidence.ts';
import { readEvent, type StoredEvent } from './activity.ts';
import { sameJson } from './json.ts';

/** A record that two readers do not see alike. */
export interface Disagreement {
  readonly surface: 'streams' | 'activity' | 'idempotency' | 'exports' | 'exportAudit';
  readonly id: string;
  readonly stream: string | undefined;
  readonly readers: readonly [Audit['reader'], Audit['reader']];
  readonly seen: readonly [unknown, unknown];
}

/** Unions over all readers: where they disagree, that is a violation of its own. */
export interface Storage {
  readonly readers: readonly Audit['reader'][];
  readonly streams: ReadonlyMap<string, StreamRecord>;
  readonly events: ReadonlyMap<string, StoredEvent>;
  /** Effects' events by operation id. */
  readonly byOperation: ReadonlyMap<string, readonly StoredEvent[]>;
  readonly records: ReadonlyMap<string, IdempotencyRecord>;
  readonly disagreements: readonly Disagreement[];
  /** Ids that one reader saw more than once. */
  readonly repeated: ReadonlyMap<string, Disagreement['surface']>;
}

export function indexAudits(audits: readonly Audit[], operations: ReadonlySet<string>): Storage {
  const disagreements: Disagreement[] = [];
  const repeated = new Map<string, Disagreement['surface']>();
  const merge = <T>(
    surface: Disagreement['surface'],
    rowsOf: (audit: Audit) => readonly T[],
    idOf: (row: T) => string,
    streamOf: (row: T) => string | undefined,
  ): Map<string, T> => {
    const seen = audits.map((audit) => {
      const rows = new Map<string, T>();
      for (const row of rowsOf(audit)) {
        if (rows.has(idOf(row))) repeated.set(idOf(row), surface);
        rows.set(idOf(row), row);
      }
      return { reader: audit.reader, rows };
    });
    const union = new Map(seen[0]?.rows);
    for (const { rows } of seen.slice(1)) {
      for (const [id, row] of rows) if (!union.has(id)) union.set(id, row);
    }
    for (const [id, row] of union) {
      const [first, other] = firstDifference(seen, id);
      if (first === undefined || other === undefined) continue;
      const readers = [first.reader, other.reader] as const;
      const values = [first.rows.get(id), other.rows.get(id)] as const;
      disagreements.push({ surface, id, stream: streamOf(row), readers, seen: values });
    }
    return union;
  };

  const byId = (row: { readonly id: string }): string => row.id;
  const nowhere = (): undefined => undefined;
  const streams = merge<StreamRecord>('streams', (audit) => audit.streams, byId, byId);
  const activity = merge<ActivityEvent>(
    'activity',
    (audit) => audit.activity,
    byId,
    (event) => event.streamId,
  );
  const records = merge<IdempotencyRecord>(
    'idempotency',
    (audit) => audit.idempotency,
    (record) => record.token,
    nowhere,
  );
  merge('exports', (audit) => audit.exports, byId, nowhere);
  merge('exportAudit', (audit) => audit.exportAudit, byId, nowhere);

  const events = new Map<string, StoredEvent>();
  const byOperation = new Map<string, StoredEvent[]>();
  for (const [id, event] of activity) {
    const stored = readEvent(event, operations);
    events.set(id, stored);
    if (stored.operationId === undefined) continue;
    const list = byOperation.get(stored.operationId);
    if (list === undefined) byOperation.set(stored.operationId, [stored]);
    else list.push(stored);
  }
  const readers = audits.map((audit) => audit.reader);
  return { readers, streams, events, byOperation, records, disagreements, repeated };
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
