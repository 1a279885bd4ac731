/** The authority is checked or set at another time than that of the write. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  accepts,
  fenced,
  isSameAuthority,
  type Authority,
  type StorageAdapter,
  type Writer,
} from '../../contract/index.ts';
import { withAuthority, type Mutant } from '../mutant.ts';
import { acceptedIn, callAt, changeCalls } from './judging.ts';

const READS = /\.(get|list|scan)$/;
/** The time between the check and the write, in milliseconds. */
const BETWEEN_MS = 4;

export const judgedBefore: Mutant = {
  name: 'judged-before-the-write',
  origin: 'The epoch is read before the write, which is made even if the epoch has changed.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    const judging = (whole: StorageAdapter, writer: Writer | undefined): StorageAdapter =>
      changeCalls(whole, (path, call) => async (...args) => {
        if (READS.test(path) || path.endsWith('.withLock')) return call(...args);
        const state = await authority.get();
        if (!accepts(state, writer)) throw fenced(writer, state);
        await sleep(BETWEEN_MS);
        return callAt(authority.as(acceptedIn(await authority.get())), path)(...args);
      });
    return withAuthority(judging(adapter, undefined), {
      as: (writer) => judging(authority.as(writer), writer),
    });
  },
};

export const setAtOnce: Mutant = {
  name: 'set-before-drained',
  origin:
    'The operator is told that the authority has moved while sections of the old epoch are still running.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      async set(expected, next, drainMs) {
        const setting = Promise.resolve(authority.set(expected, next, drainMs));
        return Promise.race([setting, sleep(BETWEEN_MS).then(() => ({ ended: 0 }))]);
      },
    });
  },
};

export const endsAtOnce: Mutant = {
  name: 'drain-without-time',
  origin: 'Running sections are ended as soon as the authority moves, although they were to be given time.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) =>
    withAuthority(adapter, {
      set: (expected, next) => (adapter.authority as Authority).set(expected, next, 0),
    }),
};

export const setWithoutCompare: Mutant = {
  name: 'set-without-compare',
  origin:
    'The state is overwritten without a comparison: of two operators the later one wins, and neither is told.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      async set(_, next, drainMs) {
        const stored = await authority.get();
        return isSameAuthority(stored, next) ? { ended: 0 } : authority.set(stored, next, drainMs);
      },
    });
  },
};

export const readersRefused: Mutant = {
  name: 'readers-refused',
  origin: 'Instances of an old epoch are refused completely: even reads fail during the move.',
  clauses: ['MIG-07'],
  bases: ['memory'],
  mutate: (adapter) => {
    const authority = adapter.authority as Authority;
    return withAuthority(adapter, {
      as: (writer) =>
        changeCalls(authority.as(writer), (path, call) => async (...args) => {
          const state = await authority.get();
          if (READS.test(path) && !accepts(state, writer)) throw fenced(writer, state);
          return call(...args);
        }),
    });
  },
};
