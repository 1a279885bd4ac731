/** A small correct adapter in the memory of one process, for tests of the load. */
import {
  compareIds,
  compareTimestamps,
  decodeCursor,
  decodeListCursor,
  encodeCursor,
  encodeListCursor,
  parseToken,
  StorageError,
  timestampOf,
  validateActivityEvent,
  validateExportJob,
  validateId,
  validatePage,
  validateStream,
  type ActivityStore,
  type ExportAuditStore,
  type ExportJob,
  type ExportJobStore,
  type IdempotencyStore,
  type LockedView,
  type Page,
  type PageRequest,
  type StorageAdapter,
  type StreamStore,
  type StreamRecord,
} from '../../../adapters/contract/index.ts';

const now = (): string => timestampOf(Date.now);

class Table<T extends object> {
  readonly rows = new Map<string, T>();
  readonly #surface: string;

  constructor(surface: string) {
    this.#surface = surface;
  }

  insert(id: string, row: T): T {
    if (this.rows.has(id))
      throw new StorageError('ALREADY_EXISTS', `There is a ${id}.`, {
        details: { surface: this.#surface, id },
      });
    this.rows.set(id, structuredClone(row));
    return row;
  }

  get(id: string): T | undefined {
    return structuredClone(this.rows.get(id));
  }

  scan(request: PageRequest): Page<T> {
    validatePage(request);
    const after = request.cursor === undefined ? undefined : decodeCursor(request.cursor);
    const ids = [...this.rows.keys()].sort(compareIds);
    const rest = ids.filter((id) => after === undefined || compareIds(id, after) > 0);
    const items = rest.slice(0, request.limit).map((id) => this.rows.get(id) as T);
    const last = rest[request.limit - 1];
    return rest.length > request.limit && last !== undefined
      ? { items, nextCursor: encodeCursor(last) }
      : { items };
  }

  /** In the order of `timeOf`, then of ids; backwards if `direction` is -1. */
  list(
    request: PageRequest,
    timeOf: (row: T) => string,
    direction: 1 | -1,
    matches: (row: T) => boolean,
  ): Page<T> {
    validatePage(request);
    const compare = (a: readonly [string, string], b: readonly [string, string]): number =>
      direction * (compareTimestamps(a[0], b[0]) || compareIds(a[1], b[1]));
    const cursor = request.cursor === undefined ? undefined : decodeListCursor(request.cursor);
    const rows = [...this.rows]
      .filter(([, row]) => matches(row))
      .map(([id, row]) => ({ row, place: [timeOf(row), id] as const }))
      .filter(({ place }) => cursor === undefined || compare(place, [cursor.timestamp, cursor.id]) > 0)
      .sort((a, b) => compare(a.place, b.place));
    const page = rows.slice(0, request.limit);
    const items = page.map(({ row }) => row);
    const last = page.at(-1);
    if (rows.length <= request.limit || last === undefined) return { items };
    return { items, nextCursor: encodeListCursor({ timestamp: last.place[0], id: last.place[1] }) };
  }
}

interface Storage {
  readonly streams: StreamStore;
  readonly activity: ActivityStore;
  readonly idempotency: IdempotencyStore;
  readonly jobs: ExportJobStore;
  readonly audit: ExportAuditStore;
  readonly locks: Map<string, Promise<unknown>>;
}

const storages = new Map<string, Storage>();

/** Opens an instance; those of one namespace and one process share everything. */
export function openMapAdapter(namespace: string): StorageAdapter {
  let storage = storages.get(namespace);
  if (storage === undefined) storages.set(namespace, (storage = createStorage()));
  const { streams, activity, idempotency, jobs, audit, locks } = storage;
  const exports = { jobs, audit };
  const view: LockedView = { streams, activity, idempotency, exports, signal: new AbortController().signal };
  return {
    streamRepository: {
      streams,
      activity,
      withLock: (id, callback) => {
        validateId(id);
        const earlier = locks.get(id) ?? Promise.resolve();
        const run = (async () => {
          await earlier;
          return await callback(view);
        })();
        locks.set(
          id,
          run.catch(() => {}),
        );
        return run;
      },
    },
    idempotencyStore: idempotency,
    exportRepository: exports,
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function createStorage(): Storage {
  const streams = new Table<StreamRecord>('streams');
  const events = new Table<Awaited<ReturnType<ActivityStore['append']>>>('activity');
  const records = new Table<Awaited<ReturnType<IdempotencyStore['insert']>>>('idempotency');
  const insert: IdempotencyStore['insert'] = ({ ttlMs: _ttl, ...record }) => {
    parseToken(record.token);
    return records.insert(record.token, { createdAt: now(), ...record });
  };
  return {
    locks: new Map(),
    streams: {
      create: (stream) => {
        validateStream(stream);
        return streams.insert(stream.id, { createdAt: now(), updatedAt: now(), ...stream });
      },
      get: (id) => streams.get(id),
      put: (stream) => {
        const row = { createdAt: now(), updatedAt: now(), ...stream } as StreamRecord;
        streams.rows.set(stream.id, structuredClone(row));
        return row;
      },
      delete: (id) => streams.rows.delete(id),
      list: (request) =>
        streams.list(
          request,
          (row) => row.createdAt,
          1,
          (row) => request.status === undefined || row.status === request.status,
        ),
      scan: (request) => streams.scan(request),
    },
    activity: {
      append: (event) => {
        validateActivityEvent(event);
        return events.insert(event.id, { timestamp: now(), ...event });
      },
      list: (request) =>
        events.list(
          request,
          (row) => row.timestamp,
          -1,
          (row) =>
            (request.streamId === undefined || row.streamId === request.streamId) &&
            (request.type === undefined || row.type === request.type),
        ),
      scan: (request) => events.scan(request),
    },
    idempotency: {
      get: (token) => records.get(parseToken(token)),
      insert,
      putIfAbsent: async (record) => {
        const existing = records.get(record.token);
        return existing === undefined
          ? { stored: true, record: await insert(record) }
          : { stored: false, existing };
      },
      delete: (token) => records.rows.delete(token),
      deleteExpired: () => 0,
      scan: (request) => records.scan(request),
    },
    ...createExports(),
  };
}

function createExports(): Pick<Storage, 'jobs' | 'audit'> {
  const jobs = new Table<ExportJob>('exports');
  const audit = new Table<Awaited<ReturnType<ExportAuditStore['append']>>>('exportAudit');
  return {
    jobs: {
      create: (job) => {
        validateExportJob(job);
        const { ttlMs: _ttl, ...fields } = job;
        const defaults = {
          status: 'pending',
          requestedAt: now(),
          expiresAt: now(),
          rows: 0,
          attempts: 0,
        } as const;
        return jobs.insert(job.id, { ...defaults, ...fields });
      },
      get: (id) => jobs.get(id),
      delete: (id) => jobs.rows.delete(id),
      list: (request) =>
        jobs.list(
          request,
          (row) => row.requestedAt,
          -1,
          (row) => row.ownerId === request.ownerId,
        ),
      scan: (request) => jobs.scan(request),
      transition: (id, _from, to, patch) => {
        const job = { ...jobs.get(id), ...patch, status: to } as ExportJob;
        jobs.rows.set(id, job);
        return job;
      },
    },
    audit: {
      append: (record) => audit.insert(record.id, { timestamp: now(), ...record }),
      list: (request) =>
        audit.list(
          request,
          (row) => row.timestamp,
          1,
          (row) => row.exportId === request.exportId,
        ),
      scan: (request) => audit.scan(request),
    },
  };
}
