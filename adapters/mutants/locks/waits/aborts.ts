import { codeOf, StorageError, type LockedView, type LockOptions } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

type WithLock = ReturnType<typeof lockOf>;
type Callback<T> = (view: LockedView) => Promise<T>;

/** A withLock that treats its caller's signal differently. */
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

/** A signal that is already aborted is not noticed, because its event is over. */
export const abortedBeforeUnseen: Mutant = signalledLock(
  {
    name: 'aborted-before-unseen',
    origin:
      'addEventListener("abort", …) without checking signal.aborted: a signal that is already aborted emits no event.',
  },
  (withLock, id, callback, signal, options) =>
    withLock(id, callback, signal.aborted ? options : { ...options, signal }),
);

/** The caller gets ABORTED at once, but its request stays in the queue, and its callback runs later. */
export const abortRunsLater: Mutant = signalledLock(
  {
    name: 'abort-runs-later',
    origin: 'The signal rejects the caller’s promise, but does not stop the wait.',
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

/** The signal also ends the section: the callback's writes are rolled back. */
export const abortStopsHolder: Mutant = signalledLock(
  {
    name: 'abort-stops-holder',
    origin: 'The signal of a disconnected client is passed on to the transaction.',
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

/** The signal is checked at the begin and at the end of the wait, but not during it. */
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

/** A listener stays on the signal after the wait. */
export const listenerOnSignalLeft: Mutant = signalledLock(
  {
    name: 'listener-on-signal-left',
    origin:
      'signal.addEventListener("abort", reject) in the constructor of a promise that settles for another reason: each request leaves a listener, with all that it holds, on the signal that shuts the server down.',
  },
  (withLock, id, callback, signal, options) => {
    signal.addEventListener('abort', () => void id);
    return withLock(id, callback, { ...options, signal });
  },
);

/** A wait that times out leaves its listener on the signal. */
export const listenerOfTimeoutLeft: Mutant = signalledLock(
  {
    name: 'listener-of-timeout-left',
    origin:
      'removeEventListener is called when the lock is granted and when the signal is aborted, but not when the timer rejects.',
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

/** The signal of the view, which says that the lock is lost, is the caller's signal. */
export const signalPassedOn: Mutant = {
  name: 'signal-passed-on',
  origin:
    'One AbortSignal of the request is passed through all layers: a disconnected client looks like a lost lock.',
  clauses: ['LOCK-20'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(id, (view) => callback({ ...view, signal: options?.signal ?? view.signal }), options),
    ),
};

/** If a wait has a signal and a timeout, the timeout is ignored. */
export const boundForgottenWithSignal: Mutant = {
  name: 'bound-forgotten-with-signal',
  origin: 'signal ?? AbortSignal.timeout(ms): a caller that passes its own signal loses the timeout.',
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
