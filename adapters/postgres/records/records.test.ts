import { describe, expect, it } from 'vitest';
import { compareIds, type ActivityEvent, type Page, type PageRequest } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { codeOfRejection, eventually, stream, useServer } from '../testing/server.ts';

const server = useServer();
const FINGERPRINT = 'ab'.repeat(32);

async function pagesOf<T>(
  list: (request: PageRequest) => Page<T> | Promise<Page<T>>,
  limit: number,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 200; page += 1) {
    const { items: some, nextCursor } = await list({ limit, ...defined({ cursor }) });
    items.push(...some);
    if (nextCursor === undefined) return items;
    cursor = nextCursor;
  }
  throw new Error('the list does not end');
}

describe('streams', () => {
  it('come back with every digit, sign and field', async () => {
    const { streamRepository } = await server.open('streams_exact');
    const given = stream('s1', {
      totalAmount: '9'.repeat(38),
      releasedAmount: '9007199254740993',
      withdrawal: null,
      createdAt: '2026-01-31T08:15:00.120Z',
      updatedAt: '2026-01-31T08:15:00.12345Z',
      'weiß nicht': { b: [-0, 1e100, '\u{1F600}e\u0301'], a: { z: null } },
      ['__proto__']: 1,
    });
    expect(await streamRepository.streams.create(given)).toStrictEqual(given);
    expect(await streamRepository.streams.get('s1')).toStrictEqual(given);
    expect(await streamRepository.streams.get('S1')).toBeUndefined();
    const { withdrawal: _null, ...without } = given;
    await streamRepository.streams.put(without);
    expect(Object.hasOwn((await streamRepository.streams.get('s1')) ?? {}, 'withdrawal')).toBe(false);
  });

  it('are stamped once, and a put keeps the creation', async () => {
    const { streamRepository } = await server.open('streams_stamp');
    const created = await streamRepository.streams.create(stream('s1'));
    expect(created.createdAt).toMatch(/\.\d{6}Z$/);
    expect(created.updatedAt).toBe(created.createdAt);
    const changed = await streamRepository.streams.put(stream('s1', { status: 'active' }));
    expect(changed.createdAt).toBe(created.createdAt);
    expect(changed.updatedAt > created.updatedAt).toBe(true);
  });

  it('refuse a second creation, a put of nothing and the year 0', async () => {
    const { streamRepository } = await server.open('streams_refuse');
    await streamRepository.streams.create(stream('s1', { revision: 1 }));
    const second = streamRepository.streams.create(stream('s1', { revision: 2 }));
    await expect(second).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      details: { surface: 'streams', id: 's1' },
    });
    expect((await streamRepository.streams.get('s1'))?.revision).toBe(1);
    const missing = streamRepository.streams.put(stream('s2'));
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const ancient = streamRepository.streams.create(stream('s3', { createdAt: '0000-01-01T00:00:00.000Z' }));
    await expect(ancient).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(await streamRepository.streams.get('s3')).toBeUndefined();
  });

  it('are copied before the call returns', async () => {
    const { streamRepository } = await server.open('streams_copy');
    const given = { ...stream('s1'), tags: ['a'] };
    const creating = streamRepository.streams.create(given);
    given.tags.push('b');
    await creating;
    expect((await streamRepository.streams.get('s1'))?.['tags']).toEqual(['a']);
  });

  it('are paged by time and then by the bytes of the id, on an ICU database', async () => {
    const { streamRepository } = await server.open('streams_pages');
    const ids = ['a', 'B', 'b', 'A', 'é', 'z', '\u{1F600}', '\uFF5E', 'a|b', '=', '/', '+', ' ', 'a b'];
    for (const [index, id] of ids.entries()) {
      // Two moments of one millisecond, one of them with fewer digits.
      const createdAt = index % 2 === 0 ? '2026-01-01T00:00:00.123001Z' : '2026-01-01T00:00:00.1230Z';
      await streamRepository.streams.create(stream(id, { createdAt, status: 'active' }));
    }
    const expected = [
      ...ids.filter((_id, index) => index % 2 === 1).sort(compareIds),
      ...ids.filter((_id, index) => index % 2 === 0).sort(compareIds),
    ];
    for (let limit = 1; limit <= ids.length + 1; limit += 1) {
      const all = await pagesOf((request) => streamRepository.streams.list(request), limit);
      expect(all.map(({ id }) => id)).toEqual(expected);
      const active = await pagesOf(
        (request) => streamRepository.streams.list({ ...request, status: 'active' }),
        limit,
      );
      expect(active.map(({ id }) => id)).toEqual(expected);
      const scanned = await pagesOf((request) => streamRepository.streams.scan(request), limit);
      expect(scanned.map(({ id }) => id)).toEqual([...ids].sort(compareIds));
    }
    expect(await streamRepository.streams.list({ limit: 5, status: 'ended' })).toEqual({ items: [] });
  });

  it('refuse cursors of others', async () => {
    const { streamRepository } = await server.open('streams_cursors');
    const bad = ['', 'x', '%%', Buffer.from('no time|x').toString('base64')];
    bad.push(Buffer.from('0000-01-01T00:00:00.000Z|x').toString('base64'));
    bad.push(Buffer.from('2026-01-01T00:00:00.000Z|a\0').toString('base64'));
    for (const cursor of bad) {
      const list = Promise.resolve(streamRepository.streams.list({ limit: 1, cursor }));
      expect(await codeOfRejection(list)).toBe('INVALID_CURSOR');
    }
  });
});

