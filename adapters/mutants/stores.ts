/** Changes the stores of streams, users and activity, outside of sections and in their views. */
import {
  encodeListCursor,
  encodeScanCursor,
  type ActivityEvent,
  type Awaitable,
  type LockedView,
  type NewStream,
  type Page,
  type PageRequest,
  type StorageAdapter,
  type StreamRecord,
  type StreamRepository,
  type StreamStatus,
  type UserRecord,
} from '../contract/index.ts';
import { changeWriters, extend, replaceView } from './mutant.ts';

type Stores = Required<Pick<StreamRepository, 'streams' | 'users' | 'activity'>>;

/** `adapter` with a changed store of `surface`, also in its views. An adapter without this store stays unchanged. */
export function replaceStore<K extends keyof Stores>(
  adapter: StorageAdapter,
  surface: K,
  change: (store: Stores[K]) => Stores[K],
): StorageAdapter {
  const outside = replaceOuterStore(adapter, surface, change);
  return replaceView(outside, (view) => changed(view, surface, change));
}

/**
 * `adapter` with a changed store of `surface`. Its writers have the changed store too, but views keep that of the
 * reference.
 */
export function replaceOuterStore<K extends keyof Stores>(
  adapter: StorageAdapter,
  surface: K,
  change: (store: Stores[K]) => Stores[K],
): StorageAdapter {
  const repository = adapter.streamRepository as StreamRepository;
  const outside = extend(adapter, { streamRepository: changed(repository, surface, change) });
  return changeWriters(outside, (writer) => replaceOuterStore(writer, surface, change));
}

function changed<K extends keyof Stores, T extends StreamRepository | LockedView>(
  holder: T,
  surface: K,
  change: (store: Stores[K]) => Stores[K],
): T {
  const store = holder[surface] as Stores[K] | undefined;
  return store === undefined ? holder : { ...holder, [surface]: change(store) };
}

/** How streams are changed on their way. Default: unchanged. */
export interface StreamPassage {
  readonly incoming?: (stream: NewStream) => NewStream;
  readonly outgoing?: (stream: StreamRecord) => StreamRecord;
}

/** `adapter`, whose streams are changed on their way into the storage or out of it. */
export function passStreams(
  adapter: StorageAdapter,
  { incoming = (stream) => stream, outgoing = (stream) => stream }: StreamPassage,
): StorageAdapter {
  return replaceStore(adapter, 'streams', (store) => ({
    create: async (stream) => outgoing(await store.create(incoming(stream))),
    put: async (stream) => outgoing(await store.put(incoming(stream))),
    get: async (id) => {
      const stream = await store.get(id);
      return stream === undefined ? undefined : outgoing(stream);
    },
    delete: (id) => store.delete(id),
    list: async (request) => mapPage(await store.list(request), outgoing),
    scan: async (request) => mapPage(await store.scan(request), outgoing),
  }));
}

export function mapPage<T>(page: Page<T>, change: (item: T) => T): Page<T> {
  return { ...page, items: page.items.map(change) };
}

export type Item = StreamRecord | UserRecord | ActivityEvent;
/** A request to any list. */
export interface ListRequest extends PageRequest {
  readonly status?: StreamStatus;
  readonly streamId?: string;
  readonly type?: string;
}
/** One list, as a function. */
export type Read = (request: ListRequest) => Promise<Page<Item>>;

/** What a change must know about a list. */
export interface ListShape {
  readonly name: 'streams.list' | 'streams.scan' | 'users.scan' | 'activity.list' | 'activity.scan';
  /** Lists are sorted by time and id, scans by id. */
  readonly by: 'time' | 'id';
  readonly latestFirst: boolean;
  readonly idOf: (item: Item) => string;
  /** The time of an item. Scans have one too, although they do not sort by it. */
  readonly timeOf: (item: Item) => string;
  /** The cursor after `item`. */
  readonly cursorAt: (item: Item) => string;
}

const idOf = (item: Item): string => ('walletAddress' in item ? item.walletAddress : item.id) as string;
const timeOf = (item: Item): string => ('timestamp' in item ? item.timestamp : item.createdAt) as string;

function shapeOf(name: ListShape['name'], latestFirst = false): ListShape {
  const by = name.endsWith('.scan') ? 'id' : 'time';
  return {
    name,
    by,
    latestFirst,
    idOf,
    timeOf,
    cursorAt: (item) =>
      by === 'id'
        ? encodeScanCursor(idOf(item))
        : encodeListCursor({ timestamp: timeOf(item), id: idOf(item) }),
  };
}

/** `adapter` with changed lists and scans of streams, users and activity. */
export function replaceLists(
  adapter: StorageAdapter,
  change: (read: Read, shape: ListShape) => Read,
): StorageAdapter {
  const changed = <T extends Item>(
    read: (request: ListRequest) => Awaitable<Page<T>>,
    shape: ListShape,
  ): ((request: ListRequest) => Promise<Page<T>>) =>
    change(async (request) => read(request), shape) as (request: ListRequest) => Promise<Page<T>>;
  const streams = replaceStore(adapter, 'streams', (store) => ({
    ...store,
    list: changed((request) => store.list(request), shapeOf('streams.list')),
    scan: changed((request) => store.scan(request), shapeOf('streams.scan')),
  }));
  const users = replaceStore(streams, 'users', (store) => ({
    ...store,
    scan: changed((request) => store.scan(request), shapeOf('users.scan')),
  }));
  return replaceStore(users, 'activity', (store) => ({
    ...store,
    list: changed((request) => store.list(request), shapeOf('activity.list', true)),
    scan: changed((request) => store.scan(request), shapeOf('activity.scan')),
  }));
}

/** All rows of a list, regardless of the cursor of `request`. */
export async function readAll(read: Read, request: ListRequest): Promise<Item[]> {
  const { cursor: _cursor, ...rest } = request;
  const items: Item[] = [];
  let page = await read({ ...rest, limit: 1000 });
  items.push(...page.items);
  while (page.nextCursor !== undefined) {
    page = await read({ ...rest, limit: 1000, cursor: page.nextCursor });
    items.push(...page.items);
  }
  return items;
}

/** The first `limit` of `items` (the rows after a cursor), with a cursor if there are more. */
export function pageOf(items: readonly Item[], limit: number, { cursorAt }: ListShape): Page<Item> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return items.length > limit && last !== undefined
    ? { items: shown, nextCursor: cursorAt(last) }
    : { items: shown };
}
