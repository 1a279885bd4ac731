/** Rows of an audit come from the adapter. Rows that are not records are removed here. */
import type { Audit, AuditList, Places } from '../../../scenarios/evidence.ts';

/** A row that is no record of its surface. */
export interface GarbageRow {
  readonly surface: AuditList;
  readonly reader: Audit['reader'];
  readonly row: unknown;
  readonly place: number;
}

/** Fields that the judge relies on. */
const FIELDS: Readonly<
  Record<AuditList, { readonly texts: readonly string[]; readonly numbers: readonly string[] }>
> = {
  streams: {
    texts: ['id', 'status', 'totalAmount', 'releasedAmount', 'withdrawnAmount', 'createdAt'],
    numbers: ['revision'],
  },
  activity: { texts: ['id', 'timestamp'], numbers: [] },
  idempotency: { texts: ['token', 'fingerprint', 'body'], numbers: ['status'] },
  exports: { texts: ['id', 'status'], numbers: ['attempts'] },
  exportAudit: { texts: ['id', 'exportId', 'type'], numbers: [] },
};

/** One list of one audit. */
export interface CleanList<Row = unknown> {
  readonly rows: readonly Row[];
  /** Where a row stands in the whole evidence. */
  readonly placeOf: (index: number) => number;
}

export interface CleanAudit {
  readonly reader: Audit['reader'];
  readonly lists: { readonly [List in AuditList]: CleanList<Audit[List][number]> };
}

/** The audits without the rows that are no records. Lists that are clean stay the same arrays. */
export function sortOutGarbage(
  audits: readonly Audit[],
  places: Pick<Places, 'row'>,
): {
  readonly audits: readonly CleanAudit[];
  readonly garbage: readonly GarbageRow[];
} {
  const garbage: GarbageRow[] = [];
  const clean = audits.map((audit, number) => {
    const { reader } = audit;
    const lists = (Object.keys(FIELDS) as AuditList[]).map((surface) => {
      const rows: readonly unknown[] = audit[surface];
      const placeOf = (index: number): number => places.row(number, surface, index);
      const bad: number[] = [];
      rows.forEach((row, index) => {
        if (!isRecord(surface, row)) bad.push(index);
      });
      for (const index of bad) garbage.push({ surface, reader, row: rows[index], place: placeOf(index) });
      return [surface, bad.length === 0 ? { rows, placeOf } : without(rows, placeOf, new Set(bad))] as const;
    });
    return { reader, lists: Object.fromEntries(lists) as unknown as CleanAudit['lists'] };
  });
  return { audits: clean, garbage };
}

function without(
  rows: readonly unknown[],
  placeOf: (index: number) => number,
  bad: ReadonlySet<number>,
): CleanList {
  const good = [...rows.keys()].filter((index) => !bad.has(index));
  return { rows: good.map((index) => rows[index]), placeOf: (index) => placeOf(good[index] as number) };
}

function isRecord(surface: AuditList, row: unknown): boolean {
  if (typeof row !== 'object' || row === null) return false;
  const { texts, numbers } = FIELDS[surface];
  const fields = row as Record<string, unknown>;
  for (const name of texts) if (typeof fields[name] !== 'string') return false;
  for (const name of numbers) if (typeof fields[name] !== 'number') return false;
  return true;
}
