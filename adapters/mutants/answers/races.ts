/** Calls that race, and are told to try again where that is not true, or for ever. */
import { setImmediate as turn } from 'node:timers/promises';
import { StorageError } from '../../contract/index.ts';
import { replaceStore as replaceIdempotency } from '../idempotency/stores.ts';
import type { Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';

const BOTH = ['memory', 'postgres'] as const;

function later(id: string): StorageError {
  return new StorageError(
    'UNAVAILABLE',
    `Expected nobody else to write ${JSON.stringify(id)} just now. Nothing was stored; try again.`,
  );
}

/** The ids that are being written, and whether somebody else came meanwhile. */
class UnderWay {
  readonly #met = new Map<string, boolean>();

  /** Resolves when others could come; whether somebody had come before. */
  async enter(id: string): Promise<boolean> {
    const isSecond = this.#met.has(id);
    this.#met.set(id, isSecond);
    await turn();
    return isSecond;
  }

  /** Whether others had met it. */
  leave(id: string): boolean {
    const met = this.#met.get(id) === true;
    this.#met.delete(id);
    return met;
  }
}

/** Once two creations of a stream have met, the id cannot be created any more: not even told to exist. */
export const raceRefusedForEver: Mutant = {
  name: 'race-refused-for-ever',
  origin:
    'A map of promises joins equal calls, and keeps one that was rejected: everybody after it gets its error.',
  clauses: ['STREAM-02'],
  bases: BOTH,
  mutate: (adapter) => {
    const underWay = new UnderWay();
    const poisoned = new Set<string>();
    return replaceStore(adapter, 'streams', (store) => ({
      ...store,
      create: async (stream) => {
        const { id } = stream;
        if (await underWay.enter(id)) poisoned.add(id);
        if (poisoned.has(id)) throw later(id);
        underWay.leave(id);
        return store.create(stream);
      },
    }));
  },
};

/** The one that came first fails when others come, and those were told that its event exists. */
export const reservedThenFailed: Mutant = {
  name: 'reserved-then-failed',
  origin:
    'The id is reserved in a cache before the insert; the insert fails for the conflict, the reservation stays.',
  clauses: ['ACT-02'],
  bases: BOTH,
  mutate: (adapter) => {
    const underWay = new UnderWay();
    return replaceStore(adapter, 'activity', (store) => ({
      ...store,
      append: async (event) => {
        const { id } = event;
        if (await underWay.enter(id)) throw new StorageError('ALREADY_EXISTS', `Event ${id} exists.`);
        if (underWay.leave(id)) throw later(id);
        return store.append(event);
      },
    }));
  },
};

/** Who meets others is told to come again, and has stored the record all the same. */
export const laterAndStored: Mutant = {
  name: 'later-and-stored',
  origin: 'A time-out around the INSERT is answered with "try again"; the statement that was sent goes on.',
  clauses: ['IDEM-02'],
  bases: BOTH,
  mutate: (adapter) => {
    const underWay = new UnderWay();
    return replaceIdempotency(adapter, (store) => ({
      putIfAbsent: async (record) => {
        const { token } = record;
        if (await underWay.enter(token)) throw later(token);
        const answer = await store.putIfAbsent(record);
        if (underWay.leave(token)) throw later(token);
        return answer;
      },
    }));
  },
};
