/** Sections of a migration: the locks of both sides, the records of the deciding one, and what they owe the other one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  codeOf,
  StorageError,
  type Awaitable,
  type ExportRepository,
  type LockedView,
  type LockOptions,
} from '../../contract/index.ts';
import type { Outbox } from '../copies/outbox.ts';
import { entryOf, isNamed, type Owed } from '../sides/owed.ts';
import type { Patience } from '../copies/patience.ts';
import type { WithLock } from '../sides/sides.ts';
import { trackedStores, trackedTokens, type Tracking, type Write } from '../sides/tracked.ts';

/** What a section, and those within it, owe: with the entries that say so once they have committed. */
class Debt {
  readonly entries: { readonly token: string; readonly owed: readonly Owed[]; readonly own: object }[] = [];
  isSettled = false;
  /** The latest run of the callback: what an earlier one has written is not there. */
  run: object = {};
}

/** The section around the running code. One for the module, as its cost grows with their number. */
const enclosing = new AsyncLocalStorage<Debt>();

/** Whether the running code is in a section, whose reads stay where it began. */
export function isInSection(): boolean {
  return enclosing.getStore()?.isSettled === false;
}

export interface Bridge {
  /** Of the side that decides, whose lock comes first. */
  readonly from: WithLock;
  readonly to: WithLock;
  readonly patience: Patience;
  /** Whether an epoch keeps others from writing, so that the other side's lock need not be waited for at any cost. */
  readonly hasEpoch: boolean;
}

/**
 * The lock of the deciding side and then that of the other one: in one order everywhere, or two callers wait for each other.
 * The second is held until the first is free, and nobody waits until it is free, too.
 */
export function bridgedLock(bridge: Bridge): WithLock {
  return async (streamId, callback, options = {}) => {
    const { prefetch: _, timeoutMs, ...rest } = options;
    const start = performance.now();
    let release = (): void => undefined;
    const run = (view: LockedView): ReturnType<typeof callback> => {
      // It may run again.
      release();
      const over = new Promise<void>((resolve) => (release = resolve));
      const left = timeoutMs === undefined ? {} : { timeoutMs: timeLeft(timeoutMs, start) };
      return underBridge(bridge, { streamId, options: { ...rest, ...left }, over }, () => callback(view));
    };
    try {
      return await bridge.from(streamId, run, options);
    } finally {
      release();
    }
  };
}

function timeLeft(timeoutMs: number, start: number): number {
  return Math.max(0, Math.ceil(timeoutMs - (performance.now() - start)));
}

interface Bridged {
  readonly streamId: string;
  readonly options: LockOptions;
  /** Resolves when the other side's lock is to be freed. */
  readonly over: Promise<void>;
}

/**
 * Runs `action` under the other side's lock, and without it where that side is down, does not answer or, once epochs keep
 * others out, takes long: nobody holds that lock alone before the other side decides. Nothing that becomes of that lock once
 * `action` runs changes what this comes to.
 */
