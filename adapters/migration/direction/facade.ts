/** The surfaces of a migrating adapter. Each call goes to the side that decides at that time. */
import { StorageError } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import type { Surfaces } from './stores.ts';

export interface Call {
  readonly is: 'read' | 'write' | 'section';
  /** How long a section waits at most for its lock, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs one call on the surfaces of the deciding side, and again if another side has come to decide. */
export type Run = <T>(call: Call, action: (surfaces: Surfaces) => Promise<T>) => Promise<T>;

const READS: readonly string[] = ['get', 'list', 'scan'];

/** Makes the same surfaces as `shape`, with the same methods. */
export function facadeOf(shape: Surfaces, run: Run): Surfaces {
  const { streamRepository, idempotencyStore, exportRepository } = shape;
  const { streams, users, activity } = streamRepository ?? {};
  return defined({
    streamRepository:
      streamRepository &&
      defined({
        streams: streams && forward(streams, (all) => all.streamRepository?.streams, run),
        users: users && forward(users, (all) => all.streamRepository?.users, run),
        activity: activity && forward(activity, (all) => all.streamRepository?.activity, run),
        withLock: streamRepository.withLock && locking(run),
      }),
    idempotencyStore: idempotencyStore && forward(idempotencyStore, (all) => all.idempotencyStore, run),
    exportRepository: exportRepository && {
      jobs: forward(exportRepository.jobs, (all) => all.exportRepository?.jobs, run),
      audit: forward(exportRepository.audit, (all) => all.exportRepository?.audit, run),
    },
  });
}

function locking(run: Run): NonNullable<NonNullable<Surfaces['streamRepository']>['withLock']> {
  return (streamId, callback, options = {}) => {
    const start = performance.now();
    const { timeoutMs, signal } = options;
    return run({ is: 'section', timeoutMs, signal }, async ({ streamRepository }) => {
      const waited = performance.now() - start;
      const left =
        timeoutMs === undefined
          ? {}
          : { timeoutMs: waited < 1 ? timeoutMs : Math.max(0, timeoutMs - waited) };
      if (streamRepository?.withLock === undefined) throw lacking('withLock');
      return streamRepository.withLock(streamId, callback, { ...options, ...left });
    });
  };
}

function forward<S extends object>(shape: S, storeIn: (surfaces: Surfaces) => S | undefined, run: Run): S {
  const methods = Object.keys(shape).map((name) => [
    name,
    async (...given: readonly unknown[]) =>
      run({ is: READS.includes(name) ? 'read' : 'write' }, async (surfaces) => {
        const store = storeIn(surfaces);
        const method = store?.[name as keyof S];
        if (typeof method !== 'function') throw lacking(name);
        return (await Reflect.apply(method, store, given)) as unknown;
      }),
  ]);
  return Object.fromEntries(methods) as S;
}

function lacking(name: string): StorageError {
  return new StorageError(
    'UNSUPPORTED',
    `Expected the side that decides now to have ${name}, which its adapter lacks. Hand the authority back.`,
  );
}
