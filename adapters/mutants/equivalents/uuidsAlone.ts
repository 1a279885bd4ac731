import { takingUuids, UUIDS } from '../ids/takingUuids.ts';
import { withUuids } from '../ids/uuidColumns.ts';
import type { Equivalent } from '../mutant.ts';

/** On PostgreSQL, the id columns have the type uuid. */
export const uuidsAlone: Equivalent = {
  name: 'uuids-alone',
  reason: 'Its ids are UUIDs, as it declares, so other ids are used only to test that they are refused.',
  bases: ['memory', 'postgres'],
  ids: UUIDS,
  rewrite: withUuids,
  mutate: takingUuids,
};
