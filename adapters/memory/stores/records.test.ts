import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareIds,
  compareTimestamps,
  encodeCursor,
  encodeListCursor,
  type Json,
  type StreamStatus,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { allPages, codeFrom, newStream, openMemory } from '../testing/open.ts';

const FINGERPRINT = 'a'.repeat(64);

describe('streams', () => {
  test('come back as they were given, stamped, as copies', async () => {
    const { streams } = openMemory();
    const memo: { list: Json[] } = { list: [1, null, { deep: true }] };
    const created = await streams.create(
      newStream('s1', { memo, withdrawal: null, totalAmount: '9007199254740993' }),
    );
    expect(created).toEqual({
      ...newStream('s1', { memo, withdrawal: null, totalAmount: '9007199254740993' }),
      createdAt: '2026-01-31T08:15:00.000000Z',
      updatedAt: '2026-01-31T08:15:00.000000Z',
    });
    memo.list.push('changed by the caller');
    (created as Record<string, unknown>)['status'] = 'ended';
    const read = await streams.get('s1');
    expect(read?.['memo']).toEqual({ list: [1, null, { deep: true }] });
    expect(read?.status).toBe('active');
    (read?.['memo'] as { list: unknown[] } | undefined)?.list.pop();
    expect((await streams.get('s1'))?.['memo']).toEqual({ list: [1, null, { deep: true }] });
    expect(read).not.toHaveProperty('nextAction');
  });

  test('fields with awkward names come back', async () => {
    const { streams } = openMemory();
    const further: object = JSON.parse('{"__proto__":{"a":1},"constructor":null,"toString":"x"}');
    const given = Object.defineProperties(newStream('s1'), Object.getOwnPropertyDescriptors(further));
    await streams.create(given);
    const read = await streams.get('s1');
    expect(JSON.parse(JSON.stringify(read))).toMatchObject({ constructor: null, toString: 'x' });
    expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).toEqual({ a: 1 });
  });

  test('a field that is undefined is absent', async () => {
    const { streams } = openMemory();
    const given = { ...newStream('s1'), nextAction: undefined } as never;
    expect(Object.hasOwn(await streams.create(given), 'nextAction')).toBe(false);
    expect(Object.hasOwn((await streams.get('s1')) ?? {}, 'nextAction')).toBe(false);
  });

  test('a second create changes nothing', async () => {
    const { streams } = openMemory();
    await streams.create(newStream('s1'));
    expect(await codeFrom(() => streams.create(newStream('s1', { recipient: 'other' })))).toBe(
      'ALREADY_EXISTS',
    );
    expect((await streams.get('s1'))?.recipient).toBe('r');
  });

  test('put replaces, keeps the creation time, stamps the update, and needs the record', async () => {
    const { streams, clock } = openMemory();
    await streams.create(newStream('s1', { memo: 'x' }));
    clock.advance(5);
    const replaced = await streams.put(newStream('s1', { revision: 1 }));
    expect(replaced).toEqual({
      ...newStream('s1', { revision: 1 }),
      createdAt: '2026-01-31T08:15:00.000000Z',
      updatedAt: '2026-01-31T08:15:00.005000Z',
    });
    const times = { createdAt: '2020-01-01T00:00:00.123Z', updatedAt: '2020-01-01T00:00:00.1234Z' };
    expect(await streams.put(newStream('s1', times))).toMatchObject(times);
    expect(await codeFrom(() => streams.put(newStream('s2')))).toBe('NOT_FOUND');
    expect(await codeFrom(() => streams.put(newStream('s1', { rate: '-1' })))).toBe('INVALID_RECORD');
    expect(await streams.get('s2')).toBeUndefined();
  });

  test('delete says whether there was one', async () => {
    const { streams } = openMemory();
    await streams.create(newStream('s1'));
    expect([await streams.delete('s1'), await streams.delete('s1')]).toEqual([true, false]);
    expect((await streams.scan({ limit: 5 })).items).toEqual([]);
  });

  test('a list by status follows updates', async () => {
    const { streams } = openMemory();
    const ids = async (status: StreamStatus): Promise<string[]> =>
      (await streams.list({ status, limit: 10 })).items.map(({ id }) => id);
    await streams.create(newStream('a'));
    await streams.create(newStream('b'));
    await streams.put(newStream('a', { status: 'ended' }));
    expect([await ids('active'), await ids('ended'), await ids('draft')]).toEqual([['b'], ['a'], []]);
    await streams.delete('a');
    expect(await ids('ended')).toEqual([]);
    expect(await codeFrom(() => ids('done' as never))).toBe('INVALID_RECORD');
  });
});

