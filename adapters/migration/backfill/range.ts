/** The next records of a pass, and which of them may differ. If both sides have checksums, these are compared. */
import {
  compareIds,
  encodeScanCursor,
  type Bulk,
  type IdRange,
  type MovedKind,
  type RecordsById,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { BackfillOptions } from './options.ts';
import { withoutRecord } from './reads.ts';
import { idOf, owedFor, scanOf, type Row } from '../sides/kinds.ts';
import { isOwnToken, type Owed } from '../sides/owed.ts';
import { everyRow, same, type Stores } from '../sides/sides.ts';

export interface Found {
  /** How many records of the deciding side are in the range. */
  readonly examined: number;
  /** Records that may have to be copied, or removed. */
  readonly suspects: readonly Owed[];
  /** The records of the deciding side that were read on the way. */
  readonly read?: RecordsById;
  /** The last id of the range. Undefined: the range goes to the end of the kind. */
  readonly last: string | undefined;
}

export interface From {
  readonly kind: MovedKind;
  readonly after?: string;
}

/** At most `limit` records of the deciding side behind `after`, and what the other side has between them. */
export async function nextRange({ sides, bulk }: BackfillOptions, from: From, limit: number): Promise<Found> {
  if (scanOf(sides.from, from.kind) === undefined || scanOf(sides.to, from.kind) === undefined)
    return { examined: 0, suspects: [], last: undefined };
  return bulk.from === undefined || bulk.to === undefined
    ? readRange(sides, from, limit)
    : summedRange(bulk.from, bulk.to, from, limit);
}

/** The other side may have many more ids in a range. At most so many times `limit` are read. */
const CROWD = 10;

async function summedRange(from: Bulk, to: Bulk, { kind, after }: From, limit: number): Promise<Found> {
  const start = defined({ after });
  const all = await from.ids(kind, { ...start, limit });
  let last = all.length < limit ? undefined : all.at(-1);
  const others = await to.ids(kind, { ...bounded(start, last), limit: CROWD * limit });
  if (others.length === CROWD * limit) last = others.at(-1);
  const ids = last === undefined ? all : all.filter((id) => compareIds(id, last) <= 0);
  const examined = ids.filter((id) => isMoved(kind, id)).length;
  if (ids.length === others.length && (await isSame(from, to, kind, bounded(start, last))))
    return { examined, suspects: [], last };
  const suspects = [...new Set([...ids, ...others])].filter((id) => isMoved(kind, id));
  return { examined, suspects: suspects.map((id) => named(kind, id)), last };
}

function bounded(start: IdRange, upTo: string | undefined): IdRange {
  return upTo === undefined ? start : { ...start, upTo };
}

/** A range that contains the migration's own tokens always differs. Its records are then copied in vain. */
async function isSame(from: Bulk, to: Bulk, kind: MovedKind, range: IdRange): Promise<boolean> {
  if (from.format !== to.format) return false;
  const [one, other] = await Promise.all([from.checksum(kind, range), to.checksum(kind, range)]);
  return one.digest === other.digest;
}

function isMoved(kind: MovedKind, id: string): boolean {
  return kind !== 'idempotency' || !isOwnToken(id);
}

/** Copies of many records need no more than their names. */
function named(kind: MovedKind, id: string): Owed {
  if (kind === 'activity') return { kind, id, type: '' };
  return kind === 'audit' ? { kind, id, exportId: '' } : { kind, id };
}

async function readRange(
  sides: BackfillOptions['sides'],
  { kind, after }: From,
  limit: number,
): Promise<Found> {
  const cursor = after === undefined ? {} : { cursor: encodeScanCursor(after) };
  const page = await scanOf(sides.from, kind)?.({ limit, ...cursor });
  const rows = (page?.items ?? []) as readonly Row[];
  const lastRow = rows.at(-1);
  const last = page?.nextCursor === undefined || lastRow === undefined ? undefined : idOf(kind, lastRow);
  const here = byId(kind, rows);
  const there = await upTo(sides.to, kind, { after, last, limit });
  const suspects = [...new Map([...there, ...here])]
    .filter(([id]) => !same(here.get(id), there.get(id)))
    .map(([id, row]) => (here.has(id) ? owedIn(kind, row) : withoutRecord(owedIn(kind, row))));
  return { examined: here.size, suspects, read: here, last };
}

function owedIn(kind: MovedKind, row: Row): Owed {
  return owedFor(kind, row) as Owed;
}

interface Bounds {
  readonly after: string | undefined;
  readonly last: string | undefined;
  readonly limit: number;
}

/** The records of the side behind `after`, up to `last`. */
async function upTo(
  side: Stores,
  kind: MovedKind,
  { after, last, limit }: Bounds,
): Promise<Map<string, Row>> {
  const rows: Row[] = [];
  const scan = scanOf(side, kind);
  const cursor = after === undefined ? undefined : encodeScanCursor(after);
  if (scan === undefined) return new Map();
  for await (const row of everyRow(scan, Math.max(limit, MIN_READ), cursor)) {
    if (last !== undefined && compareIds(idOf(kind, row as Row), last) > 0) break;
    rows.push(row as Row);
  }
  return byId(kind, rows);
}

const MIN_READ = 10;

/** The rows by id, without the migration's own tokens. */
function byId(kind: MovedKind, rows: readonly Row[]): Map<string, Row> {
  return new Map(
    rows.flatMap((row): [string, Row][] => {
      const id = owedFor(kind, row)?.id;
      return id === undefined ? [] : [[id, row]];
    }),
  );
}
