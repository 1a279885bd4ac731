/** Racing calls are told to try again although they have stored something, or although every retry fails. */
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

/** The ids that are being written, and whether another call for the same id has come in the meantime. */
class UnderWay {
  readonly #met = new Map<string, boolean>();

  /** Resolves after other calls had a chance to come. Returns whether another call was there before. */
  async enter(id: string): Promise<boolean> {
    const isSecond = this.#met.has(id);
    this.#met.set(id, isSecond);
    await turn();
    return isSecond;
  }

  /** Returns whether another call came in the meantime. */
  leave(id: string): boolean {
    const met = this.#met.get(id) === true;
    this.#met.delete(id);
    return met;
  }
}

/** After two creations of a stream have raced, its id can never be created: every call is told to try again. */
export const raceRefusedForEver: Mutant = {
  name: 'race-refused-for-ever',
  origin: 'A map of promises joins equal calls and keeps a rejected one: every later call gets its error.',
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

/** The first append fails if another one comes, but the other one was told that the event exists. */
export const reservedThenFailed: Mutant = {
  name: 'reserved-then-failed',
  origin:
    'The id is reserved in a cache before the insert. The insert fails with a conflict, and the reservation stays.',
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

/** A racing call is told to try again although it has stored its record. */
export const laterAndStored: Mutant = {
  name: 'later-and-stored',
  origin:
    'A timeout around the INSERT is reported as "try again", but the statement was sent and is executed.',
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
