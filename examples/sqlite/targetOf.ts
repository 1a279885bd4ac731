/** The part of the target that no step changes: where the files are, and what a closed instance answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defineTarget,
  StorageError,
  type Clock,
  type Json,
  type StreamStore,
  type TargetDefinition,
} from 'lockstep';
import type { Database } from 'node-sqlite3-wasm';
import { databaseAt, dropDatabase } from './database.ts';

type CreateStore = (database: Database, clock: Clock) => StreamStore;

export function targetOf(createStore: CreateStore): TargetDefinition {
  return defineTarget({
    name: 'sqlite',
    start() {
      const folder = mkdtempSync(join(tmpdir(), 'sqlite-adapter-'));
      return { connection: folder, stop: () => rmSync(folder, { recursive: true, force: true }) };
    },
    open({ connection, namespace, clock }) {
      let closed = false;
      const close = async (): Promise<void> => {
        closed = true;
      };
      const streams = guarded(createStore(databaseAt(fileOf(connection, namespace)), clock), () => closed);
      return { streamRepository: { streams }, close, [Symbol.asyncDispose]: close };
    },
    destroy({ connection, namespace }) {
      const file = fileOf(connection, namespace);
      dropDatabase(file);
      rmSync(file, { force: true });
    },
  });
}

function fileOf(folder: Json, namespace: string): string {
  return join(folder as string, `${namespace}.sqlite`);
}

/** `store`, whose calls are CLOSED once `isClosed`. */
function guarded(store: StreamStore, isClosed: () => boolean): StreamStore {
  const guard =
    (call: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]) => {
      if (isClosed())
        throw new StorageError('CLOSED', 'Expected an open instance; it was closed. Open another.');
      return call(...args);
    };
  return Object.fromEntries(
    Object.entries(store).map(([name, call]) => [name, guard(call)]),
  ) as unknown as StreamStore;
}
