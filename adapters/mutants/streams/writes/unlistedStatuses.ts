import type { Mutant } from '../../mutant.ts';
import { pageOf, replaceLists, type Read } from '../../stores.ts';

/** One that a stream ends in. */
const FINAL = 'withdrawn';

/** A list of withdrawn streams shows none of them. */
export const unlistedStatuses: Mutant = {
  name: 'unlisted-statuses',
  origin: 'A partial index, or a query for what is still alive, serves the lists of finished streams, too.',
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
