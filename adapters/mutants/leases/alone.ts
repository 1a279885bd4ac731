/** Locks without any stores, as libraries offer them: no record shows what two holders at once have lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  StorageError,
  validateId,
  type Capabilities,
  type LockOptions,
  type StreamRepository,
} from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';

interface Decisions {
  /** When another caller may enter, even if the section has not ended, in milliseconds. */
  readonly leaseMs: number;
  /** What happens to the key when a waiter gives up. */
  readonly gaveUp: (held: Map<string, Holder>, key: string) => void;
}

interface Holder {
  readonly until: number;
}

const LOOK_AGAIN_MS = 2;
const LOCK_TIMEOUT_MS = 10_000;

/** The holders of all instances of this process, by namespace and id. */
const HELD = new Map<string, Holder>();

/** The capabilities of an adapter that has only locks. */
export const LOCKS_ALONE: Partial<Capabilities> = {
  atomic: false,
  ttl: false,
  idempotencyClaims: false,
  exportClaims: false,
};

function lockAlone({ leaseMs, gaveUp }: Decisions): Pick<Mutant, 'bases' | 'capabilities' | 'mutate'> {
  return {
    bases: ['memory'],
    capabilities: LOCKS_ALONE,
    mutate: (adapter, { options: { namespace } }) => {
      let isClosed = false;
      const close = (): Promise<void> => {
        isClosed = true;
        return adapter.close();
      };
      const acquire = async (
        key: string,
        { timeoutMs = LOCK_TIMEOUT_MS, signal }: LockOptions,
      ): Promise<Holder> => {
        const deadline = performance.now() + timeoutMs;
        for (let now = performance.now(); (HELD.get(key)?.until ?? 0) > now; now = performance.now()) {
          if (isClosed) throw new StorageError('CLOSED', 'The instance was closed.');
          if (signal?.aborted === true) throw new StorageError('ABORTED', 'The signal was aborted.');
          if (now >= deadline) {
            gaveUp(HELD, key);
            throw new StorageError('LOCK_TIMEOUT', `Expected the lock within ${timeoutMs} ms.`);
          }
          await sleep(LOOK_AGAIN_MS);
        }
        const holder = { until: performance.now() + leaseMs };
        HELD.set(key, holder);
        return holder;
      };
      const withLock: StreamRepository['withLock'] = async (id, callback, options = {}) => {
        if (isClosed) throw new StorageError('CLOSED', 'The instance was closed.');
        validateId(id);
        if (options.signal?.aborted === true) throw new StorageError('ABORTED', 'The signal was aborted.');
        const key = `${namespace}/${id}`;
        const holder = await acquire(key, options);
        try {
          return await callback({ signal: new AbortController().signal });
        } finally {
          if (HELD.get(key) === holder) HELD.delete(key);
        }
      };
      return { streamRepository: { withLock }, close, [Symbol.asyncDispose]: close };
    },
  };
}

const ONE_SECOND = lockAlone({ leaseMs: 1_000, gaveUp: () => undefined });

/** A section that lasts longer than its lease continues beside the next one. */
export const lockAloneRunsOut: Mutant = {
  ...ONE_SECOND,
  name: 'lock-alone-runs-out',
  origin:
    'SET key value NX PX 1000, and a section that takes longer: the holder of the Redis lock never extends it.',
  clauses: ['LOCK-01'],
  capabilities: { ...ONE_SECOND.capabilities, recoveryMs: 1_000 },
};

/** A waiter that gives up removes the key, whoever holds it. */
export const givingUpFreesLock: Mutant = {
  name: 'giving-up-frees-lock',
  origin: 'A waiter that timed out cleans up in a finally block that deletes the key, which is the holder’s.',
  clauses: ['LOCK-13'],
  ...lockAlone({ leaseMs: Number.POSITIVE_INFINITY, gaveUp: (held, key) => held.delete(key) }),
};
