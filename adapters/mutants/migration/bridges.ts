import { randomUUID } from 'node:crypto';
import type { StorageAdapter } from '../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../mutant.ts';
import { overSides } from './parts.ts';

/** A side whose lock excludes nobody: each caller locks an id of its own. */
function unlocked(side: StorageAdapter): StorageAdapter {
  return replaceLock(side, (_, callback, options) =>
    lockOf(side)(`alone-${randomUUID()}`, callback, options),
  );
}

export const oldLockAlone: Mutant = {
  name: 'old-lock-alone',
  origin:
    'Both sides are written under the old lock; the first instances without the old side take a lock that no others take.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ new: other }) => ({ new: unlocked(other) })),
};

export const newLockAlone: Mutant = {
  name: 'new-lock-alone',
  origin:
    'The version that writes to both sides has moved to the new lock; instances of the previous version still take the old one.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, ({ old }) => ({ old: unlocked(old) })),
};

export const bridgeFoldsKey: Mutant = {
  name: 'bridge-folds-key',
  origin:
    'The new side locks a hash of the lower-cased id; versions that know only that side hash the id unchanged.',
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
    'The key of the new lock is a CHAR column of normalized text: ids that differ by trailing blanks or accents share a lock.',
  clauses: ['MIG-02'],
  bases: ['migration'],
  mutate: (adapter) =>
    overSides(adapter, ({ new: other }) => ({
      new: replaceLock(other, (id, callback, options) =>
        lockOf(other)(id.normalize('NFC').trimEnd(), callback, options),
      ),
    })),
};
