/** Joins audits into one view of storage, and finds where readers disagree. */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  StreamRecord,
} from '../../../adapters/contract/index.ts';
import type { Audit, AuditList, Places } from '../../../scenarios/evidence.ts';
import { readEvent, readPayment, type ReadEvent, type ReadPayment } from './activity.ts';
import { groupBy } from '../groupBy.ts';
import { sameJson } from '../json.ts';
import { rankOf } from '../places.ts';
import { sortOutGarbage, type CleanAudit, type CleanList, type GarbageRow } from './rows.ts';

/** An effect's event, and where it stands in the whole evidence. */
export interface StoredEvent extends ReadEvent {
  readonly place: number;
}

/** An event that records a payment, and where it stands in the whole evidence. */
export interface StoredPayment extends ReadPayment {
  readonly place: number;
}

/** A row that no request asked for, and where it stands in the whole evidence. */
export interface Placed<Row> {
  readonly row: Row;
  readonly place: number;
}

/** A record that two readers see differently. */
export interface Disagreement {
  readonly rank: number;
  readonly surface: AuditList;
  readonly id: string;
  readonly stream: string | undefined;
  readonly readers: readonly [Audit['reader'], Audit['reader']];
  readonly seen: readonly [unknown, unknown];
}

/** An id that one reader saw more than once. */
export interface Repeated {
  readonly rank: number;
  readonly surface: AuditList;
  readonly id: string;
}

/** The unions over all readers. If readers disagree, that is a violation by itself. */
export interface Storage {
  readonly readers: readonly Audit['reader'][];
  readonly streams: ReadonlyMap<string, StreamRecord>;
  /** Where they stand in the whole evidence, in the order of `streams`. */
  readonly streamPlaces: readonly number[];
  readonly events: ReadonlyMap<string, ActivityEvent>;
  /** Effects' events by operation id. */
  readonly byOperation: ReadonlyMap<string, readonly StoredEvent[]>;
  /** Events of payments. */
  readonly payments: readonly StoredPayment[];
  /** Events of neither an effect nor a payment. */
  readonly otherEvents: readonly Placed<ActivityEvent>[];
  readonly records: ReadonlyMap<string, IdempotencyRecord>;
  /** Where they stand in the whole evidence, in the order of `records`. */
  readonly recordPlaces: readonly number[];
  readonly exports: ReadonlyMap<string, ExportJob>;
  /** By export job. */
  readonly exportAudit: ReadonlyMap<string, readonly ExportAuditRecord[]>;
  readonly disagreements: readonly Disagreement[];
  readonly repeated: readonly Repeated[];
  readonly garbage: readonly GarbageRow[];
}

export function indexAudits(
  read: readonly Audit[],
  places: Pick<Places, 'row'>,
  operations: ReadonlySet<string>,
): Storage {
  const { audits, garbage } = sortOutGarbage(read, places);
  const disagreements: Disagreement[] = [];
  const repeated: Repeated[] = [];
  const merge = <List extends AuditList>(surface: List, reading: Reading<Audit[List][number]>) => {
    const merged = mergeLists(surface, reading, audits);
    disagreements.push(...merged.disagreements);
    repeated.push(...merged.repeated);
    return merged.union;
  };
  const idOf = (row: { readonly id: string }): string => row.id;
  const streams = merge('streams', { idOf, streamOf: idOf });
  const events = merge('activity', { idOf, streamOf: (event) => event.streamId });
  const records = merge('idempotency', { idOf: (record) => record.token });
  const exports = merge('exports', { idOf });
  const audited = merge('exportAudit', { idOf });
  return {
    readers: audits.map((audit) => audit.reader),
    streams: streams.rows,
    streamPlaces: streams.places,
    events: events.rows,
    ...readEvents(events, operations),
    records: records.rows,
    recordPlaces: records.places,
    exports: exports.rows,
    exportAudit: groupBy(audited.rows.values(), ({ exportId }) => exportId),
    disagreements,
    repeated,
    garbage,
  };
}

interface Reading<Row> {
  readonly idOf: (row: Row) => string;
  readonly streamOf?: (row: Row) => string | undefined;
}

