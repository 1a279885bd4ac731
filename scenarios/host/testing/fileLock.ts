/** A correct adapter of several processes: a lock is a directory, a record is a file. `start` makes the folder. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError, type LockedView, type TargetDefinition } from '../../../adapters/contract/index.ts';

const POLL_MS = 2;

function storeOf(folder: string): NonNullable<LockedView['streams']> {
  const pathOf = (id: string): string => join(folder, `${id}.json`);
  const read = (id: string): ReturnType<typeof JSON.parse> =>
    existsSync(pathOf(id)) ? JSON.parse(readFileSync(pathOf(id), 'utf8')) : undefined;
  const write = (stream: { readonly id: string }): ReturnType<typeof JSON.parse> => {
    writeFileSync(pathOf(stream.id), JSON.stringify(stream));
    return read(stream.id);
  };
  return {
    create: write,
    get: read,
    put: write,
    delete: () => false,
    list: () => ({ items: [] }),
    scan: () => ({ items: [] }),
  };
}

async function acquire(path: string, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    try {
      mkdirSync(path);
      return;
    } catch {
      if (signal?.aborted === true) throw new StorageError('ABORTED', 'The wait was aborted.');
      await sleep(POLL_MS);
    }
  }
}

const target: TargetDefinition = {
  name: 'file-lock',
  capabilities: { crossInstance: true },
  start: () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-file-lock-'));
    return {
      connection: { folder },
      environment: { storage: 'files' },
      stop: () => rmSync(folder, { recursive: true }),
    };
  },
  open: ({ connection, namespace }) => {
    const folder = join((connection as { readonly folder: string }).folder, namespace);
    mkdirSync(folder, { recursive: true });
    const streams = storeOf(folder);
    return {
      streamRepository: {
        streams,
        withLock: async (id, callback, options) => {
          const lock = join(folder, `${id}.lock`);
          await acquire(lock, options?.signal);
          try {
            return await callback({ streams, signal: new AbortController().signal });
          } finally {
            rmdirSync(lock);
          }
        },
      },
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  },
  destroy: ({ connection, namespace }) =>
    rmSync(join((connection as { readonly folder: string }).folder, namespace), {
      recursive: true,
      force: true,
    }),
};
export default target;
