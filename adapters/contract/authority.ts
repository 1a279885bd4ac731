/**
 * The surface `authority`: who may write to a storage. A storage keeps an epoch and whether it decides. Each writer names
 * its epoch, and the storage itself refuses writers of another epoch, in the statement that writes.
 *
 * While records move between two storages, each storage keeps its own state. At every instant at most one of the two
 * decides, and the other one accepts only copies.
 */
import { defined } from './defined.ts';
import type { Awaitable, RecordAdapter } from './adapter.ts';
import type { Bulk } from './bulk.ts';
import { StorageError } from './errors.ts';
import type { MovedKind } from './migration/movedKinds.ts';

/** The state that a storage keeps about who may write to it. */
export interface AuthorityState {
  /** An integer that never decreases. 0: no epoch has ever been set, and every write is accepted. */
  readonly epoch: number;
  /** Whether this storage accepts writes in its own right. If not, it accepts only copies. */
  readonly decides: boolean;
  /** Whether this storage, while it decides, accepts writers that name no epoch, such as older versions. */
  readonly admitsUnmarked: boolean;
}

/** The state that every storage starts with. */
export const NO_AUTHORITY: AuthorityState = { epoch: 0, decides: true, admitsUnmarked: true };

/** Roles of writers. `deciding`: it writes in its own right. `copying`: it copies what another storage has decided. */
export const WRITER_ROLES = ['deciding', 'copying'] as const;
export type WriterRole = (typeof WRITER_ROLES)[number];

/** On whose behalf a write is made. */
export interface Writer {
  readonly epoch: number;
  readonly role: WriterRole;
}

/** A storage as one writer sees it. */
export interface WriterAdapter extends RecordAdapter {
  readonly bulk?: Bulk;
}

export interface Authority {
  /** Returns the stored state. While `set` is in progress, that is the old state. */
  get(): Awaitable<AuthorityState>;
  /**
   * Replaces `expected` with `next` if `expected` is stored. Resolves when every section and every write that
   * `next` refuses has ended or can no longer commit: afterwards no refused write becomes visible. It waits at most
   * `drainMs` milliseconds for running sections. Sections that still run then are ended and commit nothing; one that is
   * ended as it commits may reject with OUTCOME_UNKNOWN, as may a write. While it waits, new sections that `next` refuses
   * either wait or are refused at once. Of concurrent callers exactly one succeeds.
   * When the stored epoch is 0, a storage may first have to wait for all current writers before it can judge writes, and end
   * them like those that `next` refuses. It need not know sections of writers without an epoch before they write: their
   * first write is refused then.
   *
   * @throws {@link StorageError} with `CONFLICT` (another state is stored; it is `state` in `details`, and nothing was
   *   changed), `INVALID_RECORD` (the epoch decreases or is not an integer of 0 or more, `next` has epoch 0, or `drainMs` is
   *   not an integer of 0 or more), `UNAVAILABLE` and `LOCK_TIMEOUT` (nothing was changed), `OUTCOME_UNKNOWN`, `CLOSED`.
   */
  set(expected: AuthorityState, next: AuthorityState, drainMs: number): Awaitable<AuthoritySet>;
  /**
   * Returns this storage for a writer of that epoch and role. The returned adapter shares the resources of this instance,
   * and closing it closes nothing else. The storage judges each write in the statement that writes, and each section when it
   * takes its lock and when it commits. A write or section that it does not accept rejects with FENCED. Reads are never
   * refused.
   *
   * @throws {@link StorageError} with `INVALID_RECORD`, and `UNSUPPORTED` if its connections cannot carry the writer.
   */
  as(writer: Writer): WriterAdapter;
  /**
   * Removes a record of any kind, including append-only ones and users, so that it can be copied again. Returns whether
   * the record existed.
   *
   * @throws {@link StorageError} with `FENCED`, `INVALID_RECORD` (the role is not `copying`, or the id is malformed),
   *   `INVALID_TOKEN`, `CLOSED`.
   */
  remove(writer: Writer, kind: MovedKind, id: string): Awaitable<boolean>;
  /**
   * Ends the lease of a job that is processing. The next worker that asks can claim the job as its next attempt, and no
   * earlier claim is valid any more. Returns whether the job was processing. Required where jobs can be claimed: leases do
   * not move to another storage, but the count of attempts does.
   *
   * @throws {@link StorageError} with the codes of {@link Authority.remove}.
   */
  endLease?(writer: Writer, jobId: string): Awaitable<boolean>;
}

export interface AuthoritySet {
  /** How many sections or transactions the storage had to end because they did not end within `drainMs`. */
  readonly ended: number;
}

/**
 * Whether a storage in this state accepts writes of `writer`. An undefined writer names no epoch. This function defines the
 * rule; a storage that judges in another language must decide the same way.
 */
export function accepts(state: AuthorityState, writer: Writer | undefined): boolean {
  if (state.epoch === 0) return true;
  if (writer === undefined) return state.decides && state.admitsUnmarked;
  return writer.epoch === state.epoch && state.decides === (writer.role === 'deciding');
}

/** Whether both states are the same. */
export function isSameAuthority(a: AuthorityState, b: AuthorityState): boolean {
  return a.epoch === b.epoch && a.decides === b.decides && a.admitsUnmarked === b.admitsUnmarked;
}

/** The FENCED error for a write or a section of a writer that the storage does not accept. */
export function fenced(writer: Writer | undefined, state?: AuthorityState, cause?: unknown): StorageError {
  const who =
    writer === undefined ? 'that names no epoch' : `of epoch ${writer.epoch} in the role ${writer.role}`;
  const found = state === undefined ? 'another state' : described(state);
  return new StorageError(
    'FENCED',
    `Expected a writer that the storage accepts, got a writer ${who}; the storage has ${found}. Nothing was changed. Find out which storage decides, and try again there.`,
    {
      ...defined({ cause }),
      details: defined({ writer, state }),
    },
  );
}

/** The CONFLICT error for a stored state that is not the expected one. */
export function notExpected(expected: AuthorityState, stored: AuthorityState): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected the storage to have ${described(expected)}, got ${described(stored)}. Nothing was changed. Another caller has moved the authority. Read the state again.`,
    { details: { state: stored } },
  );
}

function described({ epoch, decides, admitsUnmarked }: AuthorityState): string {
  if (epoch === 0) return 'epoch 0, in which everybody may write';
  return `epoch ${epoch} and ${decides ? 'decides' : 'accepts only copies'}${decides && admitsUnmarked ? ', also for writers that name no epoch' : ''}`;
}
