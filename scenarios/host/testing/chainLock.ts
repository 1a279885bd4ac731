/** A correct adapter of one process: a chain of promises per stream, records in a Map. Namespaces share nothing. */
import {
  StorageError,
  type LockedView,
  type NewStream,
  type StreamRecord,
  type TargetDefinition,
} from '../../../adapters/contract/index.ts';

interface Space {
  readonly records: Map<string, StreamRecord>;
  readonly tails: Map<string, Promise<unknown>>;
}

const spaces = new Map<string, Space>();

function spaceOf(namespace: string): Space {
  const space = spaces.get(namespace) ?? { records: new Map(), tails: new Map() };
  spaces.set(namespace, space);
  return space;
}

function storeOf({ records }: Space, now: () => number): NonNullable<LockedView['streams']> {
  const save = (stream: NewStream): StreamRecord => {
    const at = new Date(now()).toISOString();
    const record = structuredClone({ createdAt: at, updatedAt: at, ...stream }) as StreamRecord;
    records.set(record.id, record);
    return structuredClone(record);
  };
  return {
    create: (stream) => {
      if (records.has(stream.id)) throw new StorageError('ALREADY_EXISTS', 'It is there.');
      return save(stream);
    },
    get: (id) => structuredClone(records.get(id)),
    put: (stream) => {
      if (!records.has(stream.id)) throw new StorageError('NOT_FOUND', 'It is not there.');
      return save(stream);
    },
    delete: (id) => records.delete(id),
    list: () => ({ items: [...records.values()] }),
    scan: () => ({ items: [...records.values()] }),
  };
}

const target: TargetDefinition = {
  name: 'chain-lock',
  version: '1.2.3',
  capabilities: { durable: false },
  open: ({ namespace, clock }) => {
    const space = spaceOf(namespace);
    const streams = storeOf(space, clock);
    return {
      streamRepository: {
        streams,
        withLock: (id, callback) => {
          const before = space.tails.get(id) ?? Promise.resolve();
          const section = (async () => {
            await before;
            return callback({ streams, signal: new AbortController().signal });
          })();
          space.tails.set(
            id,
            section.catch(() => {}),
          );
          return section;
        },
      },
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  },
  destroy: ({ namespace }) => void spaces.delete(namespace),
};
export default target;
