/** The stores of activity and of export audit records, over append-only stores. An existing id is ALREADY_EXISTS. */
import {
  validateActivityEvent,
  validateExportAuditRecord,
  validateId,
  validatePage,
  type ActivityEvent,
  type ActivityStore,
  type ExportAuditRecord,
  type ExportAuditStore,
  type Surface,
} from '../contract/index.ts';
import { alreadyExists } from '../contract/rules/refusals.ts';
import { listPage, scanPage } from './pages.ts';
import { withDefaults, type Session } from './session.ts';
import type { AppendOnlyStore } from './store.ts';

interface Entry {
  readonly id: string;
  readonly timestamp: string;
}

export function createActivityStore(session: Session, rows: AppendOnlyStore<ActivityEvent>): ActivityStore {
  return {
    append: (event) =>
      session.write(() => {
        validateActivityEvent(event);
        return append(session, 'activity', rows, event);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        const { streamId, type } = request;
        if (streamId !== undefined) validateId(streamId, 'streamId');
        if (type !== undefined) validateId(type, 'type');
        return listPage<ActivityEvent>(
          () => rows.toArray(),
          {
            order: 'latest-first',
            idOf,
            timeOf,
            shows: (row) =>
              (streamId === undefined || row.streamId === streamId) &&
              (type === undefined || row.type === type),
          },
          request,
        );
      }),
    scan: (request) => session.read(() => scanPage(() => rows.toArray(), idOf, request)),
  };
}

export function createAuditStore(
  session: Session,
  rows: AppendOnlyStore<ExportAuditRecord>,
): ExportAuditStore {
  return {
    append: (record) =>
      session.write(() => {
        validateExportAuditRecord(record);
        return append(session, 'exports', rows, record);
      }),
    list: (request) =>
      session.read(() => {
        validatePage(request);
        const { exportId } = request;
        validateId(exportId, 'exportId');
        return listPage<ExportAuditRecord>(
          () => rows.toArray(),
          { order: 'oldest-first', idOf, timeOf, shows: (row) => row.exportId === exportId },
          request,
        );
      }),
    scan: (request) => session.read(() => scanPage(() => rows.toArray(), idOf, request)),
  };
}

function append<T extends Entry>(
  session: Session,
  surface: Surface,
  rows: AppendOnlyStore<T>,
  given: { readonly id: string },
): T {
  if (rows.some(({ id }) => id === given.id)) throw alreadyExists(surface, given.id);
  const record = withDefaults(given, { timestamp: session.stamp() }) as unknown as T;
  rows.push(record);
  return record;
}

const idOf = (row: Entry): string => row.id;
const timeOf = (row: Entry): string => row.timestamp;