describe('the tables', () => {
  it('refuse NaN, and changes of what is append-only', async () => {
    const { streamRepository, exportRepository } = await server.open('tables');
    await streamRepository.streams.create(stream('s1'));
    await streamRepository.activity.append({ id: 'e1', type: 't', description: 'd' });
    await exportRepository.audit.append({ id: 'r1', exportId: 'x', type: 'export.requested' });
    const refused = [
      `UPDATE ls_tables.streams SET rate = 'NaN'`,
      `UPDATE ls_tables.activity_events SET description = 'other'`,
      'DELETE FROM ls_tables.activity_events',
      'TRUNCATE ls_tables.activity_events',
      'DELETE FROM ls_tables.export_audit_records',
    ];
    for (const text of refused) await expect(server.sql(text)).rejects.toMatchObject({ severity: 'ERROR' });
  });

  it('have an index for every list', async () => {
    await server.open('indexes');
    const queries = [
      `SELECT * FROM ls_indexes.streams WHERE status = 'active' AND (created_at, id) > (now(), 'x') ORDER BY created_at, id LIMIT 9`,
      `SELECT * FROM ls_indexes.streams WHERE (created_at, id) > (now(), 'x') ORDER BY created_at, id LIMIT 9`,
      `SELECT * FROM ls_indexes.activity_events WHERE stream_id = 'x' AND (occurred_at, id) < (now(), 'x') ORDER BY occurred_at DESC, id DESC LIMIT 9`,
      `SELECT * FROM ls_indexes.activity_events WHERE type = 'x' AND (occurred_at, id) < (now(), 'x') ORDER BY occurred_at DESC, id DESC LIMIT 9`,
      `SELECT * FROM ls_indexes.export_jobs WHERE owner_id = 'x' AND (requested_at, id) < (now(), 'x') ORDER BY requested_at DESC, id DESC LIMIT 9`,
      `SELECT * FROM ls_indexes.idempotency_keys WHERE expires_at <= (SELECT clock_timestamp()) ORDER BY expires_at LIMIT 9`,
    ];
    for (const query of queries) {
      const plan = await server
        .sql(`SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off`)
        .then(() => server.sql(`EXPLAIN ${query}`));
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(text).toContain('Index Scan');
      expect(text).not.toContain('Sort');
    }
    await server.sql('RESET ALL');
  });
});

describe('users', () => {
  it('keep their creation and their exact fields', async () => {
    const { streamRepository } = await server.open('users');
    const first = await streamRepository.users.put({ walletAddress: 'G1', displayName: '' });
    const second = await streamRepository.users.put({ walletAddress: 'G1', email: 'a@b.c' });
    expect(second.createdAt).toBe(first.createdAt);
    expect(second.updatedAt > first.updatedAt).toBe(true);
    expect(second).toStrictEqual({
      walletAddress: 'G1',
      email: 'a@b.c',
      createdAt: first.createdAt,
      updatedAt: second.updatedAt,
    });
    const given = { walletAddress: 'G1', createdAt: '2020-01-01T00:00:00.000Z' };
    expect((await streamRepository.users.put(given)).createdAt).toBe(given.createdAt);
    expect((await streamRepository.users.get('G1'))?.createdAt).toBe(given.createdAt);
    expect(await pagesOf((request) => streamRepository.users.scan(request), 1)).toHaveLength(1);
  });
});

