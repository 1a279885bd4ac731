/** The store as it is today: Maps of one process, which hand out what they hold, and a chain of promises a lock. */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  StreamRecord,
  UserRecord,
} from 'lockstep';

/** The longest delay that a timer of Node keeps. */
const MAX_TIMER_MS = 2 ** 31 - 1;

class AppendOnly<V> {
  readonly #values: V[] = [];

  get length(): number {
    return this.#values.length;
  }

  push(value: V): void {
    this.#values.push(value);
  }

  some(matches: (value: V) => boolean): boolean {
    return this.#values.some(matches);
  }

  toArray(): V[] {
    return [...this.#values];
  }
}

/** Replay records, each taken away by a timer of this process. */
class ExpiringRecords extends Map<string, IdempotencyRecord> {
  override set(token: string, record: IdempotencyRecord): this {
    if (record.expiresAt !== undefined) {
      const lifeMs = Math.min(Date.parse(record.expiresAt) - Date.now(), MAX_TIMER_MS);
      setTimeout(() => this.delete(token), lifeMs).unref();
    }
    return super.set(token, record);
  }
}

function createLocks(): <T>(id: string, callback: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>();
  return (id, run) => {
    const before = tails.get(id) ?? Promise.resolve();
    const section = before.then(() => run());
    const tail = section.catch(() => undefined);
    tails.set(id, tail);
    return section;
  };
}

export type Store = ReturnType<typeof createStore>;

export function createStore() {
  return {
    streams: new Map<string, StreamRecord>(),
    users: new Map<string, UserRecord>(),
    activity: new AppendOnly<ActivityEvent>(),
    idempotency: new ExpiringRecords(),
    exportJobs: new Map<string, ExportJob>(),
    exportAudit: new AppendOnly<ExportAuditRecord>(),
    withLock: createLocks(),
  };
}
