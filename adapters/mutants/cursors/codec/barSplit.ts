import { decodeCursor, encodeCursor } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

/** The part of a list cursor after a second bar is lost. */
export const barSplit: Mutant = {
  name: 'bar-split',
  origin: "`const [timestamp, id] = text.split('|')`: an id may contain the separator, too.",
  clauses: ['CUR-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { by }) => async (request) => {
      if (by === 'id' || request.cursor === undefined) return read(request);
      const [timestamp, id] = decodeCursor(request.cursor).split('|');
      return read({
        ...request,
        cursor: encodeCursor(id === undefined ? `${timestamp}` : `${timestamp}|${id}`),
      });
    }),
};
