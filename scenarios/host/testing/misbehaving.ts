/** An adapter that does what none should: which, is said by the stream's id, or by the namespace for open and close. */
import type { StorageAdapter, StreamStore, TargetDefinition } from '../../../adapters/contract/index.ts';

const MISDEEDS: Readonly<Record<string, () => unknown>> = {
  exit: () => process.exit(3),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  // As a loop without an end does, and leaves the processor to others.
  block: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  flood: async () => {
    for (let line = 0; line < 20_000; line += 1) console.log('x'.repeat(200));
    process.stderr.write('the end of the flood');
    return undefined;
  },
  'a map': () => new Map(),
  'a function': () => ({ inner: [() => 1] }),
  'the time': () => Date.now(),
  'the zone': () => (0 - new Date(0).getTimezoneOffset()) / 60,
  'a string': () => {
    throw 'just text';
  },
  'a stray': () => {
    void Promise.reject(new Error('nobody waits for this'));
    process.nextTick(() => {
      throw new Error('thrown outside any call');
    });
  },
  'nothing yet': () => new Promise(() => {}),
};

function misbehave(id: string): unknown {
  return MISDEEDS[id]?.();
}

const streams = {
  get: misbehave,
  create: (stream: { readonly id: string }) => misbehave(stream.id),
  put: (stream: { readonly id: string }) => misbehave(stream.id),
  delete: misbehave,
  list: () => ({ items: [] }),
  scan: () => ({ items: [] }),
} as unknown as StreamStore;

function closing(namespace: string): () => Promise<void> {
  if (namespace === 'never_closes') return () => new Promise(() => {});
  if (namespace === 'close_fails') return () => Promise.reject(new Error('cannot close'));
  if (namespace === 'leaks_a_timer') {
    return async () => {
      setInterval(() => {}, 1000);
    };
  }
  return async () => {};
}

const target: TargetDefinition = {
  name: 'misbehaving',
  start: ({ pg }) => {
    if (pg === 'refused') throw new Error('connection refused');
    return { connection: { at: pg }, stop: () => Promise.reject(new Error('cannot stop')) };
  },
  open: ({ namespace }) => {
    if (namespace === 'cannot_open') throw new Error('no such storage');
    if (namespace === 'no_adapter') return { streamRepository: { streams: {} } } as unknown as StorageAdapter;
    return {
      streamRepository: { streams, withLock: (id, callback) => callback(misbehave(id) as never) },
      close: closing(namespace),
      [Symbol.asyncDispose]: async () => {},
    };
  },
  codec: {
    encodeCursor: (id) => {
      if (id === '') throw new Error('empty');
      return `own ${id}`;
    },
  },
};
export default target;
