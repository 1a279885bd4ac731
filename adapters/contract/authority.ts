/**
 * Who may write to a storage: the surface `authority`. A storage keeps an epoch and whether it decides, writers say of
 * which epoch they are, and the storage itself refuses those of another one, in the statement that writes.
 *
 * Two storages between which records are moved each keep a state of their own: at every instant at most one of them
 * decides, and the other one takes copies.
 */
import type { Awaitable, RecordAdapter } from './adapter.ts';
import type { Bulk } from './bulk.ts';
import { StorageError } from './errors.ts';
import type { MovedKind } from './movedKinds.ts';

/** What a storage keeps about who may write to it. */
export interface AuthorityState {
  /** 0: nobody has ever set one, and every write is accepted. It never falls. */
  readonly epoch: number;
  /** Whether this storage accepts writes of its own right; if not, it accepts copies alone. */
  readonly decides: boolean;
  /** Whether writers that know of no epoch, like older versions, are accepted while this storage decides. */
  readonly admitsUnmarked: boolean;
}

/** What every storage starts with. */
export const NO_AUTHORITY: AuthorityState = { epoch: 0, decides: true, admitsUnmarked: true };

/** What writes to a storage can be. `deciding`: writes of its own right. `copying`: copies of what another storage decides. */
export const WRITER_ROLES = ['deciding', 'copying'] as const;
export type WriterRole = (typeof WRITER_ROLES)[number];

/** For whom a write is made. */
export interface Writer {
  readonly epoch: number;
  readonly role: WriterRole;
}

/** A storage as one writer sees it. */
export interface WriterAdapter extends RecordAdapter {
  readonly bulk?: Bulk;
}

export interface Authority {
  /** The state as it is stored now. While it is being set, it is the old one. */
  get(): Awaitable<AuthorityState>;
  /**
   * Replaces `expected` by `next`, if `expected` is what is stored. Resolves when every section and every write that
   * `next` refuses has ended or can no longer commit: nothing refused becomes visible after it. Sections under way are
   * waited for, for `drainMs` milliseconds at most; those that still run are then ended, and commit nothing. While it
   * waits, new sections that `next` refuses wait, or are refused at once. Of concurrent callers exactly one succeeds.
   * From epoch 0 on a storage may first have to wait for everybody who is writing, so that it can begin to judge.
   *
   * Errors: CONFLICT (another state is stored: it is `state` in `details`, and nothing was changed), INVALID_RECORD (an
   * epoch that falls, or one that is no integer from 0 on, `next` of epoch 0, or a time that is no such integer),
   * UNAVAILABLE and LOCK_TIMEOUT (nothing was changed), OUTCOME_UNKNOWN, CLOSED.
   */
  set(expected: AuthorityState, next: AuthorityState, drainMs: number): Awaitable<AuthoritySet>;
  /**
   * This storage for writers of that epoch and role. It shares what this instance holds, and closing it ends nothing
   * else. The storage judges each write in the statement that writes, and each section as it takes its lock and as it
   * commits: one that it does not accept is FENCED. Reads are never refused.
   * Errors: INVALID_RECORD, and UNSUPPORTED where its connections cannot carry the writer.
   */
  as(writer: Writer): WriterAdapter;
  /**
   * Removes a record of any kind, append-only ones and users too, so that a copy can be made anew. Whether one was
   * there. Errors: FENCED, INVALID_RECORD (the writer is not copying, or the id), INVALID_TOKEN, CLOSED.
   */
  remove(writer: Writer, kind: MovedKind, id: string): Awaitable<boolean>;
  /**
   * Makes a job that is processing one whose worker's lease has run out, so that whoever asks next is given it, in its
   * next attempt; no claim of before holds. Whether it was processing. Needed where jobs can be claimed: leases do not move
   * to another storage, and attempts are not counted anew there. Errors: as remove.
   */
  endLease?(writer: Writer, jobId: string): Awaitable<boolean>;
}

export interface AuthoritySet {
  /** Sections or transactions that had to be ended, because they had not ended by themselves. */
  readonly ended: number;
}

/**
 * Whether a storage in this state accepts what `writer` writes; undefined: a writer that knows of no epoch. This is the
 * one rule: storages that judge in another language say the same.
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

/** The refusal of a write, or of a section, of a writer whom the storage does not accept. */
export function fenced(writer: Writer | undefined, state?: AuthorityState, cause?: unknown): StorageError {
  const who = writer === undefined ? 'of no epoch' : `of epoch ${writer.epoch} that is ${writer.role}`;
  const found = state === undefined ? 'another state' : described(state);
  return new StorageError(
    'FENCED',
    `Expected a writer whom the storage accepts, got one ${who}; the storage has ${found}. Nothing was changed. Find out who decides, and try again there.`,
    {
      ...(cause === undefined ? {} : { cause }),
      details: { ...(writer === undefined ? {} : { writer }), ...(state === undefined ? {} : { state }) },
    },
  );
}

/** Another state is stored than the one that was to be replaced. */
export function notExpected(expected: AuthorityState, stored: AuthorityState): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected the storage to have ${described(expected)}, got ${described(stored)}. Nothing was changed. Somebody else has moved the authority.`,
    { details: { state: stored } },
  );
}

function described({ epoch, decides, admitsUnmarked }: AuthorityState): string {
  if (epoch === 0) return 'epoch 0, in which everybody writes';
  return `epoch ${epoch} and ${decides ? 'decides' : 'takes copies'}${decides && admitsUnmarked ? ', also for writers of no epoch' : ''}`;
}
