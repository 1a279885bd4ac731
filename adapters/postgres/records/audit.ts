import {
  validateExportAuditRecord,
  validateId,
  type ExportAuditRecord,
  type ExportAuditStore,
} from '../../contract/index.ts';
import { alreadyExists } from '../../contract/rules/refusals.ts';
import { parse, stringify } from '../sql/json.ts';
import { createList, createScan } from '../sql/pages.ts';
import {
  insertSql,
  optional,
  qualified,
  selectList,
  STAMPED,
  timeColumns,
  timeIn,
  timeParams,
  type Column,
  type Row,
  type Session,
  type Statement,
} from '../sql/sql.ts';

export const COLUMNS: readonly Column[] = [
  ['id', 'text'],
  ['export_id', 'text'],
  ['type', 'text'],
  ['details', 'json'],
  ...timeColumns('occurred_at'),
];

/** Creates the export audit stores of `schema`, one per session. Records can only be added, and outlive their jobs. */
export function exportAuditStores(schema: string): (session: Session) => ExportAuditStore {
  const table = qualified(schema, 'export_audit_records');
  const append: Statement = {
    name: 'audit.append',
    kind: 'write',
    text: `${insertSql(table, COLUMNS, { occurred_at: STAMPED })}
      ON CONFLICT (id) DO NOTHING RETURNING ${selectList(COLUMNS)}`,
  };
  const listing = { name: 'audit', table, columns: COLUMNS, fromRow };
  const list = createList({
    ...listing,
    time: 'occurred_at',
    order: 'oldest-first',
    positionOf: ({ timestamp, id }: ExportAuditRecord) => ({ timestamp, id }),
  });
  const scan = createScan({ ...listing, id: 'id', idOf: (record: ExportAuditRecord) => record.id });
  return (session) => ({
    append: (record) =>
      session.write(async () => {
        validateExportAuditRecord(record);
        const { id, details } = record;
        const { rows } = await session.run(append, [
          id,
          record.exportId,
          record.type,
          details === undefined ? null : stringify(details),
          ...timeParams(record.timestamp),
        ]);
        if (rows[0] === undefined) throw alreadyExists('exports', id);
        return fromRow(rows[0]);
      }),
    list: (request) =>
      session.read(async () => {
        validateId(request.exportId, 'exportId');
        return list(session, request, { export_id: request.exportId });
      }),
    scan: (request) => session.read(() => scan(session, request)),
  });
}

export function fromRow(row: Row): ExportAuditRecord {
  return {
    id: row['id'] as string,
    exportId: row['export_id'] as string,
    type: row['type'] as ExportAuditRecord['type'],
    timestamp: timeIn(row, 'occurred_at'),
    ...optional('details', row['details'], parse),
  };
}
