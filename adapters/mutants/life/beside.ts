/** Every answer is correct. The bug is outside of the calls. */
import { EventEmitter } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { codeOf } from '../../contract/index.ts';
import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** A waiter that gave up leaves a promise that rejects later without a handler. */
export const waiterForgotten: Mutant = {
  name: 'waiter-forgotten',
  origin:
    'Promise.race of the wait and its timeout: the loser rejects a moment later, and Node.js ends the process.',
  clauses: ['LOCK-13', 'LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      try {
        return await lockOf(adapter)(id, callback, options);
      } catch (error) {
        if (codeOf(error) === 'LOCK_TIMEOUT')
          void Promise.reject(new Error('the wait for a lock was given up'));
        throw error;
      }
    }),
};

/** Only callers that find the stream locked leave a rejection, one turn of the event loop later. */
export const watcherOfWaiters: Mutant = {
  name: 'watcher-of-waiters',
  origin: 'A subscription to the release of the lock: its connection breaks after the lock was granted.',
  clauses: ['LOCK-09', 'LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter, { options: { namespace } }) => {
    const wanted = new Map<string, number>();
    return replaceLock(adapter, async (id, callback, options) => {
      const key = `${namespace}:${id}`;
      const before = wanted.get(key) ?? 0;
      wanted.set(key, before + 1);
      if (before > 0) setImmediate(() => void Promise.reject(new Error('lock watcher: socket hang up')));
      try {
        return await lockOf(adapter)(id, callback, options);
      } finally {
        wanted.set(key, (wanted.get(key) ?? 1) - 1);
      }
    });
  },
};

/** close resolves, and then an error event without a handler is emitted. */
export const errorAfterClose: Mutant = {
  name: 'error-after-close',
  origin:
    'A pool without a handler for "error": an idle connection that breaks after close ends the process.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const pool = new EventEmitter();
    return extend(adapter, {
      close: async () => {
        await adapter.close();
        setTimeout(() => pool.emit('error', new Error('Connection terminated unexpectedly')), 5);
      },
    });
  },
};

/** Every instance has a server that keeps listening after close. */
export const serverLeftOpen: Mutant = {
  name: 'server-left-open',
  origin: 'A metrics endpoint that each instance opens and never closes: the process does not end by itself.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    createServer().listen(0, '127.0.0.1');
    return adapter;
  },
};

/**
 * Each instance keeps a file descriptor open. Nothing keeps the process alive, but one day it can open no more files.
 */
export const descriptorLeft: Mutant = {
  name: 'descriptor-left',
  origin: 'A log file that every instance opens: EMFILE after some thousand instances.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    openSync('/dev/null', 'r');
    return adapter;
  },
};

/** Each instance leaves a listener, which keeps the instance in memory as long as the process lives. */
export const listenerLeft: Mutant = {
  name: 'listener-left',
  origin:
    'process.on("beforeExit", () => pool.end()) in the constructor: MaxListenersExceededWarning after ten instances.',
  clauses: ['LIFE-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    process.on('beforeExit', () => void adapter.close());
    return adapter;
  },
};
