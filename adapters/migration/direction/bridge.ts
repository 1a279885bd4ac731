/** The locks of both sides around one section, and its copies: made in the other side's section, before that ends. */
import { codeOf, StorageError, type LockedView, type LockOptions } from '../../contract/index.ts';
import type { Patience } from '../copies/patience.ts';
import type { WithLock } from '../sides/sides.ts';

export interface Bridge {
  /** Of the side that decides, whose lock comes first. */
  readonly from: WithLock;
  readonly to: WithLock;
  readonly patience: Patience;
  /** Whether an epoch keeps others from writing, so that the other side's lock need not be waited for at any cost. */
  readonly hasEpoch: boolean;
}

/** What a section owes the other side. */
export interface Copies {
  /** Called and awaited before a section runs without the other side's lock, which may have been awaited. */
  readonly alone: () => Promise<void>;
  /** How long that lock is awaited before `alone` is called in advance, in milliseconds. */
  readonly doubtMs: number;
  /**
   * Called when the section has committed, under both locks. What it returns writes the copies into the other side's section;
   * undefined: nothing is copied there.
   */
  readonly copying: () => Promise<((view: LockedView) => Promise<void>) | undefined>;
  /** Called when the copies have committed on the other side. */
  readonly copied: () => void;
  /** Called when that side does not take them in time, or at all. */
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
  /** Lets it write, and end. Resolves with whether what was written has committed. */
  readonly end: (writing?: Writing) => Promise<boolean>;
}

/**
 * The lock of the deciding side and then that of the other one: in one order everywhere, or two callers wait for each other.
 * The second is held until the first is free and the copies are there: so nobody sees a part of a section on the other side,
 * nor a later section before an earlier one. Nobody waits until it is free, unless for the copies.
 */
export function bridgedLock(bridge: Bridge): BridgedLock {
  return async (streamId, callback, options = {}, copies?: Copies) => {
    const { prefetch: _, timeoutMs, ...rest } = options;
    const start = performance.now();
    let other: OtherSection | undefined;
    const release = (): void => {
      // What becomes of it is of no interest any more.
      other?.end().catch(() => undefined);
      other = undefined;
    };
    const run = (view: LockedView): ReturnType<typeof callback> => {
      // It may run again.
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

/** Within one bound. Nothing is said to be copied that is not; what was not written by then never is. */
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
  return new StorageError('UNAVAILABLE', 'The copies took too long; they are made again later.');
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
 * Runs `action` under the other side's lock, and without it where that side is down, does not answer or, once epochs keep
 * others out, takes long: nobody holds that lock alone before the other side decides. Nothing that becomes of that lock once
 * `action` runs changes what this comes to.
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
      // Granted to nobody: the section has gone on without. Run again: it has run, and what it copied is gone.
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

/** Tells the others in time, so that no section waits for that after it has waited for the lock. */
function inDoubt(copies: Copies | undefined): NodeJS.Timeout | undefined {
  return copies && setTimeout(() => void copies.alone().catch(() => undefined), copies.doubtMs);
}

/** Whether it is for the caller: the other side's lock is held by somebody, or the caller has given up. */
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
