/** A store of maps, and what instances on it are opened with. */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  StreamRecord,
  UserRecord,
} from '../../contract/index.ts';
import type { AppendOnlyStore, PersistenceStore } from '../store.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 8, 15);
export const OPEN = { connection: null, clock: (): number => NOW_MS, instance: 1 };

function log<V>(): AppendOnlyStore<V> {
  const values: V[] = [];
  return {
    push: (value) => values.push(value),
    some: (matches) => values.some(matches),
    toArray: () => values,
  };
}

interface MapStore extends PersistenceStore {
  readonly streams: Map<string, StreamRecord>;
  readonly users: Map<string, UserRecord>;
  readonly activity: AppendOnlyStore<ActivityEvent>;
  readonly idempotency: Map<string, IdempotencyRecord>;
  readonly exportJobs: Map<string, ExportJob>;
  readonly exportAudit: AppendOnlyStore<ExportAuditRecord>;
  readonly withLock: <T>(id: string, callback: () => Promise<T>) => Promise<T>;
}

/** Maps, a log each, and a lock that nobody waits for. */
export function mapStore(): MapStore {
  return {
    streams: new Map(),
    users: new Map(),
    activity: log(),
    idempotency: new Map(),
    exportJobs: new Map(),
    exportAudit: log(),
    withLock: <T>(_id: string, callback: () => Promise<T>): Promise<T> => callback(),
  };
}