/** Rows by id, and where each stands in the whole evidence, in the same order. */
interface Union<Row> {
  readonly rows: Map<string, Row>;
  readonly places: number[];
}

interface Merged<Row> {
  readonly union: Union<Row>;
  readonly disagreements: readonly Disagreement[];
  readonly repeated: Iterable<Repeated>;
}

const SURFACES: readonly AuditList[] = ['streams', 'activity', 'idempotency', 'exports', 'exportAudit'];

/** What all readers saw in one list. */
function mergeLists<List extends AuditList>(
  surface: List,
  { idOf, streamOf }: Reading<Audit[List][number]>,
  audits: readonly CleanAudit[],
): Merged<Audit[List][number]> {
  type Row = Audit[List][number];
  const kind = SURFACES.indexOf(surface);
  const lists = audits.map(({ lists: all }) => all[surface] as unknown as CleanList<Row>);
  const repeated = new Map<string, Repeated>();
  const index = (list: CleanList<Row>): Union<Row> =>
    indexRows(list, idOf, (id, place) => {
      if (!repeated.has(id)) repeated.set(id, { rank: rankOf(kind, place), surface, id });
    });
  const [first, ...others] = lists;
  const union = first === undefined ? { rows: new Map<string, Row>(), places: [] } : index(first);
  const disagreements: Disagreement[] = [];
  if (first === undefined || others.every(({ rows }) => isSameList(rows, first.rows)))
    return { union, disagreements, repeated: repeated.values() };
  const seen = lists.map((list) => index(list));
  for (const { rows, places } of seen) {
    let at = 0;
    for (const [id, row] of rows) {
      if (!union.rows.has(id)) {
        union.rows.set(id, row);
        union.places.push(places[at] as number);
      }
      at += 1;
    }
  }
  let at = 0;
  for (const [id, row] of union.rows) {
    const rank = rankOf(kind, union.places[at] as number);
    at += 1;
    const [one, other] = firstDifference(seen, id);
    if (one === undefined || other === undefined) continue;
    const readers = [audits[one]?.reader, audits[other]?.reader] as Disagreement['readers'];
    const values = [seen[one]?.rows.get(id), seen[other]?.rows.get(id)] as const;
    disagreements.push({ rank, surface, id, stream: streamOf?.(row), readers, seen: values });
  }
  return { union, disagreements, repeated: repeated.values() };
}

function indexRows<Row>(
  { rows, placeOf }: CleanList<Row>,
  idOf: (row: Row) => string,
  onRepeated: (id: string, place: number) => void,
): Union<Row> {
  const union: Union<Row> = { rows: new Map(), places: [] };
  rows.forEach((row, at) => {
    const id = idOf(row);
    const place = placeOf(at);
    if (union.rows.has(id)) onRepeated(id, place);
    else union.places.push(place);
    union.rows.set(id, row);
  });
  return union;
}

/** Readers that agree have read the same rows in the same order. Most of the time this check is enough. */
function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((row, index) => sameJson(row, b[index])));
}

function readEvents(
  { rows, places }: Union<ActivityEvent>,
  operations: ReadonlySet<string>,
): Pick<Storage, 'byOperation' | 'payments' | 'otherEvents'> {
  const effects: StoredEvent[] = [];
  const payments: StoredPayment[] = [];
  const otherEvents: Placed<ActivityEvent>[] = [];
  let at = 0;
  for (const event of rows.values()) {
    const place = places[at] as number;
    at += 1;
    const payment = readPayment(event, operations);
    const effect = readEvent(event, operations);
    if (payment !== undefined) payments.push({ ...payment, place });
    else if (effect === undefined) otherEvents.push({ row: event, place });
    else effects.push({ ...effect, place });
  }
  return { byOperation: groupBy(effects, ({ operationId }) => operationId), payments, otherEvents };
}

/** The first reader, and the first other one that sees the row differently. */
function firstDifference<Row>(seen: readonly Union<Row>[], id: string): readonly number[] {
  const [first] = seen;
  if (first === undefined) return [];
  const other = seen.findIndex((one, at) => at > 0 && !sameJson(one.rows.get(id), first.rows.get(id)));
  return other < 0 ? [] : [0, other];
}
