/**
 * Copies one record as the deciding side has it now. A copy is a state, never a change, so copies may come twice and in any
 * order.
 *
 * A copier locks the record on the other side, and then reads the deciding side. So the last of several copiers has the
 * latest state, and a frozen copier holds the lock or has not read yet.
 */
import {
  codeOf,
  compareIds,
  copyLock,
  StorageError,
  type ActivityEvent,
  type Awaitable,
  type ExportAuditRecord,
  type ExportJobStore,
  type LockedView,
} from '../../contract/index.ts';
import { appended, type OwedAppend } from './appended.ts';
import { writeJob } from './jobs.ts';
import { writeStream } from './writeStream.ts';
import type { Owed } from '../sides/owed.ts';
import { both, everyRow, same, type Sides, type Stores } from '../sides/sides.ts';

const PAGE = 500;

export interface CopyOptions {
  /** Called under the lock, before the deciding side is read. The copy may miss later writes. */
  readonly onRead?: () => void;
  /** How long the copy waits at most for its lock, in milliseconds. Default: that of the other side. */
  readonly timeoutMs?: number;
}

/** Copies what is owed. Returns whether the other side was changed. Rejects with the error of a side. */
export async function copy(sides: Sides, owed: Owed, options: CopyOptions): Promise<boolean> {
  if (sides.from[owed.kind] === undefined || sides.to[owed.kind] === undefined) return false;
  if (owed.kind === 'activity' || owed.kind === 'audit') return append(sides, owed, options);
  if (owed.id === undefined) return copyJobs(sides, options);
  return copyTwin(sides, owed.kind, owed.id, options);
}

type Appended = ActivityEvent | ExportAuditRecord;
type Appending = { append(row: Appended): Awaitable<unknown> };

/** An appended record never changes, so it needs no lock. But the other side may have another one from an earlier move. */
async function append(sides: Sides, owed: OwedAppend, options: CopyOptions): Promise<boolean> {
  options.onRead?.();
  const { record: _, ...unknown } = owed;
  const wanted = await appended(sides.from, owed);
  if (wanted === undefined) {
    if (sides.remove === undefined || (await appended(sides.to, unknown)) === undefined) return false;
    const removed = await sides.remove(owed.kind, owed.id);
    // Somebody may have appended the record meanwhile, and the removed one may have been its copy.
    return (await appended(sides.from, owed)) === undefined ? removed : append(sides, owed, options);
  }
  const other = sides.to[owed.kind] as unknown as Appending;
  try {
    await other.append(wanted);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
  }
  if (same(await appended(sides.to, unknown), wanted)) return false;
  if (sides.remove === undefined) throw otherContent(owed);
  await sides.remove(owed.kind, owed.id);
  await other.append(wanted);
  return true;
}

async function copyJobs(sides: Sides, { onRead }: CopyOptions): Promise<boolean> {
  const jobs = both(sides, 'jobs');
  let changed = false;
  if (jobs === undefined) return changed;
  onRead?.();
  for await (const id of jobsApart(jobs.from, jobs.to)) {
    const copied = await copyTwin(sides, 'jobs', id, {});
    changed ||= copied;
  }
  return changed;
}

/**
 * The ids of jobs that `to` lacks or has in another state. An entry cannot name the job that a worker was given, because the
 * entry is stored before.
 */
export async function* jobsApart(
  from: Pick<ExportJobStore, 'scan'>,
  to: Pick<ExportJobStore, 'scan'>,
): AsyncGenerator<string> {
  const others = everyRow((request) => to.scan(request), PAGE);
  let other = await others.next();
  for await (const job of everyRow((request) => from.scan(request), PAGE)) {
    while (other.done !== true && compareIds(other.value.id, job.id) < 0) other = await others.next();
    if (other.done === true || !same(job, other.value)) yield job.id;
  }
}

type TwinKind = 'streams' | 'users' | 'idempotency' | 'jobs';

async function copyTwin(sides: Sides, kind: TwinKind, id: string, options: CopyOptions): Promise<boolean> {
  let changed = false;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { isChanged, copied } = await copyOnce(sides, kind, id, options);
    changed ||= isChanged;
    // A section that holds both locks writes its copies without the lock of the copy.
    if (same(await sides.from[kind]?.get(id), copied)) return changed;
  }
  throw restless(kind, id);
}

/** How often a record may change while it is copied. */
const ROUNDS = 20;

/** `copied` is the record that the deciding side had. */
async function copyOnce(
  sides: Sides,
  kind: TwinKind,
  id: string,
  { onRead, timeoutMs }: CopyOptions,
): Promise<{ readonly isChanged: boolean; readonly copied: unknown }> {
  return sides.withLock(
    copyLock(kind, id),
    async (view) => {
      onRead?.();
      const locked = { ...sides, view: viewed(sides.to, view) };
      const [wanted, there] = await Promise.all([sides.from[kind]?.get(id), locked.view[kind]?.get(id)]);
      const isChanged = !same(wanted, there);
      if (isChanged) await WRITERS[kind](locked, id, { wanted, there } as never);
      return { isChanged, copied: wanted };
    },
    timeoutMs === undefined ? {} : { timeoutMs },
  );
}

/** The stores of the section's view, and for those that it lacks the stores of the side itself. */
function viewed(to: Stores, { streams, users, idempotency, exports }: LockedView): Viewed {
  const tokens = idempotency ?? to.idempotency;
  const jobs = exports?.jobs ?? to.jobs;
  return {
    ...((streams ?? to.streams) === undefined ? {} : { streams: streams ?? to.streams }),
    ...((users ?? to.users) === undefined ? {} : { users: users ?? to.users }),
    ...(tokens === undefined ? {} : { idempotency: tokens }),
    ...(jobs === undefined ? {} : { jobs }),
  } as Viewed;
}

type Viewed = Required<Pick<Stores, 'streams' | 'users' | 'jobs'>> & {
  readonly idempotency: NonNullable<LockedView['idempotency']>;
};

interface Locked extends Sides {
  readonly view: Viewed;
}

interface Twin<T> {
  readonly wanted: T | undefined;
  readonly there: T | undefined;
}

type Write = (locked: Locked, id: string, twin: Twin<never>) => Promise<boolean>;

/** Each makes the other side's record equal to `wanted`. */
const WRITERS: Readonly<Record<TwinKind, Write>> = {
  async streams({ view }, id, { wanted, there }) {
    await writeStream(view.streams, id, there, wanted);
    return true;
  },
  async users({ view, remove }, id, { wanted }) {
    // Applications never remove users. So the write that owed the copy did not happen.
    if (wanted === undefined) return remove === undefined ? false : remove('users', id);
    await view.users.put(wanted);
    return true;
  },
  async idempotency({ view, to }, id, { wanted, there }) {
    // A view cannot delete a token, so the side itself does it while the lock of the copy is held.
    if (there !== undefined) await to.idempotency?.delete(id);
    if (wanted !== undefined) await view.idempotency.insert(wanted);
    return true;
  },
  async jobs({ view }, id, { wanted, there }) {
    await writeJob(view.jobs, id, there, wanted);
    return true;
  },
};

function restless(kind: TwinKind, id: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected ${kind} ${JSON.stringify(id)} to rest while it is copied, but it changed ${ROUNDS} times. It stays owed: call repair.`,
    { details: { surface: kind, id } },
  );
}

function otherContent({ kind, id }: OwedAppend): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected the other side to have no record ${JSON.stringify(id)} of ${kind}, or the same, but it has another one, and its adapter cannot remove it. Remove it there by hand, and call repair.`,
    { details: { surface: kind, id } },
  );
}