describe('lists', () => {
  const rows = fc.uniqueArray(
    fc.record({
      id: fc.oneof(
        fc.string({
          unit: fc.constantFrom('a', 'B', 'é', '|', ':', '/', '+', '=', '\uffee', '😀'),
          minLength: 1,
        }),
        fc.constant('2026-01-31T08:15:00.123Z|x'),
      ),
      micros: fc.constantFrom('.123Z', '.123000Z', '.123001Z', '.12399Z', '.124Z'),
      hidden: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 12 },
  );

  test('pages of every size join to the full list, whichever direction and wherever rows are deleted', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 13 }), async (given, limit) => {
        const { streams, activity } = openMemory();
        const rising: { time: string; id: string }[] = [];
        for (const { id, micros } of given) {
          const time = `2026-01-31T08:15:00${micros}`;
          rising.push({ time, id });
          await streams.create(newStream(id, { createdAt: time }));
          await activity.append({ id, type: 't', streamId: 's', timestamp: time, description: '' });
        }
        rising.sort((a, b) => compareTimestamps(a.time, b.time) || compareIds(a.id, b.id));
        const ids = rising.map(({ id }) => id);
        const listed = await allPages((at) => streams.list({ limit, ...at }));
        expect(listed.map(({ id }) => id)).toEqual(ids);
        const scanned = await allPages((at) => streams.scan({ limit, ...at }));
        expect(scanned.map(({ id }) => id)).toEqual([...ids].sort(compareIds));
        for (const filter of [{}, { streamId: 's' }, { type: 't' }, { streamId: 's', type: 't' }]) {
          const events = await allPages((at) => activity.list({ ...filter, limit, ...at }));
          expect(events.map(({ id }) => id)).toEqual([...ids].reverse());
        }
        const first = await streams.list({ limit });
        for (const { id } of first.items) await streams.delete(id);
        if (first.nextCursor !== undefined) {
          const rest = await streams.list({ limit: 1000, cursor: first.nextCursor });
          expect(rest.items.map(({ id }) => id)).toEqual(ids.slice(limit));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a page that takes the last row has no cursor', async () => {
    const { streams } = openMemory();
    for (const id of ['a', 'b']) await streams.create(newStream(id));
    expect((await streams.list({ limit: 2 })).nextCursor).toBeUndefined();
    expect((await streams.list({ limit: 1 })).nextCursor).toBeDefined();
    expect(await streams.list({ status: 'draft', limit: 1 })).toEqual({ items: [] });
  });

  test('cursors of other lists and damaged ones are refused', async () => {
    const { streams, activity, users, idempotency, jobs, audit } = openMemory();
    const ofList = encodeListCursor({ timestamp: '2026-01-31T08:15:00.123Z', id: 'x' });
    const lists = [
      (cursor: string) => streams.list({ limit: 1, cursor }),
      (cursor: string) => activity.list({ limit: 1, cursor }),
      (cursor: string) => jobs.list({ ownerId: 'o', limit: 1, cursor }),
      (cursor: string) => audit.list({ exportId: 'x', limit: 1, cursor }),
    ];
    for (const list of lists) {
      expect(await codeFrom(() => list(ofList))).toBe('none');
      for (const cursor of [encodeCursor('x'), `${ofList.slice(0, -1)}*`, `${ofList}=`, '', null as never])
        expect(await codeFrom(() => list(cursor))).toBe('INVALID_CURSOR');
    }
    for (const store of [streams, activity, users, idempotency, jobs, audit]) {
      expect(await codeFrom(() => store.scan({ limit: 1, cursor: encodeCursor('x') }))).toBe('none');
      for (const cursor of [ofList, 'x', '']) {
        expect(await codeFrom(() => store.scan({ limit: 1, cursor }))).toBe('INVALID_CURSOR');
      }
    }
  });

  test('arguments that are none are INVALID_RECORD, never a raw error', async () => {
    const { streams, activity, users, jobs, audit, idempotency } = openMemory();
    const calls = [
      () => streams.list(undefined as never),
      () => streams.scan({ limit: 0 }),
      () => streams.get(undefined as never),
      () => streams.delete(null as never),
      () => streams.create(undefined as never),
      () => users.get(''),
      () => users.put(null as never),
      () => activity.append(undefined as never),
      () => activity.list({ limit: 1, streamId: null as never }),
      () => activity.list({ limit: 1, type: '' }),
      () => jobs.list({ limit: 1 } as never),
      () => jobs.list(undefined as never),
      () => jobs.transition('', ['pending'], 'processing'),
      () => jobs.transition('x', ['pending'], 'processing', null as never),
      () => audit.list({ limit: 1 } as never),
      () => idempotency.deleteExpired(0),
    ];
    for (const call of calls) expect(await codeFrom(call)).toBe('INVALID_RECORD');
  });
});

