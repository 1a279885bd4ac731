import { randomUUID } from 'node:crypto';
import type { StorageAdapter } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { overSides } from './parts.ts';

/** The side with a lock that excludes nobody: each caller locks an id of its own. */
function unlocked(side: StorageAdapter): StorageAdapter {
  return replaceLock(side, (_, callback, options) =>
    lockOf(side)(`alone-${randomUUID()}`, callback, options),
  );
}

export const oldLockAlone: Mutant = {
  name: 'old-lock-alone',
  origin:
    'Both sides are written under the lock that was always there; the first instances without the old side lock nothing that others know of.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ new: other }) => ({ new: unlocked(other) })),
};

export const newLockAlone: Mutant = {
  name: 'new-lock-alone',
  origin:
    'The version that writes to both sides has moved to the new lock already; instances of the version before still take the old one.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ old }) => ({ old: unlocked(old) })),
};

export const bridgeFoldsKey: Mutant = {
  name: 'bridge-folds-key',
  origin:
    'The new side locks a hash of the lower-cased id; versions that know of it alone hash the id as it is.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, (id, callback, options) => lockOf(other)(id.toLowerCase(), callback, options)),
    })),
};

export const bridgeTrims: Mutant = {
  name: 'bridge-trims',
  origin:
    'The key of the new lock is a CHAR column of normalized text: ids with a blank at the end, or with accents of their own, have the lock of others.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, (id, callback, options) =>
        lockOf(other)(id.normalize('NFC').trimEnd(), callback, options),
      ),
    })),
};
