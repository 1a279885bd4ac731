import { decodeListCursor, type ActivityEvent, type StorageAdapter } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { pageOf, readAll, replaceLists, type ListRequest } from '../stores.ts';

/**
 * `adapter`, whose lists of activity show the events that `isShown` accepts. Lists without a filter are unchanged.
 */
export function filteredList(
  adapter: StorageAdapter,
  isShown: (event: ActivityEvent, request: ListRequest) => boolean,
): StorageAdapter {
  return replaceLists(adapter, (read, shape) => {
    if (shape.name !== 'activity.list') return read;
    return async (request) => {
      const { limit, cursor, streamId, type } = request;
      if (streamId === undefined && type === undefined) return read(request);
      // The reference refuses an invalid request.
      await read({ limit, ...defined({ cursor }) });
      const behind = cursor === undefined ? undefined : decodeListCursor(cursor);
      const all = await readAll(read, { limit });
      const from = behind === undefined ? 0 : 1 + all.findIndex((item) => shape.idOf(item) === behind.id);
      const shown = all.slice(from).filter((item) => isShown(item as ActivityEvent, request));
      return pageOf(shown, limit, shape);
    };
  });
}
