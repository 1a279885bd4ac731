/**
 * Adapters that harm their host: they hang, end their process, flood it, leave things behind, or lie to it. Each is the
 * memory adapter with one change. target.ts makes targets of them. docs/security.md describes the effect of each.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { writeSync } from 'node:fs';
import type { StorageAdapter, TargetDefinition } from '../contract/index.ts';
import { around, type AroundCall } from './around.ts';

export interface Hostile {
  readonly name: string;
  /** A description for a table: a sentence without its subject. */
  readonly does: string;
  /** Runs while the module is imported. The import waits for it. */
  readonly atImport?: () => unknown;
  /** The members of the target that differ. */
  readonly target?: (base: TargetDefinition) => Partial<TargetDefinition>;
  /** Runs at each call of an instance. */
  readonly act?: AroundCall;
}

const LOCK = 'streamRepository.withLock';
const GET = 'streamRepository.streams.get';
const FLOOD = 'x'.repeat(1024 * 1024);

const never = (): Promise<never> => new Promise(() => {});

function spin(): never {
  for (;;);
}

let calls = 0;
let isSpawned = false;

export const HOSTILE: readonly Hostile[] = [
  { name: 'import-never-ends', does: 'awaits forever at the top of its module', atImport: never },
  { name: 'import-spins', does: 'loops forever at the top of its module', atImport: spin },
  {
    name: 'import-exits',
    does: 'calls `process.exit(0)` at the top of its module',
    atImport: () => process.exit(0),
  },
  { name: 'start-never-ends', does: '`start` never settles', target: () => ({ start: never }) },
  { name: 'open-never-ends', does: '`open` never settles', target: () => ({ open: never }) },
  {
    name: 'close-never-ends',
    does: '`close` of an instance never settles',
    act: (path, call) => (path === 'close' ? never() : call()),
  },
  { name: 'destroy-never-ends', does: '`destroy` never settles', target: () => ({ destroy: never }) },
  {
    name: 'stop-never-ends',
    does: '`stop` never settles',
    target: () => ({ start: () => ({ connection: null, environment: null, stop: never }) }),
  },
  {
    name: 'lock-never-granted',
    does: '`withLock` never calls back',
    act: (path, call) => (path === LOCK ? never() : call()),
  },
  {
    name: 'call-spins',
    does: 'loops forever in a read',
    act: (path, call) => (path === GET && (calls += 1) > 20 ? spin() : call()),
  },
  {
    name: 'call-exits',
    does: 'calls `process.exit(0)` in a read',
    act: (path, call) => (path === GET && (calls += 1) > 20 ? process.exit(0) : call()),
  },
  {
    name: 'floods-output',
    does: 'writes a megabyte to stdout and to stderr on each read',
    act: (path, call) => {
      if (path === GET) for (const stream of [process.stdout, process.stderr]) stream.write(FLOOD);
      return call();
    },
  },
  {
    name: 'steers-terminals',
    does: 'fails with commands for a CI runner and escape codes in its message',
    act: (path, call) => {
      if (path !== GET) return call();
      throw new Error('\n::error file=a.ts::obeyed\n##[error]obeyed\n\u001b[2J\u001b]0;obeyed\u0007');
    },
  },
  {
    name: 'stray-rejection',
    does: 'leaves a rejection unhandled on each `close`, which would end a plain Node.js process',
    act: (path, call) => {
      if (path === 'close') void Promise.reject(new Error('the pool was ended twice'));
      return call();
    },
  },
  {
    name: 'leaks',
    does: 'leaves a listening server and a timer behind with each instance',
    target: (base) => ({
      open: (options) => {
        createServer().listen(0, '127.0.0.1');
        setInterval(() => {}, 60_000);
        return base.open(options);
      },
    }),
  },
  {
    name: 'leaves-processes',
    does: 'starts a process that leaves its process group',
    act: (_path, call) => {
      if (!isSpawned) {
        isSpawned = true;
        spawn('sleep', ['600'], { detached: true, stdio: ['ignore', 1, 2, 3] }).unref();
      }
      return call();
    },
  },
  {
    name: 'answers-garbage',
    does: 'answers a read with an object that contains itself',
    act: (path, call) => {
      if (path !== GET) return call();
      const loop: Record<string, unknown> = {};
      loop['loop'] = loop;
      return loop;
    },
  },
  {
    name: 'breaks-the-channel',
    does: 'writes its own lines to the descriptor of its channel to lockstep',
    act: (_path, call) => {
      writeSync(3, '{"id":1,"output":null}\n[]\nnonsense\n');
      return call();
    },
  },
];

/** The target of one hostile adapter, made from the target of the memory adapter. */
export async function hostileTarget(name: string, base: TargetDefinition): Promise<TargetDefinition> {
  const found = HOSTILE.find((one) => one.name === name);
  if (found === undefined)
    throw new RangeError(`Expected one of ${HOSTILE.map((one) => one.name).join(', ')}.`);
  await found.atImport?.();
  const { act } = found;
  const changed: TargetDefinition = { ...base, ...found.target?.(base), name };
  if (act === undefined) return changed;
  const open = async (options: Parameters<TargetDefinition['open']>[0]): Promise<StorageAdapter> =>
    around(await changed.open(options), act);
  return { ...changed, open };
}
