import { takingUuids, UUIDS } from '../ids/takingUuids.ts';
import { withUuids } from '../ids/uuidColumns.ts';
import type { Equivalent } from '../mutant.ts';

/** On PostgreSQL its columns are of the type uuid. */
export const uuidsAlone: Equivalent = {
  name: 'uuids-alone',
  reason: 'Its ids are UUIDs, as it declares: no other id is asked for but to be refused.',
  bases: ['memory', 'postgres'],
  ids: UUIDS,
  rewrite: withUuids,
  mutate: takingUuids,
};