describe('users and activity', () => {
  test('a user is created or replaced', async () => {
    const { users, clock } = openMemory();
    await users.put({ walletAddress: 'w', email: 'a@b' });
    clock.advance(1);
    expect(await users.put({ walletAddress: 'w', displayName: 'W' })).toEqual({
      walletAddress: 'w',
      displayName: 'W',
      createdAt: '2026-01-31T08:15:00.000000Z',
      updatedAt: '2026-01-31T08:15:00.001000Z',
    });
    expect(await users.get('nobody')).toBeUndefined();
    expect((await users.scan({ limit: 10 })).items).toHaveLength(1);
  });

  test('an event is never overwritten', async () => {
    const { activity } = openMemory();
    const first = await activity.append({ id: 'e', type: 't', description: 'first', details: null });
    for (const description of ['first', 'second'])
      expect(await codeFrom(() => activity.append({ id: 'e', type: 't', description }))).toBe(
        'ALREADY_EXISTS',
      );
    expect((await activity.scan({ limit: 5 })).items).toEqual([first]);
  });

  test('lists by stream and type hold exactly their events', async () => {
    const { activity } = openMemory();
    for (const [id, streamId, type] of [
      ['1', 'a', 'x'],
      ['2', 'a', 'y'],
      ['3', 'b', 'x'],
      ['4', undefined, 'x'],
    ] as const)
      await activity.append({ id, type, description: '', ...defined({ streamId }) });
    const ids = async (filter: object): Promise<string[]> =>
      (await activity.list({ limit: 10, ...filter })).items.map(({ id }) => id);
    expect(await ids({})).toEqual(['4', '3', '2', '1']);
    expect(await ids({ streamId: 'a' })).toEqual(['2', '1']);
    expect(await ids({ type: 'x' })).toEqual(['4', '3', '1']);
    expect(await ids({ streamId: 'a', type: 'x' })).toEqual(['1']);
    expect(await ids({ streamId: 'c' })).toEqual([]);
  });

  test('stamps rise, also when the clock stands still or goes back', async () => {
    const { activity, clock } = openMemory();
    const stamps: string[] = [];
    for (const step of [0, 0, 7, -3_600_000, 0, 3_600_000]) {
      clock.advance(step);
      const id = String(stamps.length);
      stamps.push((await activity.append({ id, type: 't', description: '' })).timestamp);
    }
    expect(stamps).toEqual([...new Set(stamps)].sort(compareTimestamps));
  });
});

