import { codeOf, StorageError, type LockedView, type LockOptions } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type WithLock = ReturnType<typeof lockOf>;
type Callback<T> = (view: LockedView) => Promise<T>;

/** A withLock that does something else with its caller's signal. */
function signalledLock(
  about: Pick<Mutant, 'name' | 'origin'>,
  signalled: <T>(
    withLock: WithLock,
    id: string,
    callback: Callback<T>,
    signal: AbortSignal,
    options: LockOptions,
  ) => Promise<T>,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-20'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, (id, callback, options = {}) => {
        const { signal, ...rest } = options;
        return signal === undefined
          ? lockOf(adapter)(id, callback, options)
          : signalled(lockOf(adapter), id, callback, signal, rest);
      }),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => reject(new StorageError('ABORTED', 'The caller’s signal was aborted.'));
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
  });
}

/** Whoever comes with an aborted signal waits for an event that has been. */
export const abortedBeforeUnseen: Mutant = signalledLock(
  {
    name: 'aborted-before-unseen',
    origin:
      'addEventListener("abort", …) without a look at signal.aborted: a signal that is aborted already stays silent.',
  },
  (withLock, id, callback, signal, options) =>
    withLock(id, callback, signal.aborted ? options : { ...options, signal }),
);

/** The caller hears ABORTED at once; its request stands in the line, and its callback runs when its turn comes. */
export const abortRunsLater: Mutant = signalledLock(
  {
    name: 'abort-runs-later',
    origin: 'The signal rejects the caller’s promise and nothing else.',
  },
  async (withLock, id, callback, signal, options) => {
    let hasStarted = false;
    const noting: typeof callback = (view) => {
      hasStarted = true;
      return callback(view);
    };
    const locked = withLock(id, noting, options);
    const stopped = aborted(signal).catch((error: unknown) => {
      if (!hasStarted) throw error;
      return locked;
    });
    return Promise.race([locked, stopped]);
  },
);

/** The signal ends the section too: its callback's work is rolled back. */
export const abortStopsHolder: Mutant = signalledLock(
  {
    name: 'abort-stops-holder',
    origin: 'The signal of a client that hung up is passed on to the transaction.',
  },
  async (withLock, id, callback, signal, options) => {
    const stopping: typeof callback = async (view) => {
      const value = await callback(view);
      if (signal.aborted) throw new StorageError('ABORTED', 'The caller’s signal was aborted.');
      return value;
    };
    return withLock(id, stopping, { ...options, signal });
  },
);

/** The signal is looked at when the wait begins and when it is over, not while it lasts. */
export const abortWhileWaitingUnseen: Mutant = signalledLock(
  {
    name: 'abort-unseen-while-waiting',
    origin: 'signal.throwIfAborted() before and after the await of the lock, and no listener.',
  },
  async (withLock, id, callback, signal, options) => {
    const looking: typeof callback = (view) => {
      if (signal.aborted) throw new StorageError('ABORTED', 'The caller’s signal was aborted.');
      return callback(view);
    };
    return withLock(id, looking, options);
  },
);

/** Whoever has been let in, or has given up, is told of an abort, too. */
export const listenerOnSignalLeft: Mutant = signalledLock(
  {
    name: 'listener-on-signal-left',
    origin:
      'signal.addEventListener("abort", reject) in the constructor of a promise that settles otherwise: one listener for each request on the signal that shuts the server down, and what the request held with it.',
  },
  (withLock, id, callback, signal, options) => {
    signal.addEventListener('abort', () => void id);
    return withLock(id, callback, { ...options, signal });
  },
);

/** A wait that is over at its bound forgets its listener. */
export const listenerOfTimeoutLeft: Mutant = signalledLock(
  {
    name: 'listener-of-timeout-left',
    origin:
      'removeEventListener stands where the lock is granted and where the signal is aborted, and not where the timer rejects.',
  },
  async (withLock, id, callback, signal, options) => {
    try {
      return await withLock(id, callback, { ...options, signal });
    } catch (error) {
      if (codeOf(error) === 'LOCK_TIMEOUT') signal.addEventListener('abort', () => void id);
      throw error;
    }
  },
);

/** The view's signal, which says that the lock is lost, is that of the caller. */
export const signalPassedOn: Mutant = {
  name: 'signal-passed-on',
  origin:
    'One AbortSignal for the request goes down all layers: a client that hangs up looks like a lost lock.',
  clauses: ['LOCK-20'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(id, (view) => callback({ ...view, signal: options?.signal ?? view.signal }), options),
    ),
};

/** Of a signal and a bound only the signal counts. */
export const boundForgottenWithSignal: Mutant = {
  name: 'bound-forgotten-with-signal',
  origin: 'signal ?? AbortSignal.timeout(ms): a caller that brings its own signal loses the bound.',
  clauses: ['LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, { timeoutMs, ...rest } = {}) =>
      lockOf(adapter)(
        id,
        callback,
        rest.signal === undefined && timeoutMs !== undefined ? { ...rest, timeoutMs } : rest,
      ),
    ),
};
