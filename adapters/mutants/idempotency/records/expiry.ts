/** Records that live longer or shorter than they should. */
import {
  compareTimestamps,
  isTimestamp,
  timestampOf,
  type Clock,
  type IdempotencyRecord,
  type OpenOptions,
} from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { changeRecords, replaceStore, storedUnder } from '../stores.ts';

export const expiredReplayed: Mutant = {
  name: 'expired-replayed',
  origin: 'Only the sweeper checks the expiry: until it runs, the old answer is replayed.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      get: async (token) => (await store.get(token)) ?? storedUnder(store, token),
    })),
};

const DEFAULT_TTL_MS = 24 * 3_600_000;

export const neverIsADay: Mutant = {
  name: 'never-is-a-day',
  origin: 'ttlMs ?? DEFAULT_TTL in the store: records that should never expire do.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) =>
      record.expiresAt === undefined ? { ttlMs: DEFAULT_TTL_MS, ...record } : record,
    ),
};

export const lifetimeInSeconds: Mutant = {
  name: 'lifetime-in-seconds',
  origin: 'EXPIRE takes seconds: Math.ceil(ttlMs / 1000) keeps the record up to a second too long.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) =>
      record.ttlMs === undefined ? record : { ...record, ttlMs: Math.ceil(record.ttlMs / 1000) * 1000 },
    ),
};

const REFRESH_MS = 1_000;
let cachedMs = 0;

/** The time, up to a second late. */
function cachedClock(): number {
  const now = Date.now();
  if (now - cachedMs > REFRESH_MS) cachedMs = now;
  return cachedMs;
}

export const cachedExpiryClock: Mutant = {
  name: 'expiry-by-cached-clock',
  origin: 'The server\'s cached "current time", updated once per second, decides about expiry.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      get: async (token) =>
        (await store.get(token)) ?? liveAt(cachedClock(), await storedUnder(store, token)),
    })),
};

function liveAt(nowMs: number, record: IdempotencyRecord | undefined): IdempotencyRecord | undefined {
  const now = timestampOf(() => nowMs);
  return record?.expiresAt !== undefined && compareTimestamps(record.expiresAt, now) > 0 ? record : undefined;
}

export const localExpiry: Mutant = {
  name: 'expiry-in-local-time',
  origin:
    'expires_at is a timestamp without time zone, which the driver reads as the local time of its process.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceStore(adapter, (store) => ({
      get: async (token) => {
        const record = await store.get(token);
        const { expiresAt } = record ?? {};
        const isOver = expiresAt !== undefined && Date.parse(expiresAt.slice(0, -1)) <= Date.now();
        return isOver ? undefined : record;
      },
    })),
};

/** Records expire by the clock of the reader. */
function expiryBy(about: Pick<Mutant, 'name' | 'origin'>, clockOf: (options: OpenOptions) => Clock): Mutant {
  return {
    ...about,
    clauses: ['IDEM-08'],
    bases: ['postgres'],
    mutate: (adapter, { options }) =>
      replaceStore(adapter, (store) => ({
        get: async (token) => {
          await store.get(token);
          const record = await storedUnder(store, token);
          return record?.expiresAt === undefined ? record : liveAt(clockOf(options)(), record);
        },
      })),
  };
}

export const expiryByOwnClock: Mutant = expiryBy(
  {
    name: 'expiry-by-own-clock',
    origin:
      'The clock that an instance is given decides about expiry: if it is ahead, live answers are gone.',
  },
  ({ clock }) => clock,
);

export const expiryByProcessClock: Mutant = expiryBy(
  {
    name: 'expiry-by-process-clock',
    origin:
      'new Date() of each server decides about expiry: if its clock is behind, expired answers are replayed.',
  },
  () => () => Date.now(),
);

export const givenExpiryCut: Mutant = {
  name: 'given-token-expiry-cut',
  origin: 'new Date(record.expiresAt) before the column: the record expires at the full millisecond.',
  clauses: ['STREAM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    changeRecords(adapter, (record) =>
      isTimestamp(record.expiresAt)
        ? { ...record, expiresAt: new Date(record.expiresAt).toISOString() }
        : record,
    ),
};
