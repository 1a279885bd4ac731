/** Copies of several records that appear together or not at all, because one section of the other side writes them. */
import {
  codeOf,
  StorageError,
  type ActivityEvent,
  type ExportAuditRecord,
  type ExportJob,
  type IdempotencyRecord,
  type LockedView,
  type StreamRecord,
  type UserRecord,
} from '../../contract/index.ts';
import { recordKey, type Owed } from '../sides/owed.ts';
import { same, type Stores } from '../sides/sides.ts';
import { appended } from './appended.ts';
import { writeJob } from './jobs.ts';
import { writeStream } from './writeStream.ts';

interface Copied {
  readonly owed: Owed;
  /** The record as the deciding side had it. Undefined: it had none. */
  readonly wanted: unknown;
}

interface Found extends Copied {
  /** The record as the other side has it. Undefined: it has none, or it was not read. */
  readonly there: unknown;
}

export class Together {
  readonly #from: Stores;
  readonly #owed: readonly Owed[];
  #copied: readonly Copied[] = [];

  /** @param owed The records to copy. A record that is named several times is copied once. */
  constructor(from: Stores, owed: readonly Owed[]) {
    this.#from = from;
    const named = new Map(owed.map((one) => [recordKey(one), one]));
    // The order is the same everywhere. Otherwise two sections of the other side would wait for each other.
    this.#owed = [...named].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  }

  /**
   * Writes the records as the deciding side has them now into a section of the other side. Rejects with the error of a side, and
   * with UNSUPPORTED if a section cannot make such a copy.
   */
  async write(view: LockedView): Promise<void> {
    const read = async (owed: Owed): Promise<Found> => {
      const [wanted, there] = await Promise.all([wantedOf(this.#from, owed), thereOf(view, owed)]);
      return { owed, wanted, there };
    };
    const found = await Promise.all(this.#owed.map(read));
    this.#copied = found;
    await Promise.all(found.map(async (one) => write(view, one)));
  }

  /** The records that have changed on the deciding side since they were read, by writes that took no lock. */
  async changed(): Promise<Owed[]> {
    const changes = await Promise.all(
      this.#copied.map(async ({ owed, wanted }) => {
        const isFinal = owed.kind === 'activity' || owed.kind === 'audit';
        return isFinal || same(await wantedOf(this.#from, owed), wanted) ? [] : [owed];
      }),
    );
    return changes.flat();
  }
}

/** Whether the copies failed because of one record, so that copying each record separately may succeed. */
export function isOfOne(error: unknown): boolean {
  return !AWAY.includes(codeOf(error));
}

const AWAY: readonly unknown[] = ['UNAVAILABLE', 'CLOSED', 'FENCED', 'LOCK_TIMEOUT', 'LOCK_LOST'];

async function wantedOf(from: Stores, owed: Owed): Promise<unknown> {
  if (owed.kind === 'activity' || owed.kind === 'audit') return appended(from, owed);
  if (owed.id === undefined) throw unfit(owed);
  return from[owed.kind]?.get(owed.id);
}

/** Appended records are not looked for: the other side hardly ever has one already. */
async function thereOf({ streams, users, idempotency, exports }: LockedView, owed: Owed): Promise<unknown> {
  switch (owed.kind) {
    case 'streams':
      return given(streams, owed).get(owed.id);
    case 'users':
      return given(users, owed).get(owed.id);
    case 'idempotency':
      return given(idempotency, owed).get(owed.id);
    case 'jobs':
      return given(exports, owed).jobs.get(owed.id as string);
    case 'activity':
    case 'audit':
      return undefined;
    default:
      return owed satisfies never;
  }
}

async function write(view: LockedView, { owed, wanted, there }: Found): Promise<void> {
  if (same(wanted, there)) return;
  const { streams, users, activity, idempotency, exports } = view;
  switch (owed.kind) {
    case 'streams':
      await writeStream(given(streams, owed), owed.id, there as StreamRecord, wanted as StreamRecord);
      return;
    case 'users':
      if (wanted === undefined) throw unfit(owed);
      await users?.put(wanted as UserRecord);
      return;
    case 'idempotency':
      // A view cannot delete.
      if (there !== undefined) throw unfit(owed);
      await idempotency?.insert(wanted as IdempotencyRecord);
      return;
    case 'jobs':
      await writeJob(given(exports, owed).jobs, owed.id as string, there as ExportJob, wanted as ExportJob);
      return;
    case 'activity':
      await given(activity, owed).append(wanted as ActivityEvent);
      return;
    case 'audit':
      await given(exports, owed).audit.append(wanted as ExportAuditRecord);
      return;
    default:
      return owed satisfies never;
  }
}

function given<S>(store: S | undefined, owed: Owed): S {
  if (store === undefined) throw unfit(owed);
  return store;
}

function unfit({ kind, id }: Owed): StorageError {
  return new StorageError(
    'UNSUPPORTED',
    `Expected a section of the other side to take a copy of ${kind} ${JSON.stringify(id ?? null)}, which it cannot. The record is copied separately.`,
  );
}
