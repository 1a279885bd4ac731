import type { Mutant } from '../../mutant.ts';
import { pageOf, replaceLists, type Read } from '../../stores.ts';

/** A final status. */
const FINAL = 'withdrawn';

/** The list of withdrawn streams is empty. */
export const unlistedStatuses: Mutant = {
  name: 'unlisted-statuses',
  origin: 'A partial index, or a query for active streams, is also used for the lists of finished ones.',
  clauses: ['STREAM-10'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, shape) => {
      if (shape.name !== 'streams.list') return read;
      const alive: Read = async (request) =>
        request.status === FINAL ? pageOf([], request.limit, shape) : read(request);
      return alive;
    }),
};
