import { codeOf, type ActivityStore, type StreamStore } from '../../contract/index.ts';
import { extend, lockOf, replaceLock, type Mutant } from '../mutant.ts';

/** The driver's error for a unique index is passed on unchanged. */
export const rawDriverError: Mutant = {
  name: 'raw-driver-error',
  origin:
    'The INSERT of an event is not wrapped: its caller gets the code 23505, which is specific to one database.',
  clauses: ['ERR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const repository = adapter.streamRepository;
    const activity = repository?.activity;
    if (repository === undefined || activity === undefined) return adapter;
    const raw: ActivityStore = {
      list: (request) => activity.list(request),
      scan: (request) => activity.scan(request),
      append: async (event) => {
        try {
          return await activity.append(event);
        } catch (error) {
          if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
          const said = 'duplicate key value violates unique constraint "activity_pkey"';
          throw Object.assign(new Error(said), { code: '23505', severity: 'ERROR' });
        }
      },
    };
    return extend(adapter, { streamRepository: { ...repository, activity: raw } });
  },
};

/** The driver's error for a wait that timed out is passed on unchanged. */
export const rawLockTimeout: Mutant = {
  name: 'raw-lock-timeout',
  origin: 'lock_timeout of PostgreSQL is SQLSTATE 55P03, which nobody translates.',
  clauses: ['LOCK-13'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, async (id, callback, options) => {
      try {
        return await lockOf(adapter)(id, callback, options);
      } catch (error) {
        if (codeOf(error) !== 'LOCK_TIMEOUT') throw error;
        throw Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
      }
    }),
};

/** The valid part of a refused stream is stored before the rest is checked. */
export const partlyStored: Mutant = {
  name: 'partly-stored',
  origin:
    'The columns are written first, and then the JSON document is refused, without a transaction around both.',
  clauses: ['ERR-03'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const repository = adapter.streamRepository;
    const streams = repository?.streams;
    if (repository === undefined || streams === undefined) return adapter;
    return extend(adapter, { streamRepository: { ...repository, streams: columnsFirst(streams) } });
  },
};

function columnsFirst(streams: StreamStore): StreamStore {
  return {
    ...streams,
    put: async (stream) => {
      try {
        return await streams.put(stream);
      } catch (error) {
        const stored = codeOf(error) === 'INVALID_RECORD' ? await found(streams, stream.id) : undefined;
        const { nextAction } = stream;
        if (stored !== undefined && typeof nextAction === 'string')
          await Promise.resolve(streams.put({ ...stored, nextAction })).catch(() => undefined);
        throw error;
      }
    },
  };
}

async function found(streams: StreamStore, id: string): Promise<Awaited<ReturnType<StreamStore['get']>>> {
  return Promise.resolve(streams.get(id)).catch(() => undefined);
}
