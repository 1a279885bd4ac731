import type { ActivityEvent } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { filteredList } from './filteredList.ts';

/** The list of a stream also shows the events of streams whose ids begin with its id. */
export const prefixFilter: Mutant = {
  name: 'stream-prefix-filter',
  origin: "LIKE '$1%' or a key range `activity/s1` to `activity/s1\\uffff`: it contains s10, too.",
  clauses: ['ACT-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    filteredList(
      adapter,
      ({ streamId, type }: ActivityEvent, request) =>
        (request.streamId === undefined || streamId?.startsWith(request.streamId) === true) &&
        (request.type === undefined || type === request.type),
    ),
};