async function underBridge<T>(
  { to, patience, hasEpoch }: Bridge,
  { streamId, options, over }: Bridged,
  action: () => Promise<T>,
): Promise<T> {
  if (hasEpoch ? !patience.isPrompt : !patience.isAnswering) return action();
  const section: { running?: Promise<T>; isAbandoned?: true } = {};
  let grant = (): void => undefined;
  const granted = new Promise<void>((resolve) => (grant = resolve));
  const locked = to(
    streamId,
    async () => {
      // Granted to nobody: the section has gone on without. Run again: it has run.
      if (section.isAbandoned === true || section.running !== undefined) return;
      section.running = action();
      grant();
      await section.running.catch(() => undefined);
      await over;
    },
    options,
  );
  const refused = locked.then(
    () => undefined,
    (error: unknown) => error,
  );
  const waited = await patience.waited(Promise.race([granted, refused]), {
    leftMs: options.timeoutMs,
    isBounded: hasEpoch,
  });
  if (section.running !== undefined) return section.running;
  section.isAbandoned = true;
  if (waited === 'ended') {
    const error = await refused;
    if (isCallers(error, hasEpoch)) throw error;
  } else if (waited === 'late' && !hasEpoch) throw notGranted(streamId);
  return action();
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

/** `withLock` whose sections store what they owe as they commit; it is copied once they have. */
export function owingLock(withLock: WithLock, outbox: Outbox, epoch: number): WithLock {
  return async (streamId, callback, options) => {
    const outer = enclosing.getStore();
    const debt = new Debt();
    let hasCommitted = false;
    try {
      const value = await withLock(
        streamId,
        (view) => enclosing.run(debt, () => owing(fencedBy(view, epoch), callback, debt)),
        options,
      );
      hasCommitted = true;
      return value;
    } finally {
      const isNested = outer?.isSettled === false;
      // Within another section that may not be known yet, and is asked again when that has ended.
      if (isNested) outer.entries.push(...debt.entries);
      debt.isSettled = true;
      for (const { token, owed, own } of debt.entries)
        await outbox.settle(token, owed, hasCommitted && own === debt.run && !isNested);
    }
  };
}

/** `withLock` whose sections owe nothing. */
export function plainLock(withLock: WithLock, epoch: number): WithLock {
  if (epoch === 0) return withLock;
  return (streamId, callback, options) =>
    withLock(streamId, (view) => callback(fencedBy(view, epoch)), options);
}

/** Fences of a later epoch are higher, whatever its side counted up to. */
const FENCES_OF_AN_EPOCH = 2n ** 40n;

function fencedBy(view: LockedView, epoch: number): LockedView {
  if (epoch === 0 || view.fence === undefined) return view;
  const fence = BigInt(epoch) * FENCES_OF_AN_EPOCH + view.fence;
  const { streams, users, activity, idempotency } = view;
  return {
    ...(streams === undefined ? {} : { streams }),
    ...(users === undefined ? {} : { users }),
    ...(activity === undefined ? {} : { activity }),
    ...(idempotency === undefined ? {} : { idempotency }),
    // Made when they are first used.
    get exports() {
      return view.exports as ExportRepository;
    },
    fence,
    get signal() {
      return view.signal;
    },
  };
}

async function owing<T>(
  view: LockedView,
  callback: (view: LockedView) => Promise<T>,
  debt: Debt,
): Promise<T> {
  const owed: Owed[] = [];
  const run = {};
  debt.run = run;
  let hasFailed = false;
  const tracked = async <A>(
    one: Owed,
    action: () => Awaitable<A>,
    learned?: (answer: A) => Owed | undefined,
  ): Promise<A> => {
    // At once: a callback need not wait for what it writes.
    const index = owed.push(one) - 1;
    try {
      const answer = await action();
      owed[index] = learned?.(answer) ?? one;
      return answer;
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  const write: Write = (...given) => {
    const written = tracked(...given);
    // withLock rejects in any case.
    written.catch(() => undefined);
    return written;
  };
  const value = await callback(recording(view, write));
  const named = owed.filter(isNamed);
  if (named.length === 0) return value;
  const entry = entryOf('owed', named);
  debt.entries.push({ token: entry.token, owed: named, own: run });
  try {
    await view.idempotency?.insert(entry);
  } catch (error) {
    // A write that failed before has doomed the section: withLock rejects with what that failed with.
    if (!hasFailed) throw error;
  }
  return value;
}

function recording(view: LockedView, write: Write): LockedView {
  const { idempotency, fence } = view;
  const tracking = <S>(store: S): Tracking<S> => ({ reads: () => store, writes: store, write });
  return {
    ...trackedStores(view, (_, store) => tracking(store)),
    ...(idempotency === undefined ? {} : { idempotency: trackedTokens(tracking(idempotency)) }),
    ...(fence === undefined ? {} : { fence }),
    get signal() {
      return view.signal;
    },
  };
}
