/** Executions under claims that replay the answer of another request, an older answer, or a changed one. */
import type { IdempotencyRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceClaims, storedUnder } from '../stores.ts';

export const finishForAnotherRequest: Mutant = {
  name: 'finish-for-another-request',
  origin:
    'UPDATE … SET response = … WHERE token = … AND claim = …: the fingerprint stays that of begin, whichever request is answered.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const fingerprints = new Map<string, string>();
    return replaceClaims(adapter, (store) => ({
      begin: async (token, fingerprint, leaseMs) => {
        const begun = await store.begin(token, fingerprint, leaseMs);
        if (begun.outcome === 'started') fingerprints.set(begun.claim, fingerprint);
        return begun;
      },
      finish: (claim, record) =>
        store.finish(claim, { ...record, fingerprint: fingerprints.get(claim) ?? record.fingerprint }),
    }));
  },
};

export const replayReserialized: Mutant = {
  name: 'replay-reserialized',
  origin: 'res.json(JSON.parse(record.body)): a middleware for replays serializes the stored body again.',
  clauses: ['IDEM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      begin: async (token, fingerprint, leaseMs) => {
        const begun = await store.begin(token, fingerprint, leaseMs);
        if (begun.outcome !== 'replay') return begun;
        return { ...begun, record: { ...begun.record, body: reserialized(begun.record.body) } };
      },
    })),
};

function reserialized(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

export const expiredReplayedByBegin: Mutant = {
  name: 'expired-replayed-by-begin',
  origin: 'Only the sweeper checks the expiry: begin finds an expired row, and answers with it.',
  clauses: ['IDEM-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const stored = new Map<string, IdempotencyRecord>();
    return replaceClaims(adapter, (store) => ({
      insert: async (record) => {
        const inserted = await store.insert(record);
        stored.set(inserted.token, inserted);
        return inserted;
      },
      begin: async (token, fingerprint, leaseMs) => {
        const record = stored.get(token);
        return record?.fingerprint === fingerprint
          ? { outcome: 'replay', record }
          : store.begin(token, fingerprint, leaseMs);
      },
    }));
  },
};

export const finishNeverExpires: Mutant = {
  name: 'finish-never-expires',
  origin: 'The lifetime is a column that begin sets, and finish clears it together with the lease.',
  clauses: ['IDEM-08'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      finish: (claim, record) => {
        const { ttlMs: _lifetime, expiresAt: _expiry, ...lasting } = record;
        return store.finish(claim, lasting);
      },
    })),
};

export const deleteEndsClaim: Mutant = {
  name: 'delete-ends-claim',
  origin:
    'Claim and answer share a row: deleting the expired answer of a token also deletes the claim of a running execution.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const claims = new Map<string, string>();
    return replaceClaims(adapter, (store) => ({
      begin: async (token, fingerprint, leaseMs) => {
        const begun = await store.begin(token, fingerprint, leaseMs);
        if (begun.outcome === 'started') claims.set(token, begun.claim);
        return begun;
      },
      delete: async (token) => {
        const claim = claims.get(token);
        if (claim !== undefined) await store.abandon(claim);
        return store.delete(token);
      },
    }));
  },
};

export const expiredInConflict: Mutant = {
  name: 'expired-in-conflict',
  origin:
    'SELECT fingerprint … WHERE token = $1, without checking expires_at: other requests can never use the key.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceClaims(adapter, (store) => ({
      begin: async (token, fingerprint, leaseMs) => {
        const begun = await store.begin(token, fingerprint, leaseMs);
        const stored = begun.outcome === 'started' ? await storedUnder(store, token) : undefined;
        if (begun.outcome !== 'started' || stored === undefined || stored.fingerprint === fingerprint)
          return begun;
        await store.abandon(begun.claim);
        return { outcome: 'conflict' };
      },
    })),
};

export const endedClaimsCounted: Mutant = {
  name: 'ended-claims-counted',
  origin:
    'Claims are rows of the table of records: DELETE … WHERE expires_at <= now() removes and counts both.',
  clauses: ['IDEM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const ends = new Map<string, number>();
    return replaceClaims(adapter, (store) => ({
      begin: async (token, fingerprint, leaseMs) => {
        const begun = await store.begin(token, fingerprint, leaseMs);
        if (begun.outcome === 'started') ends.set(token, Date.now() + leaseMs);
        return begun;
      },
      finish: async (claim, record) => {
        const finished = await store.finish(claim, record);
        ends.delete(record.token);
        return finished;
      },
      deleteExpired: async (limit) => {
        const ended = [...ends].filter(([, end]) => end <= Date.now());
        for (const [token] of ended) ends.delete(token);
        return (await store.deleteExpired(limit)) + ended.length;
      },
    }));
  },
};
