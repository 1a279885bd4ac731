/** Sections of a migration: they use both sides' locks and the deciding side's records, and owe copies to the other side. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { codeOf, type Awaitable, type ExportRepository, type LockedView } from '../../contract/index.ts';
import type { Entry, Outbox } from '../copies/outbox.ts';
import type { Together } from '../copies/together.ts';
import { entryOf, isNamed, type Owed } from '../sides/owed.ts';
import type { WithLock } from '../sides/sides.ts';
import { trackedStores, trackedTokens, type Tracking, type Write } from '../sides/tracked.ts';
import type { BridgedLock, Copies } from './bridge.ts';

/** What a section, and sections nested in it, owe. Each part has the entry that says so once it has committed. */
class Debt {
  readonly entries: { readonly token: string; readonly owed: readonly Owed[]; readonly own: object }[] = [];
  isSettled = false;
  /** The latest run of the callback. The writes of earlier runs were rolled back. */
  run: object = {};
}

/** The section around the running code. There is one for the module, because each AsyncLocalStorage costs time. */
const enclosing = new AsyncLocalStorage<Debt>();

/** Whether the running code is in a section. Its reads stay on the side where the section began. */
export function isInSection(): boolean {
  return enclosing.getStore()?.isSettled === false;
}

/**
 * A lock whose sections store what they owe when they commit. The copies are made in the other side's section if the section
 * holds that lock, too. Otherwise they are made separately.
 */
export function owingLock(bridged: BridgedLock, outbox: Outbox, epoch: number): WithLock {
  return async (streamId, callback, options) => {
    const outer = enclosing.getStore();
    const debt = new Debt();
    // Whether a nested section has committed may be known only when the section around it has ended.
    const isNested = (): boolean => outer?.isSettled === false;
    const entries = (hasCommitted: boolean): Entry[] =>
      debt.entries.map(({ token, owed, own }) => ({
        token,
        owed,
        isKnown: hasCommitted && own === debt.run && !isNested(),
      }));
    let together: Together | undefined;
    let hasCommitted = false;
    let isCopied = false;
    let isAway = false;
    const copies: Copies = {
      doubtMs: outbox.doubtMs,
      alone: () => outbox.suspendFor(debt),
      async copying() {
        // The section around this one may still be rolled back.
        if (isNested()) return undefined;
        together = await outbox.together(entries(true));
        return together && ((view) => (together as Together).write(view));
      },
      copied() {
        isCopied = true;
      },
      failed(error) {
        isAway = codeOf(error) === 'UNAVAILABLE';
      },
    };
    try {
      const value = await bridged(
        streamId,
        (view) => enclosing.run(debt, () => owing(fencedBy(view, epoch), callback, debt)),
        options,
        copies,
      );
      hasCommitted = true;
      return value;
    } finally {
      if (isNested()) outer?.entries.push(...debt.entries);
      debt.isSettled = true;
      await outbox.settle(entries(hasCommitted), { together: isCopied ? together : undefined, isAway });
      outbox.resumeFor(debt);
    }
  };
}

/** A `withLock` whose sections owe nothing. */
export function plainLock(withLock: WithLock, epoch: number): WithLock {
  if (epoch === 0) return withLock;
  return (streamId, callback, options) =>
    withLock(streamId, (view) => callback(fencedBy(view, epoch)), options);
}

/** Fences of a later epoch are higher, however far each side has counted. */
const FENCES_PER_EPOCH = 2n ** 40n;

function fencedBy(view: LockedView, epoch: number): LockedView {
  if (epoch === 0 || view.fence === undefined) return view;
  const fence = BigInt(epoch) * FENCES_PER_EPOCH + view.fence;
  const { streams, users, activity, idempotency } = view;
  return {
    ...(streams === undefined ? {} : { streams }),
    ...(users === undefined ? {} : { users }),
    ...(activity === undefined ? {} : { activity }),
    ...(idempotency === undefined ? {} : { idempotency }),
    // The view makes this object when it is first used.
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
    // This happens at once, because a callback need not wait for its writes.
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
    // withLock rejects anyway.
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
    // After an earlier failure the section is rolled back anyway, and withLock rejects with the earlier error.
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
