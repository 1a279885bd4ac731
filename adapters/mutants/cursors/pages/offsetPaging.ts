import { decodeCursor, encodeCursor, StorageError } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { readAll, replaceLists } from '../../stores.ts';

/** The cursor is the number of rows to skip. */
export const offsetPaging: Mutant = {
  name: 'offset-paging',
  origin: 'LIMIT and OFFSET: storing or removing a row before the cursor moves all rows after it.',
  clauses: ['CUR-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read) => async (request) => {
      const { limit, cursor } = request;
      const { cursor: _cursor, ...first } = request;
      await read(first);
      const offset = cursor === undefined ? 0 : offsetIn(cursor);
      const rest = (await readAll(read, request)).slice(offset);
      const items = rest.slice(0, limit);
      return rest.length > limit
        ? { items, nextCursor: encodeCursor(`offset-${offset + limit}`) }
        : { items };
    }),
};

function offsetIn(cursor: string): number {
  const match = /^offset-([1-9]\d*)$/.exec(decodeCursor(cursor));
  if (match === null) throw new StorageError('INVALID_CURSOR', 'Expected a cursor that a list returned.');
  return Number(match[1]);
}