describe('idempotency', () => {
  const record = {
    token: 'settle:k',
    fingerprint: FINGERPRINT,
    status: 200,
    body: '{"b":1e2,"a": -0}\u{1f600}',
  };

  test('a record comes back byte for byte, without its lifetime', async () => {
    const { idempotency } = openMemory();
    const stored = await idempotency.insert({ ...record, ttlMs: 1500 });
    expect(stored).toEqual({
      ...record,
      createdAt: '2026-01-31T08:15:00.000000Z',
      expiresAt: '2026-01-31T08:15:01.500000Z',
    });
    expect(await idempotency.get(record.token)).toEqual(stored);
    expect(await idempotency.get('withdraw:k')).toBeUndefined();
    expect(await codeFrom(() => idempotency.get('k'))).toBe('INVALID_TOKEN');
  });

  test('a live token is never overwritten', async () => {
    const { idempotency } = openMemory();
    const stored = await idempotency.insert(record);
    expect(stored).not.toHaveProperty('expiresAt');
    const other = { ...record, body: 'other', status: 500 };
    expect(await codeFrom(() => idempotency.insert(other))).toBe('ALREADY_EXISTS');
    expect(await idempotency.putIfAbsent(other)).toEqual({ stored: false, existing: stored });
    expect(await idempotency.get(record.token)).toEqual(stored);
  });

  test('an expired token is absent, and is taken over', async () => {
    const { idempotency, clock } = openMemory();
    await idempotency.insert({ ...record, ttlMs: 1000 });
    clock.advance(999);
    expect(await idempotency.get(record.token)).toBeDefined();
    clock.advance(1);
    expect(await idempotency.get(record.token)).toBeUndefined();
    expect((await idempotency.scan({ limit: 5 })).items).toHaveLength(1);
    const taken = await idempotency.putIfAbsent({ ...record, body: 'new', ttlMs: 1000 });
    expect(taken).toMatchObject({ stored: true, record: { body: 'new' } });
    expect(await codeFrom(() => idempotency.insert(record))).toBe('ALREADY_EXISTS');
  });

  test('expiry is one clock for all instances', async () => {
    const ahead = openMemory();
    const behind = openMemory(ahead.namespace);
    await behind.idempotency.insert({ ...record, ttlMs: 1000 });
    ahead.clock.advance(2000);
    expect(await ahead.idempotency.get(record.token)).toBeUndefined();
    expect(await behind.idempotency.get(record.token)).toBeUndefined();
  });

  test('the sweeper deletes the oldest expired ones, and no live one', async () => {
    const { idempotency, clock } = openMemory();
    for (const [key, ttlMs] of [
      ['a', 300],
      ['b', 100],
      ['c', 200],
      ['d', 5000],
    ] as const)
      await idempotency.insert({ ...record, token: `settle:${key}`, ttlMs });
    await idempotency.insert({ ...record, token: 'settle:forever' });
    clock.advance(1000);
    await idempotency.insert({ ...record, token: 'settle:b', ttlMs: 1000 });
    expect(await idempotency.deleteExpired(1)).toBe(1);
    expect(await codeFrom(() => idempotency.insert({ ...record, token: 'settle:d' }))).toBe('ALREADY_EXISTS');
    expect(await idempotency.deleteExpired(10)).toBe(1);
    expect(await idempotency.deleteExpired(10)).toBe(0);
    const left = (await idempotency.scan({ limit: 10 })).items.map(({ token }) => token);
    expect(left).toEqual(['settle:b', 'settle:d', 'settle:forever']);
    expect([await idempotency.delete('settle:d'), await idempotency.delete('settle:d')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('exports', () => {
  const job = { id: 'x1', ownerId: 'o', fileName: 'f.csv' };
  const artefact = { signedUrl: 'u', signedUrlExpiresAt: '2026-01-31T09:15:00.000Z', rows: 3 };

  test('a job is pending for seven days unless told otherwise', async () => {
    const { jobs } = openMemory();
    expect(await jobs.create(job)).toEqual({
      ...job,
      status: 'pending',
      requestedAt: '2026-01-31T08:15:00.000000Z',
      expiresAt: '2026-02-07T08:15:00.000000Z',
      rows: 0,
      attempts: 0,
    });
    expect(await codeFrom(() => jobs.create(job))).toBe('ALREADY_EXISTS');
    const brief = await jobs.create({ ...job, id: 'x2', requestedAt: '2026-01-01T00:00:00.000Z', ttlMs: 1 });
    expect(brief.expiresAt).toBe('2026-01-01T00:00:00.001000Z');
  });

  test('goes through its life, and a wrong move changes nothing', async () => {
    const { jobs } = openMemory();
    await jobs.create(job);
    expect(await codeFrom(() => jobs.transition('x1', ['pending'], 'ready', artefact))).toBe('CONFLICT');
    expect((await jobs.transition('x1', ['pending'], 'processing')).attempts).toBe(1);
    expect(await codeFrom(() => jobs.transition('x1', ['pending'], 'processing'))).toBe('CONFLICT');
    expect(await codeFrom(() => jobs.transition('x1', ['processing'], 'ready', { rows: 3 }))).toBe(
      'INVALID_RECORD',
    );
    expect(await jobs.get('x1')).toMatchObject({ status: 'processing', rows: 0, attempts: 1 });
    expect(await jobs.transition('x1', ['processing'], 'ready', artefact)).toMatchObject(artefact);
    const expired = await jobs.transition('x1', ['ready'], 'expired');
    expect(expired).not.toHaveProperty('signedUrl');
    expect(expired).not.toHaveProperty('signedUrlExpiresAt');
    expect(await jobs.get('x1')).toEqual(expired);
    expect(await codeFrom(() => jobs.transition('nobody', ['ready'], 'expired'))).toBe('NOT_FOUND');
  });

  test('an owner lists its own jobs, latest first', async () => {
    const { jobs } = openMemory();
    for (const [id, ownerId] of [
      ['1', 'o'],
      ['2', 'p'],
      ['3', 'o'],
      ['4', 'o'],
    ] as const)
      await jobs.create({ ...job, id, ownerId });
    const own = await allPages((at) => jobs.list({ ownerId: 'o', limit: 2, ...at }));
    expect(own.map(({ id }) => id)).toEqual(['4', '3', '1']);
    expect((await jobs.list({ ownerId: 'O', limit: 2 })).items).toEqual([]);
  });

  test('the audit is append-only, oldest first, and outlives its job', async () => {
    const { jobs, audit } = openMemory();
    await jobs.create(job);
    const first = await audit.append({ id: 'b', exportId: 'x1', type: 'export.requested' });
    await audit.append({ id: 'a', exportId: 'x1', type: 'export.downloaded', details: { by: 'o' } });
    await audit.append({ id: 'c', exportId: 'x2', type: 'export.requested' });
    expect(await codeFrom(() => audit.append({ id: 'b', exportId: 'x9', type: 'export.expired' }))).toBe(
      'ALREADY_EXISTS',
    );
    await jobs.delete('x1');
    const listed = await allPages((at) => audit.list({ exportId: 'x1', limit: 1, ...at }));
    expect(listed.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(listed[0]).toEqual(first);
    expect(await jobs.get('x1')).toBeUndefined();
  });
});
