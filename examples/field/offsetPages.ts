import { decodeCursor, encodeCursor, StorageError } from 'lockstep';
import { changeStreams, field } from './base.ts';

const ALL = 1000;

// LIMIT and OFFSET: the cursor is the number of rows to skip.
export default field('offset-pages', (adapter) =>
  changeStreams(adapter, (streams) => ({
    async scan({ limit, cursor }) {
      await streams.scan({ limit });
      const offset = cursor === undefined ? 0 : Number(/^offset-(\d+)$/.exec(decodeCursor(cursor))?.[1]);
      if (Number.isNaN(offset)) throw new StorageError('INVALID_CURSOR', 'Expected a cursor of this list.');
      const { items } = await streams.scan({ limit: ALL });
      const page = { items: items.slice(offset, offset + limit) };
      return items.length > offset + limit
        ? { ...page, nextCursor: encodeCursor(`offset-${offset + limit}`) }
        : page;
    },
  })),
);
