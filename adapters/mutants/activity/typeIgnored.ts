import type { ActivityEvent } from '../../contract/index.ts';
import type { Mutant } from '../mutant.ts';
import { filteredList } from './filteredList.ts';

/** A list by stream and type ignores the type. */
export const typeIgnored: Mutant = {
  name: 'type-ignored',
  origin: '`if (streamId) … else if (type) …`: the second filter is never reached.',
  clauses: ['ACT-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    filteredList(adapter, ({ streamId, type }: ActivityEvent, request) =>
      request.streamId === undefined ? type === request.type : streamId === request.streamId,
    ),
};
