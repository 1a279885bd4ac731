/** What the migration must know about each kind of record: its id, how its copy is owed, and its lists. */
import type {
  ActivityEvent,
  Awaitable,
  ExportAuditRecord,
  ExportJob,
  MovedKind,
  Page,
  PageRequest,
} from '../../contract/index.ts';
import { isOwnToken, type Owed } from './owed.ts';
import type { Stores } from './sides.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Read = (request: PageRequest) => Awaitable<Page<unknown>>;

/** The scan of the records of `kind` on this side. Undefined: the side lacks that kind. */
export function scanOf(side: Stores, kind: MovedKind): Read | undefined {
  const store = side[kind];
  return store === undefined ? undefined : (request) => store.scan(request);
}

/** The id of the record, by which scans are ordered. */
export function idOf(kind: MovedKind, row: Row): string {
  const field = kind === 'users' ? 'walletAddress' : kind === 'idempotency' ? 'token' : 'id';
  return row[field] as string;
}

/** How a copy of the record is owed. Undefined for the migration's own records. */
export function owedFor(kind: MovedKind, row: unknown): Owed | undefined {
  switch (kind) {
    case 'streams':
    case 'jobs':
      return { kind, id: (row as { readonly id: string }).id };
    case 'users':
      return { kind, id: (row as { readonly walletAddress: string }).walletAddress };
    case 'idempotency': {
      const { token } = row as { readonly token: string };
      return isOwnToken(token) ? undefined : { kind, id: token };
    }
    case 'activity': {
      const record = row as ActivityEvent;
      const { id, type, streamId } = record;
      return { kind, id, type, ...(streamId === undefined ? {} : { streamId }), record };
    }
    case 'audit': {
      const record = row as ExportAuditRecord;
      return { kind, id: record.id, exportId: record.exportId, record };
    }
    default:
      return kind satisfies never;
  }
}

/** The value that selects the list in which the record is shown. Undefined: the list of all records, or no list. */
export function listWith(kind: MovedKind, row: unknown): string | undefined {
  if (kind === 'jobs') return (row as ExportJob).ownerId;
  if (kind === 'audit') return (row as ExportAuditRecord).exportId;
  return undefined;
}

/** The list of this side that `selected` selects. Undefined: this kind has no list, or the side lacks the kind. */
export function listOf(side: Stores, kind: MovedKind, selected: string | undefined): Read | undefined {
  const { streams, activity, jobs, audit } = side;
  switch (kind) {
    case 'streams':
      return streams && ((request) => streams.list(request));
    case 'activity':
      return activity && ((request) => activity.list(request));
    case 'jobs':
      return selected === undefined
        ? undefined
        : jobs && ((request) => jobs.list({ ...request, ownerId: selected }));
    case 'audit':
      return selected === undefined
        ? undefined
        : audit && ((request) => audit.list({ ...request, exportId: selected }));
    case 'users':
    case 'idempotency':
      return undefined;
    default:
      return kind satisfies never;
  }
}
