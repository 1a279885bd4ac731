// What the targets of this folder share: a lock for each name, of whichever package, and nothing that the package lacks.
import { defineTarget, StorageError, validateId } from 'lockstep';

const locks = new Map();

/**
 * `make` returns what runs a callback alone: `(callback, timeoutMs) => Promise`. It is called once for each namespace and name, so that
 * instances of one process share the locks, as they would in an application.
 */
export function lockTarget(name, version, make, capabilities = {}) {
  return defineTarget({
    name,
    version,
    capabilities,
    open({ namespace }) {
      let closed = false;
      const withLock = async (id, callback, { timeoutMs } = {}) => {
        validateId(id);
        if (closed) throw new StorageError('CLOSED', 'Expected an open instance; it was closed.');
        const key = `${namespace}/${id}`;
        if (!locks.has(key)) locks.set(key, make(key));
        return locks.get(key)(() => callback({ signal: new AbortController().signal }), timeoutMs);
      };
      const close = async () => {
        closed = true;
      };
      return { streamRepository: { withLock }, close, [Symbol.asyncDispose]: close };
    },
  });
}

/** Of packages that hand out a function that releases. */
export async function releasing(acquire, callback) {
  const release = await acquire();
  try {
    return await callback();
  } finally {
    await release();
  }
}

/** As the contract wants a wait that was too long to end. */
export function timedOut(cause) {
  return new StorageError('LOCK_TIMEOUT', 'Expected the lock in time.', { cause });
}