describe('activity', () => {
  it('is paged latest first over microseconds, by stream and by type', async () => {
    const { streamRepository } = await server.open('activity_pages');
    const events: ActivityEvent[] = [];
    for (let index = 0; index < 20; index += 1) {
      const micros = String(1_000 + Math.floor(index / 2)).padStart(6, '0');
      events.push(
        await streamRepository.activity.append({
          id: `e${index}`,
          type: index % 3 === 0 ? 'a' : 'b',
          ...(index % 2 === 0 ? { streamId: 's1' } : {}),
          timestamp: `2026-01-01T00:00:00.${micros}Z`,
          description: '',
          ...(index === 0 ? { details: null } : {}),
        }),
      );
    }
    const latestFirst = [...events].sort((a, b) =>
      a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : compareIds(b.id, a.id),
    );
    for (const limit of [1, 2, 3, 7, 20, 21]) {
      const { activity } = streamRepository;
      expect(await pagesOf((request) => activity.list(request), limit)).toStrictEqual(latestFirst);
      expect(
        await pagesOf((request) => activity.list({ ...request, streamId: 's1', type: 'b' }), limit),
      ).toStrictEqual(latestFirst.filter(({ streamId, type }) => streamId === 's1' && type === 'b'));
    }
  });

  it('never stamps an earlier time than the latest stamp of the stream', async () => {
    const { streamRepository } = await server.open('activity_stamps');
    const { activity } = streamRepository;
    await activity.append({
      id: 'given',
      type: 't',
      streamId: 's1',
      timestamp: '2999-01-01T00:00:00.000Z',
      description: '',
    });
    const first = await activity.append({ id: 'e1', type: 't', streamId: 's1', description: '' });
    expect(first.timestamp < '2999').toBe(true);
    // As if the clock had been ahead and was set back.
    await server.sql(`INSERT INTO ls_activity_stamps.activity_events (id, type, stream_id, description, occurred_at)
      VALUES ('e2', 't', 's1', '', clock_timestamp() + interval '1 hour')`);
    const later = await activity.append({ id: 'e3', type: 't', streamId: 's1', description: '' });
    const elsewhere = await activity.append({ id: 'e4', type: 't', streamId: 's2', description: '' });
    const { items } = await activity.list({ limit: 2, streamId: 's1' });
    expect(items.map(({ id }) => id)).toEqual(['given', 'e3']);
    expect(elsewhere.timestamp < later.timestamp).toBe(true);
  });

  it('never overwrites an event', async () => {
    const { streamRepository } = await server.open('activity_twice');
    const event = { id: 'e1', type: 't', description: 'first' };
    await streamRepository.activity.append(event);
    const again = Promise.resolve(streamRepository.activity.append({ ...event, description: 'second' }));
    expect(await codeOfRejection(again)).toBe('ALREADY_EXISTS');
    expect((await streamRepository.activity.list({ limit: 5 })).items[0]?.description).toBe('first');
  });
});

