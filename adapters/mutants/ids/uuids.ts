/** Adapters that accept only UUIDs, with one seeded bug each. */
import { createHash } from 'node:crypto';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { replaceStore } from '../stores.ts';
import { takingUuids, UUIDS } from './takingUuids.ts';

export const undeclaredUuids: Mutant = {
  name: 'undeclared-uuids',
  origin:
    'The id columns have the type uuid, which the target does not declare: every ordinary id is refused.',
  clauses: ['STREAM-01'],
  bases: ['memory'],
  mutate: takingUuids,
};

/** Checks that the id is a UUID, and then takes the lock of `keyOf(id)`. */
function lockedBy(keyOf: (id: string) => string, about: Pick<Mutant, 'name' | 'origin' | 'clauses'>): Mutant {
  return {
    ...about,
    bases: ['memory'],
    ids: UUIDS,
    mutate: (adapter) => {
      const unchecked = replaceLock(adapter, (id, callback, options) =>
        lockOf(adapter)(keyOf(id), callback, options),
      );
      return takingUuids(unchecked);
    },
  };
}

/** 32 bits. */
const KEY_DIGITS = 8;

export const uuidStartLock: Mutant = lockedBy((id) => id.slice(0, KEY_DIGITS), {
  name: 'uuid-start-lock',
  origin:
    'The key of an advisory lock is the first 32 bits of a UUID: ids that were made within an hour share them.',
  clauses: ['LOCK-05'],
});

export const uuidEndLock: Mutant = lockedBy((id) => id.slice(-KEY_DIGITS), {
  name: 'uuid-end-lock',
  origin: 'The key of an advisory lock is the last 32 bits of a UUID.',
  clauses: ['LOCK-05'],
});

export const uuidLockByCall: Mutant = lockedBy(
  (id) => createHash('md5').update(`${id}${performance.now()}`).digest('hex'),
  {
    name: 'uuid-lock-by-call',
    origin: 'The key of the lock contains something that differs with each call, for example a request id.',
    clauses: ['LOCK-01'],
  },
);

/** Users are found by the first and last digits of their id. */
export const uuidWalletCut: Mutant = {
  name: 'uuid-wallet-cut',
  origin: 'Users are stored under a shortened wallet address, "c0ffee00…89ab", as it is displayed.',
  clauses: ['STREAM-02'],
  bases: ['memory'],
  ids: UUIDS,
  mutate: (adapter) =>
    takingUuids(
      replaceStore(adapter, 'users', (users) => {
        const shown = new Map<string, string>();
        const kept = (id: string): string => {
          const short = `${id.slice(0, KEY_DIGITS)}${id.slice(-KEY_DIGITS / 2)}`;
          const first = shown.get(short) ?? id;
          shown.set(short, first);
          return first;
        };
        return {
          get: (id) => users.get(typeof id === 'string' ? kept(id) : id),
          put: (user) => users.put(user),
          scan: (request) => users.scan(request),
        };
      }),
    ),
};
