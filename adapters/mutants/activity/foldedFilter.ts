import type { ActivityEvent } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { filteredList } from './filteredList.ts';

/** Lists by type ignore case. */
export const foldedFilter: Mutant = {
  name: 'type-folded-filter',
  origin: 'A citext column, or the default collation of MySQL and SQL Server.',
  clauses: ['ACT-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    filteredList(
      adapter,
      ({ streamId, type }: ActivityEvent, request) =>
        (request.streamId === undefined || streamId === request.streamId) &&
        (request.type === undefined || type.toLowerCase() === request.type.toLowerCase()),
    ),
};
