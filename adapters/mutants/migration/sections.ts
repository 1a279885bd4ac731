import { setTimeout as sleep } from 'node:timers/promises';
import type { ActivityStore, StreamStore } from '../../contract/index.ts';
import { createMigratingAdapter } from '../../migration/index.ts';
import { extend, replaceView, type Mutant } from '../mutant.ts';
import { migrationOf, streamsOf } from './parts.ts';

/** The time between two copies of one section, in milliseconds. */
const APART_MS = 20;

export const sectionCopiedInParts: Mutant = {
  name: 'section-copied-in-parts',
  origin:
    'for (const row of written) await secondary.upsert(row): a reader of the new side finds a payment without its event.',
  clauses: ['TX-01'],
  bases: ['migration'],
  mutate(adapter) {
    const migration = migrationOf(adapter);
    const other = migration.new;
    const parted = replaceView(other, (view) => {
      const events = other.streamRepository?.activity as ActivityStore;
      const streams = streamsOf(other);
      return {
        ...view,
        streams: {
          ...(view.streams as StreamStore),
          create: (stream) => streams.create(stream),
          put: (stream) => streams.put(stream),
        },
        activity: {
          ...(view.activity as ActivityStore),
          async append(event) {
            await sleep(APART_MS);
            return events.append(event);
          },
        },
      };
    });
    const changed = createMigratingAdapter({ old: migration.old, new: parted, stage: 'cut-over' });
    return extend(changed, { migration: { ...migrationOf(changed), new: other } });
  },
};