describe('replay records', () => {
  it('keep the exact bytes', async () => {
    const { idempotencyStore } = await server.open('bodies');
    const bodies = [
      '',
      ' {"b":1e2,"a":-0,"a":0.10,\n"\\u00e9":"é"}\t',
      '\u{1F600}'.repeat(20_000),
      '\u0001\u007f',
    ];
    for (const [index, body] of bodies.entries()) {
      const token = `scope:k${index}`;
      await idempotencyStore.insert({ token, fingerprint: FINGERPRINT, status: 599, body });
      expect(await idempotencyStore.get(token)).toMatchObject({ status: 599, body });
    }
    expect(Object.hasOwn((await idempotencyStore.get('scope:k0')) ?? {}, 'expiresAt')).toBe(false);
  });

  it('are refused while they live and taken over by exactly one when they have expired', async () => {
    const instances = await Promise.all([server.open('takeover'), server.open('takeover')]);
    const record = { token: 's:k', fingerprint: FINGERPRINT, status: 200 };
    for (let round = 0; round < 5; round += 1) {
      await instances[0]?.idempotencyStore.delete('s:k');
      await instances[0]?.idempotencyStore.insert({
        ...record,
        body: 'old',
        createdAt: '2020-01-01T00:00:00.000Z',
        ttlMs: 1000,
      });
      expect(await instances[1]?.idempotencyStore.get('s:k')).toBeUndefined();
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) => {
          const store = instances[index % 2]?.idempotencyStore;
          const body = `new ${index}`;
          return index % 3 === 0
            ? Promise.resolve(store?.insert({ ...record, body, ttlMs: 60_000 })).then(
                () => true,
                () => false,
              )
            : Promise.resolve(store?.putIfAbsent({ ...record, body, ttlMs: 60_000 })).then(
                (result) => result?.stored,
              );
        }),
      );
      expect(results.filter((isStored) => isStored === true)).toHaveLength(1);
    }
  });

  it('expire at the moment of their use', async () => {
    const { idempotencyStore } = await server.open('expiry');
    const record = { token: 's:k', fingerprint: FINGERPRINT, status: 200, body: '', ttlMs: 150 };
    const { createdAt, expiresAt } = await idempotencyStore.insert(record);
    expect(Date.parse(String(expiresAt)) - Date.parse(createdAt)).toBe(150);
    expect(await idempotencyStore.get('s:k')).toBeDefined();
    expect(await eventually(async () => (await idempotencyStore.get('s:k')) === undefined)).toBe(true);
    expect((await idempotencyStore.scan({ limit: 5 })).items).toHaveLength(1);
  });

  it('are swept only when they have expired, and no more than asked for', async () => {
    const { idempotencyStore } = await server.open('sweep');
    const record = { fingerprint: FINGERPRINT, status: 200, body: '' };
    const past = '2020-01-01T00:00:00.000Z';
    for (let index = 0; index < 5; index += 1)
      await idempotencyStore.insert({ ...record, token: `s:old${index}`, expiresAt: past });
    await idempotencyStore.insert({ ...record, token: 's:live', ttlMs: 60_000 });
    await idempotencyStore.insert({ ...record, token: 's:forever' });
    expect(await idempotencyStore.deleteExpired(2)).toBe(2);
    expect(await idempotencyStore.deleteExpired(1000)).toBe(3);
    expect(await idempotencyStore.deleteExpired(1000)).toBe(0);
    const { items } = await idempotencyStore.scan({ limit: 10 });
    expect(items.map(({ token }) => token)).toEqual(['s:forever', 's:live']);
  });
});

describe('exports', () => {
  it('move once of several concurrent moves, and give no URL when they have expired', async () => {
    const instances = await Promise.all([server.open('exports'), server.open('exports')]);
    const [{ exportRepository }] = instances;
    const job = await exportRepository.jobs.create({ id: 'x1', ownerId: 'o1', fileName: 'f.csv' });
    expect(Date.parse(job.expiresAt) - Date.parse(job.requestedAt)).toBe(7 * 24 * 3_600_000);
    const moves = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        Promise.resolve(
          instances[index % 2]?.exportRepository.jobs.transition('x1', ['pending'], 'processing'),
        ),
      ),
    );
    expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const patch = { signedUrl: 'https://x', signedUrlExpiresAt: '2030-01-01T00:00:00.000Z', rows: 3 };
    const ready = await exportRepository.jobs.transition('x1', ['processing'], 'ready', patch);
    expect(ready).toMatchObject({ ...patch, status: 'ready', attempts: 1 });
    const expired = await exportRepository.jobs.transition('x1', ['ready'], 'expired');
    expect(Object.keys(expired)).not.toContain('signedUrl');
    expect(await exportRepository.jobs.get('x1')).toStrictEqual(expired);
    const again = Promise.resolve(exportRepository.jobs.transition('x1', ['pending'], 'processing'));
    expect(await codeOfRejection(again)).toBe('CONFLICT');
  });

  it('list one owner, and keep the audit of a deleted job', async () => {
    const { exportRepository } = await server.open('audit');
    for (const [id, ownerId] of [
      ['x1', 'o1'],
      ['x2', 'o2'],
      ['x3', 'o1'],
    ] as const)
      await exportRepository.jobs.create({ id, ownerId, fileName: 'f.csv' });
    const owned = await pagesOf((request) => exportRepository.jobs.list({ ...request, ownerId: 'o1' }), 1);
    expect(owned.map(({ id }) => id)).toEqual(['x3', 'x1']);
    const record = { id: 'r1', exportId: 'x1', type: 'export.requested', details: { a: 1 } } as const;
    const stored = await exportRepository.audit.append(record);
    expect(await exportRepository.jobs.delete('x1')).toBe(true);
    expect(await exportRepository.jobs.delete('x1')).toBe(false);
    const audit = await exportRepository.audit.list({ limit: 5, exportId: 'x1' });
    expect(audit.items).toStrictEqual([stored]);
    expect(await codeOfRejection(Promise.resolve(exportRepository.audit.append(record)))).toBe(
      'ALREADY_EXISTS',
    );
  });
});
