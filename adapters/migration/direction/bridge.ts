/** The locks of both sides around one section. Its copies are made in the other side's section before that one ends. */
import { codeOf, StorageError, type LockedView, type LockOptions } from '../../contract/index.ts';
import type { Patience } from '../copies/patience.ts';
import type { WithLock } from '../sides/sides.ts';

export interface Bridge {
  /** The lock of the deciding side, which is taken first. */
  readonly from: WithLock;
  readonly to: WithLock;
  readonly patience: Patience;
  /** Whether an epoch keeps others from writing. Then a section may run without the other side's lock if that takes long. */
  readonly hasEpoch: boolean;
}

/** What a section owes the other side. */
export interface Copies {
  /** Called and awaited before a section runs without the other side's lock. */
  readonly alone: () => Promise<void>;
  /** How long a section waits for that lock before `alone` is called in advance, in milliseconds. */
  readonly doubtMs: number;
  /**
   * Called under both locks when the section has committed. Returns a function that writes the copies into the other side's
   * section. Undefined: nothing is copied there.
   */
  readonly copying: () => Promise<((view: LockedView) => Promise<void>) | undefined>;
  /** Called when the copies have committed on the other side. */
  readonly copied: () => void;
  /** Called when that side does not take the copies in time, or refuses them. */
  readonly failed: (error: unknown) => void;
}

export type BridgedLock = <T>(
  streamId: string,
  callback: (view: LockedView) => Promise<T>,
  options?: LockOptions,
  copies?: Copies,
) => Promise<T>;

type Writing = ((view: LockedView) => Promise<void>) | undefined;

/** A section under the other side's lock. */
interface OtherSection {
  /** Lets the section write, and end. Resolves with whether the writes have committed. */
  readonly end: (writing?: Writing) => Promise<boolean>;
}

/**
 * Takes the lock of the deciding side and then that of the other side. The order is the same everywhere; otherwise two callers
 * would wait for each other. The second lock is held until the first one is free and the copies are made. So nobody sees a
 * part of a section on the other side, or a later section before an earlier one. Callers wait for the copies, but not for
 * the release of the second lock.
 */
export function bridgedLock(bridge: Bridge): BridgedLock {
  return async (streamId, callback, options = {}, copies?: Copies) => {
    const { prefetch: _, timeoutMs, ...rest } = options;
    const start = performance.now();
    let other: OtherSection | undefined;
    const release = (): void => {
      // Its result does not matter any more.
      other?.end().catch(() => undefined);
      other = undefined;
    };
    const run = (view: LockedView): ReturnType<typeof callback> => {
      // The callback may run more than once.
      release();
      const left = timeoutMs === undefined ? {} : { timeoutMs: timeLeft(timeoutMs, start) };
      const asked = { streamId, options: { ...rest, ...left }, copies };
      return underBridge(
        bridge,
        asked,
        (opened) => (other = opened),
        () => callback(view),
      );
    };
    try {
      const value = await bridge.from(streamId, run, options);
      if (other !== undefined && copies !== undefined && bridge.patience.isPrompt)
        await copyIn(other, copies, bridge.patience);
      return value;
    } finally {
      release();
    }
  };
}

/** Makes the copies within one bound. Copies that are late are not committed, so only committed copies count as made. */
async function copyIn(other: OtherSection, copies: Copies, patience: Patience): Promise<void> {
  const { copying, copied, failed } = copies;
  const doubt = inDoubt(copies);
  let isOver = false;
  try {
    const writing = await copying();
    if (writing === undefined) return;
    const guarded = async (view: LockedView): Promise<void> => {
      await writing(view);
      if (isOver) throw late();
    };
    if (await patience.within(() => other.end(guarded))) copied();
  } catch (error) {
    failed(error);
  } finally {
    isOver = true;
    clearTimeout(doubt);
  }
}

function late(): StorageError {
  return new StorageError('UNAVAILABLE', 'The copies took too long. They are made again later.');
}

function timeLeft(timeoutMs: number, start: number): number {
  return Math.max(0, Math.ceil(timeoutMs - (performance.now() - start)));
}

interface Asked {
  readonly streamId: string;
  readonly options: LockOptions;
  readonly copies: Copies | undefined;
}

/**
 * Runs `action` under the other side's lock. Runs it without that lock if the side is down or does not answer. It also does so
 * if the side takes long and epochs keep others out: nobody holds that lock alone before the other side decides. Once
 * `action` runs, the fate of that lock does not change the result.
 */
async function underBridge<T>(
  { to, patience, hasEpoch }: Bridge,
  { streamId, options, copies }: Asked,
  onOpened: (other: OtherSection) => void,
  action: () => Promise<T>,
): Promise<T> {
  const alone = async (): Promise<T> => {
    await copies?.alone();
    return action();
  };
  if (hasEpoch ? !patience.isPrompt : !patience.isAnswering) return alone();
  const section: { running?: Promise<T>; isAbandoned?: true } = {};
  let grant = (): void => undefined;
  const granted = new Promise<void>((resolve) => (grant = resolve));
  let end: (writing: Writing) => void = () => undefined;
  const over = new Promise<Writing>((resolve) => (end = resolve));
  const locked = to(
    streamId,
    async (view) => {
      // The section has gone on without this lock, or it has run already and its copies were rolled back.
      if (section.isAbandoned === true || section.running !== undefined) return false;
      section.running = action();
      grant();
      await section.running.catch(() => undefined);
      const writing = await over;
      await writing?.(view);
      return writing !== undefined;
    },
    options,
  );
  const refused = locked.then(
    () => undefined,
    (error: unknown) => error,
  );
  const doubt = inDoubt(copies);
  const waited = await patience
    .waited(Promise.race([granted, refused]), { leftMs: options.timeoutMs, isBounded: hasEpoch })
    .finally(() => clearTimeout(doubt));
  if (section.running !== undefined) {
    onOpened({
      async end(writing) {
        end(writing);
        return locked;
      },
    });
    return section.running;
  }
  section.isAbandoned = true;
  if (waited === 'ended') {
    const error = await refused;
    if (isCallers(error, hasEpoch)) throw error;
  } else if (waited === 'late' && !hasEpoch) throw notGranted(streamId);
  return alone();
}

/** Suspends reads in advance, so that a section which has waited for the lock need not wait for that as well. */
function inDoubt(copies: Copies | undefined): NodeJS.Timeout | undefined {
  return copies && setTimeout(() => void copies.alone().catch(() => undefined), copies.doubtMs);
}

/** Whether the caller gets the error: somebody else holds the other side's lock, or the caller has given up. */
function isCallers(error: unknown, hasEpoch: boolean): boolean {
  const code = codeOf(error);
  return code === 'ABORTED' || (code === 'LOCK_TIMEOUT' && !hasEpoch);
}

function notGranted(streamId: string): StorageError {
  return new StorageError(
    'LOCK_TIMEOUT',
    `Expected the other side's lock of ${JSON.stringify(streamId)} in the caller's time, but somebody holds it. The callback did not run; try again.`,
    { details: { streamId } },
  );
}
