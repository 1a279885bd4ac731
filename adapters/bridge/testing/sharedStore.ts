/** A store of StreamPay's shape in files, which processes share: a file for each value, a folder as each lock. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError, type Timestamp } from '../../contract/index.ts';
import type { AppendOnlyStore, KeyValueStore, PersistenceStore } from '../store.ts';

const NONE = new Int32Array(new SharedArrayBuffer(4));
const POLL_MS = 1;

export function createSharedStore(folder: string): Required<Omit<PersistenceStore, 'ready' | 'drain'>> {
  const steps = new Steps(join(folder, 'step'));
  const write = (file: string, text: string): void => {
    // Nobody reads a file that is half written.
    const draft = `${file}.${process.pid}.draft`;
    writeFileSync(draft, text);
    renameSync(draft, file);
  };
  return {
    streams: valuesIn(join(folder, 'streams'), write),
    users: valuesIn(join(folder, 'users'), write),
    idempotency: valuesIn(join(folder, 'idempotency'), write),
    exportJobs: valuesIn(join(folder, 'jobs'), write),
    activity: logIn(join(folder, 'activity')),
    exportAudit: logIn(join(folder, 'audit')),
    step: (action) => steps.run(action),
    stamp: () => nextStamp(join(folder, 'clock'), write),
    withLock: lockIn(folder),
  };
}

type Write = (file: string, text: string) => void;

function valuesIn<V>(folder: string, write: Write): KeyValueStore<V> {
  mkdirSync(folder, { recursive: true });
  const fileOf = (key: string): string => join(folder, hashOf(key));
  return {
    get: (key) => parsed(fileOf(key)) as V | undefined,
    set: (key, value) => write(fileOf(key), JSON.stringify(value)),
    delete: (key) => {
      if (parsed(fileOf(key)) === undefined) return false;
      rmSync(fileOf(key), { force: true });
      return true;
    },
    values: () => {
      const names = readdirSync(folder).filter((name) => !name.endsWith('.draft'));
      return names.flatMap((name) => (parsed(join(folder, name)) as V | undefined) ?? []);
    },
  };
}

/** A line for each row. Every append looks at all of them, so what was read once is kept: rows never change. */
function logIn<V extends { readonly id: string }>(file: string): AppendOnlyStore<V> {
  const known: V[] = [];
  let length = 0;
  const rows = (): readonly V[] => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const added = text.slice(length).split('\n').slice(0, -1);
    known.push(...added.map((line) => JSON.parse(line) as V));
    length = text.length;
    return known;
  };
  return {
    push: (value) => appendFileSync(file, `${JSON.stringify(value)}\n`),
    some: (matches) => rows().some(matches),
    toArray: () => structuredClone(rows()),
  };
}

/** One step at a time, of all processes; a step within one is part of it. */
class Steps {
  readonly #path: string;
  #depth = 0;

  constructor(path: string) {
    this.#path = path;
  }

  run<T>(action: () => T): T {
    if (this.#depth === 0) while (!made(this.#path)) Atomics.wait(NONE, 0, 0, POLL_MS);
    this.#depth += 1;
    try {
      return action();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) rmdirSync(this.#path);
    }
  }
}

function lockIn(folder: string): NonNullable<PersistenceStore['withLock']> {
  const held = new AsyncLocalStorage<ReadonlySet<string>>();
  return async (id, callback) => {
    const own = held.getStore() ?? new Set<string>();
    if (own.has(id)) throw new StorageError('LOCK_REENTRANT', `Expected a lock that is not held: ${id}.`);
    const path = join(folder, `lock-${hashOf(id)}`);
    while (!made(path)) await sleep(POLL_MS);
    try {
      return await held.run(new Set([...own, id]), callback);
    } finally {
      rmdirSync(path);
    }
  };
}

/** A microsecond after the last one at least. */
function nextStamp(file: string, write: Write): Timestamp {
  const micros = Math.max(Number(parsed(file) ?? 0) + 1, Date.now() * 1000);
  write(file, String(micros));
  const digits = String(micros % 1000).padStart(3, '0');
  return new Date(Math.floor(micros / 1000)).toISOString().replace('Z', `${digits}Z`);
}

function made(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
