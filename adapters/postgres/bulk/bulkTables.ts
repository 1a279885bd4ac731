/** The tables of all kinds of records, described in one way for copies and comparisons. */
import type { Json, MovedKind } from '../../contract/index.ts';
import * as activity from '../records/activity.ts';
import * as audit from '../records/audit.ts';
import * as exports from '../records/exports.ts';
import * as idempotency from '../records/idempotency.ts';
import { stringify } from '../sql/json.ts';
import { timeParams, type Column, type Param, type Row } from '../sql/sql.ts';
import * as streams from '../records/streams.ts';
import * as users from '../records/users.ts';

export interface BulkTable {
  readonly name: string;
  /** The primary key's column. */
  readonly id: string;
  readonly columns: readonly Column[];
  readonly fromRow: (row: Row) => object;
  /** Whether the table refuses updates and deletes. */
  readonly isAppendOnly?: true;
  /** An SQL condition for the rows that count. Default: all of them. */
  readonly live?: string;
  /** Columns that a copy sets to NULL: claims of workers do not move with a record. */
  readonly emptied?: readonly string[];
}

export const BULK_TABLES: Readonly<Record<MovedKind, BulkTable>> = {
  streams: { name: 'streams', id: 'id', columns: streams.COLUMNS, fromRow: streams.fromRow },
  users: { name: 'users', id: 'wallet_address', columns: users.COLUMNS, fromRow: users.fromRow },
  activity: {
    name: 'activity_events',
    id: 'id',
    columns: activity.COLUMNS,
    fromRow: activity.fromRow,
    isAppendOnly: true,
  },
  idempotency: {
    name: 'idempotency_keys',
    id: 'token',
    columns: idempotency.COLUMNS,
    fromRow: idempotency.fromRow,
    live: idempotency.LIVE,
  },
  jobs: {
    name: 'export_jobs',
    id: 'id',
    columns: exports.COLUMNS,
    fromRow: exports.fromRow,
    emptied: ['claim', 'claimed_by', 'lease_ms', 'leased_until'],
  },
  audit: {
    name: 'export_audit_records',
    id: 'id',
    columns: audit.COLUMNS,
    fromRow: audit.fromRow,
    isAppendOnly: true,
  },
};

/** The fields of records whose columns have another name. */
const FIELDS: Readonly<Record<string, string>> = { occurred_at: 'timestamp' };

/** The record as a row, keyed by column. */
export function rowOf({ columns }: BulkTable, record: object): Readonly<Record<string, Param>> {
  const fields = new Map<string, unknown>(Object.entries(record));
  const row: Record<string, Param> = {};
  for (const [column, type] of columns) {
    if (column === 'further' || column.endsWith('_digits')) continue;
    const field = FIELDS[column] ?? column.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const value = fields.get(field);
    fields.delete(field);
    if (type === 'timestamptz')
      [row[column], row[`${column}_digits`]] = timeParams(value as string | undefined);
    else if (value === undefined) row[column] = null;
    else row[column] = type === 'json' ? stringify(value as Json) : (value as Param);
  }
  if (columns.some(([column]) => column === 'further'))
    row['further'] = stringify(Object.fromEntries(fields) as Json);
  return row;
}
