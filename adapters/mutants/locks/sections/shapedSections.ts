/** Bugs of only one shape of sections, which plain sections do not show. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type {
  LockedView,
  LockOptions,
  StorageAdapter,
  StreamRecord,
  StreamStore,
} from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** How a section was requested: its options, and whether it is nested. */
interface Asked {
  readonly options: LockOptions;
  readonly isNested: boolean;
}

const BOTH = ['memory', 'postgres'] as const;

/** Sections for which `is` returns true get a changed view. */
function shaped(
  about: Pick<Mutant, 'name' | 'origin' | 'clauses'>,
  is: (asked: Asked) => boolean,
  change: (view: LockedView, adapter: StorageAdapter) => LockedView,
): Mutant {
  return {
    ...about,
    bases: BOTH,
    mutate: (adapter) => {
      const around = new AsyncLocalStorage<true>();
      return replaceLock(adapter, (id, callback, options) => {
        const odd = is({ options: options ?? {}, isNested: around.getStore() === true });
        return lockOf(adapter)(
          id,
          (view) => around.run(true, () => callback(odd ? change(view, adapter) : view)),
          options,
        );
      });
    },
  };
}

const eventsOutside = (view: LockedView, { streamRepository }: StorageAdapter): LockedView =>
  streamRepository?.activity === undefined ? view : { ...view, activity: streamRepository.activity };

const replaysOutside = (view: LockedView, { idempotencyStore }: StorageAdapter): LockedView =>
  idempotencyStore === undefined ? view : { ...view, idempotency: idempotencyStore };

const isBounded = ({ options }: Asked): boolean => options.timeoutMs !== undefined;

/** The events of a section whose wait has a timeout are written outside its transaction. */
export const boundedEventOutside: Mutant = shaped(
  {
    name: 'bounded-event-outside',
    origin:
      'The path with a timeout was written later and builds its own view: one repository in it uses the pool.',
    clauses: ['ACT-03', 'TX-01'],
  },
  isBounded,
  eventsOutside,
);

/** The idempotency records of a section whose wait has a timeout are written outside its transaction. */
export const boundedReplayOutside: Mutant = shaped(
  {
    name: 'bounded-replay-outside',
    origin: 'Like bounded-event-outside: the payment is rolled back, and its answer is replayed forever.',
    clauses: ['LOCK-02'],
  },
  isBounded,
  replaysOutside,
);

/** The events of a nested section are written outside its transaction, so they stay if it throws. */
export const nestedEventOutside: Mutant = shaped(
  {
    name: 'nested-event-outside',
    origin: 'The inner method gets the savepoint for its tables, but a logger from the container.',
    clauses: ['ACT-03', 'TX-01'],
  },
  ({ isNested }) => isNested,
  eventsOutside,
);

/** The events of a section whose wait has a timeout have the time at which the section was requested. */
export const boundedStampedBefore: Mutant = {
  name: 'bounded-stamped-before',
  origin: 'The deadline and the time of the event are both computed from one Date.now(), before the wait.',
  clauses: ['ACT-04'],
  bases: ['postgres'],
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) => {
      const asked = new Date().toISOString();
      const stamping: typeof callback = (view) => {
        const { activity } = view;
        if (options?.timeoutMs === undefined || activity === undefined) return callback(view);
        return callback({
          ...view,
          activity: {
            ...activity,
            append: (event) => activity.append({ ...event, timestamp: event.timestamp ?? asked }),
          },
        });
      };
      return lockOf(adapter)(id, stamping, options);
    }),
};

/** A section that announces what it will read is given what this instance has read last. */
export const prefetchFromCache: Mutant = {
  name: 'prefetch-from-cache',
  origin: 'The prefetch goes through the loader of the process, which nobody else clears.',
  clauses: ['X-01'],
  bases: ['postgres'],
  mutate: (adapter) => {
    const known = new Map<string, StreamRecord>();
    return replaceLock(adapter, (id, callback, options) => {
      const wanted = options?.prefetch?.streams ?? [];
      const cached: typeof callback = (view) => {
        const { streams } = view;
        if (streams === undefined || wanted.length === 0) return callback(view);
        const get: StreamStore['get'] = async (streamId) => {
          const last = wanted.includes(streamId) ? known.get(streamId) : undefined;
          const stream = last ?? (await streams.get(streamId));
          if (stream !== undefined) known.set(streamId, structuredClone(stream));
          return stream;
        };
        return callback({ ...view, streams: { ...streams, get } });
      };
      return lockOf(adapter)(id, cached, options);
    });
  },
};

/** A section with a signal takes a lock that nobody else takes. */
export const abortableLocksNothing: Mutant = {
  name: 'abortable-locks-nothing',
  origin:
    'A wait with a signal has its own key, "lock:" + id + ":" + request, so that it can be found again.',
  clauses: ['STREAM-04'],
  bases: BOTH,
  mutate: (adapter) =>
    replaceLock(adapter, (id, callback, options) =>
      lockOf(adapter)(options?.signal === undefined ? id : `${id}-${randomUUID()}`, callback, options),
    ),
};
