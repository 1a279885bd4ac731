/** Sections of a migration: the locks of both sides, the records of the old one, and what they owe the new one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  codeOf,
  StorageError,
  type Awaitable,
  type LockedView,
  type LockOptions,
  type StreamRepository,
} from '../contract/index.ts';
import type { Outbox } from './outbox.ts';
import { entryOf, isNamed, type Owed } from './owed.ts';
import type { Patience } from './patience.ts';
import { trackedStores, trackedTokens, type Tracking, type Write } from './tracked.ts';

export type WithLock = NonNullable<StreamRepository['withLock']>;

/** What a section, and those within it, owe: with the entries that say so once they have committed. */
class Debt {
  readonly entries: { readonly token: string; readonly owed: readonly Owed[] }[] = [];
  isSettled = false;
}

/** The section around the running code. One for the module, as its cost grows with their number. */
const enclosing = new AsyncLocalStorage<Debt>();

/** The lock of the old side and then that of the new one: in one order everywhere, or two callers wait for each other. */
export function bridgedLock(old: WithLock, other: WithLock, patience: Patience): WithLock {
  return async (streamId, callback, options = {}) => {
    const { prefetch: _, timeoutMs, ...rest } = options;
    const start = performance.now();
    return old(
      streamId,
      (view) => {
        const left = timeoutMs === undefined ? {} : { timeoutMs: timeLeft(timeoutMs, start) };
        const bridged = { streamId, options: { ...rest, ...left }, patience };
        return underBridge(other, bridged, (bridge) =>
          callback(bridge === undefined ? view : withSignal(view, bridge.signal)),
        );
      },
      options,
    );
  };
}

function timeLeft(timeoutMs: number, start: number): number {
  return Math.max(0, timeoutMs - (performance.now() - start));
}

interface Bridged {
  readonly streamId: string;
  readonly options: LockOptions;
  readonly patience: Patience;
}

/**
 * Runs `action` under the new side's lock, and without it where that side is down or does not answer: nobody holds that lock
 * alone before the new side has the authority, and the old side goes on without the new one.
 */
async function underBridge<T>(
  other: WithLock,
  { streamId, options, patience }: Bridged,
  action: (bridge: LockedView | undefined) => Promise<T>,
): Promise<T> {
  if (!patience.isAnswering) return action(undefined);
  let running: Promise<T> | undefined;
  let isAbandoned = false;
  const locked = other(
    streamId,
    async (bridge) => {
      // Granted to nobody: the section has gone on without.
      if (isAbandoned) return;
      // The old side's writes of the first run are still there: all of it runs again, or nothing.
      if (running !== undefined) throw ranAgain(streamId);
      running = action(bridge);
      await running;
    },
    options,
  );
  const watch = new AbortController();
  try {
    await Promise.race([locked, patience.silence(watch.signal, options.timeoutMs)]);
  } catch (error) {
    if (running === undefined && !isDown(error)) throw error;
    // What the section itself came to is known better than what became of the new side's lock, but for a second run.
    if (running !== undefined && !isDown(error)) await settled(running, error);
  } finally {
    watch.abort();
    isAbandoned = true;
  }
  // One that is silent may still grant it, or end it, and is not waited for.
  locked.catch(() => undefined);
  return running ?? action(undefined);
}

/** Rejects with the section's own error, or else with `error`. */
async function settled(running: Promise<unknown>, error: unknown): Promise<never> {
  await running;
  throw error;
}

function isDown(error: unknown): boolean {
  return ['UNAVAILABLE', 'CLOSED', 'OUTCOME_UNKNOWN'].includes(codeOf(error) ?? '');
}

function ranAgain(streamId: string): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected the new side to run the section of ${JSON.stringify(streamId)} once, but it ran it again. Nothing was changed; try again.`,
  );
}

function withSignal(view: LockedView, bridge: AbortSignal): LockedView {
  const { streams, users, activity, idempotency, exports, fence } = view;
  let signal: AbortSignal | undefined;
  return {
    ...(streams === undefined ? {} : { streams }),
    ...(users === undefined ? {} : { users }),
    ...(activity === undefined ? {} : { activity }),
    ...(idempotency === undefined ? {} : { idempotency }),
    ...(exports === undefined ? {} : { exports }),
    ...(fence === undefined ? {} : { fence }),
    get signal() {
      signal ??= AbortSignal.any([view.signal, bridge]);
      return signal;
    },
  };
}

/** `withLock` whose sections store what they owe as they commit; it is copied once they have. */
export function owingLock(withLock: WithLock, outbox: Outbox): WithLock {
  return async (streamId, callback, options) => {
    const outer = enclosing.getStore();
    const debt = new Debt();
    try {
      return await withLock(
        streamId,
        (view) => enclosing.run(debt, () => owing(view, callback, debt)),
        options,
      );
    } finally {
      // Within another section that may not be known yet, and is asked again when that has ended.
      if (outer?.isSettled === false) outer.entries.push(...debt.entries);
      debt.isSettled = true;
      for (const { token, owed } of debt.entries) await outbox.settle(token, owed);
    }
  };
}

async function owing<T>(
  view: LockedView,
  callback: (view: LockedView) => Promise<T>,
  debt: Debt,
): Promise<T> {
  const owed: Owed[] = [];
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
  debt.entries.push({ token: entry.token, owed: named });
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
