import { StorageError, type Stage } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { replaceOuterStore } from '../stores.ts';
import { lockOf, replaceLock } from '../mutant.ts';
import { migrationOf, overSides, replaceMigration, streamsOf } from './parts.ts';

/** The longest time that a timer takes, in milliseconds: 24 days. */
const FOR_EVER_MS = 2 ** 31 - 1;

export const newSideUnbounded: Mutant = {
  name: 'new-side-unbounded',
  origin:
    'The client of the new database has no timeout: while that was frozen for ten seconds, every request of the application was, too.',
  clauses: ['MIG-10'],
  bases: ['migration'],
  mutate: (adapter) => overSides(adapter, () => ({}), { newSideBoundMs: FOR_EVER_MS }),
};

export const newSideAskedFirst: Mutant = {
  name: 'new-side-asked-first',
  origin:
    'A health check of both databases before each request: if the new one fails, the instance answers with 503.',
  clauses: ['MIG-10'],
  bases: ['migration'],
  mutate(adapter) {
    const other = streamsOf(migrationOf(adapter).new);
    return replaceOuterStore(adapter, 'streams', (streams) => ({
      ...streams,
      async get(id) {
        await other.get('health');
        return streams.get(id);
      },
    }));
  },
};

export const newLockRequired: Mutant = {
  name: 'new-lock-required',
  origin: 'Both locks or none: a section that cannot get the second lock is refused.',
  clauses: ['MIG-10'],
  bases: ['migration'],
  mutate(adapter) {
    const other = migrationOf(adapter).new;
    return replaceLock(adapter, async (id, callback, options) => {
      try {
        await lockOf(other)(`health-${id}`, async () => undefined, options);
      } catch (cause) {
        throw new StorageError('UNAVAILABLE', 'The new side gives no locks. Nothing was changed.', { cause });
      }
      return lockOf(adapter)(id, callback, options);
    });
  },
};

export const scansUnbounded: Mutant = {
  name: 'scans-unbounded',
  origin:
    'Single reads of the new database have a timeout and fall back to the old one. The nightly export reads pages by another client.',
  clauses: ['MIG-10'],
  bases: ['migration'],
  mutate(adapter) {
    const other = streamsOf(migrationOf(adapter).new);
    let stage: Stage = 'dual';
    const moving = replaceMigration(adapter, (migration) => ({
      async moveTo(next) {
        await migration.moveTo(next);
        stage = next;
      },
    }));
    return replaceOuterStore(moving, 'streams', (streams) => ({
      ...streams,
      scan: (request) => (stage === 'cut-over' ? other : streams).scan(request),
    }));
  },
};
