import { describe, expect, test } from 'vitest';
import {
  accepts,
  codeOf,
  isStorageError,
  NO_AUTHORITY,
  type Authority,
  type AuthorityState,
  type LockedView,
  type MovedKind,
  type StorageAdapter,
  type Writer,
} from '../contract/index.ts';
import { codeFrom, gate, newStream, openMemory, type Opened } from './testing/open.ts';

const deciding = (epoch: number): Writer => ({ epoch, role: 'deciding' });
const copying = (epoch: number): Writer => ({ epoch, role: 'copying' });
const decides: AuthorityState = { epoch: 1, decides: true, admitsUnmarked: true };
const handedOver: AuthorityState = { epoch: 2, decides: false, admitsUnmarked: false };

function authorityOf({ adapter }: Opened): Authority {
  return adapter.authority!;
}

/** An instance whose store has come to `state`. */
async function openAt(state: AuthorityState): Promise<Opened> {
  const opened = openMemory();
  await authorityOf(opened).set(NO_AUTHORITY, state, 0);
  return opened;
}

type Parts = Pick<Opened, 'streams' | 'users' | 'activity' | 'withLock' | 'idempotency' | 'jobs' | 'audit'>;

function partsOf(adapter: StorageAdapter): Parts {
  const { streamRepository, idempotencyStore, exportRepository } = adapter;
  const { streams, users, activity } = streamRepository!;
  const withLock = streamRepository!.withLock!.bind(streamRepository);
  const { jobs, audit } = exportRepository!;
  return {
    streams: streams!,
    users: users!,
    activity: activity!,
    withLock,
    idempotency: idempotencyStore!,
    jobs,
    audit,
  };
}

const record = { token: 'settle:k', fingerprint: 'a'.repeat(64), status: 200, body: '' };
const later = '2026-02-01T00:00:00.000Z';
const result = { signedUrl: 'u', signedUrlExpiresAt: later, rows: 1 };

/** Every call outside a section that writes. */
const WRITES: readonly (readonly [string, (parts: Parts) => unknown])[] = [
  ['streams.create', ({ streams }) => streams.create(newStream('new'))],
  ['streams.put', ({ streams }) => streams.put(newStream('s1', { revision: 9 }))],
  ['streams.delete', ({ streams }) => streams.delete('s1')],
  ['users.put', ({ users }) => users.put({ walletAddress: 'w', displayName: 'other' })],
  ['activity.append', ({ activity }) => activity.append({ id: 'new', type: 't', description: 'd' })],
  ['idempotency.insert', ({ idempotency }) => idempotency.insert({ ...record, token: 'settle:new' })],
  [
    'idempotency.putIfAbsent',
    ({ idempotency }) => idempotency.putIfAbsent({ ...record, token: 'settle:new' }),
  ],
  ['idempotency.delete', ({ idempotency }) => idempotency.delete(record.token)],
  ['idempotency.deleteExpired', ({ idempotency }) => idempotency.deleteExpired(9)],
  ['idempotency.begin', ({ idempotency }) => idempotency.begin!('settle:c', record.fingerprint, 1000)],
  ['idempotency.finish', ({ idempotency }) => idempotency.finish!('claim', { ...record, token: 'settle:c' })],
  ['idempotency.abandon', ({ idempotency }) => idempotency.abandon!('claim')],
  ['jobs.create', ({ jobs }) => jobs.create({ id: 'new', ownerId: 'o', fileName: 'f' })],
  ['jobs.delete', ({ jobs }) => jobs.delete('j1')],
  ['jobs.transition', ({ jobs }) => jobs.transition('j1', ['pending'], 'processing')],
  ['jobs.claimNext', ({ jobs }) => jobs.claimNext!('worker', 1000)],
  ['jobs.heartbeat', ({ jobs }) => jobs.heartbeat!('claim')],
  ['jobs.complete', ({ jobs }) => jobs.complete!('claim', result)],
  ['jobs.fail', ({ jobs }) => jobs.fail!('claim', 'reason')],
  ['audit.append', ({ audit }) => audit.append({ id: 'new', exportId: 'j1', type: 'export.requested' })],
];

/** One record of each kind, and an expired one. */
async function fill({ streams, users, activity, idempotency, jobs, audit, clock }: Opened): Promise<void> {
  await streams.create(newStream('s1'));
  await users.put({ walletAddress: 'w' });
  await activity.append({ id: 'e1', type: 't', description: 'd' });
  await idempotency.insert({ ...record, token: 'settle:old', ttlMs: 1 });
  await idempotency.insert(record);
  await jobs.create({ id: 'j1', ownerId: 'o', fileName: 'f' });
  await audit.append({ id: 'a1', exportId: 'j1', type: 'export.requested' });
  clock.advance(10);
}

async function contents({ streams, users, activity, idempotency, jobs, audit }: Parts): Promise<unknown> {
  const stores = [streams, users, activity, idempotency, jobs, audit];
  return Promise.all(stores.map(async (store) => (await store.scan({ limit: 100 })).items));
}

describe('the rule', () => {
  test.each([
    [NO_AUTHORITY, [undefined, deciding(0), deciding(7), copying(7)], []],
    [decides, [undefined, deciding(1)], [deciding(0), deciding(2), copying(1)]],
    [{ ...decides, admitsUnmarked: false }, [deciding(1)], [undefined, copying(1), deciding(0)]],
    [handedOver, [copying(2)], [undefined, deciding(2), deciding(1), copying(1)]],
    [{ ...handedOver, admitsUnmarked: true }, [copying(2)], [undefined, deciding(2)]],
  ] as const)('of %j', (state, accepted, refused) => {
    for (const writer of accepted) expect(accepts(state, writer)).toBe(true);
    for (const writer of refused) expect(accepts(state, writer)).toBe(false);
  });
});

describe('a writer whom the store does not accept', () => {
  test.each(WRITES)('is refused by %s, and changes nothing', async (_, write) => {
    const opened = openMemory();
    await fill(opened);
    await authorityOf(opened).set(NO_AUTHORITY, decides, 0);
    await authorityOf(opened).set(decides, handedOver, 0);
    const before = await contents(opened);
    const handles = [deciding(1), deciding(2), copying(1)].map((writer) => authorityOf(opened).as(writer));
    for (const parts of [opened, ...handles.map(partsOf)])
      expect(await codeFrom(async () => write(parts))).toBe('FENCED');
    expect(await contents(opened)).toEqual(before);
    expect(await contents(partsOf(authorityOf(opened).as(deciding(1))))).toEqual(before);
  });

  test('gets no section', async () => {
    const opened = await openAt(handedOver);
    for (const { withLock } of [opened, partsOf(authorityOf(opened).as(deciding(1)))])
      expect(await codeFrom(() => withLock('s', () => Promise.reject(new Error('ran'))))).toBe('FENCED');
    // The lock is free.
    const { withLock } = partsOf(authorityOf(opened).as(copying(2)));
    expect(await withLock('s', () => Promise.resolve(7), { timeoutMs: 0 })).toBe(7);
  });

  test('is told what the store has', async () => {
    const opened = await openAt(handedOver);
    const error: unknown = await Promise.resolve(opened.streams.create(newStream('s'))).catch(
      (thrown: unknown) => thrown,
    );
    expect(isStorageError(error) && error.details).toEqual({ state: handedOver });
  });
});

describe('a writer whom the store accepts', () => {
  test.each([
    ['decides', decides, deciding(1)],
    ['copies', handedOver, copying(2)],
  ] as const)('%s', async (_, state, writer) => {
    const opened = await openAt(state);
    const { streams, withLock } = partsOf(authorityOf(opened).as(writer));
    await streams.create(newStream('s1'));
    await withLock('s1', (view) => Promise.resolve(view.streams!.put(newStream('s1', { revision: 1 }))));
    expect(await opened.streams.get('s1')).toMatchObject({ revision: 1 });
  });

  test('shares locks with every other one, and nests none that it holds', async () => {
    const opened = openMemory();
    const { withLock } = partsOf(authorityOf(opened).as(deciding(1)));
    const codes = await opened.withLock('s', async () => [
      await codeFrom(() => withLock('s', () => Promise.resolve())),
    ]);
    expect(codes).toEqual(['LOCK_REENTRANT']);
  });

  test('is closed alone, and with the instance', async () => {
    const opened = openMemory();
    const [one, other] = [authorityOf(opened).as(deciding(1)), authorityOf(opened).as(deciding(1))];
    await one.close();
    expect(await codeFrom(async () => partsOf(one).streams.get('s'))).toBe('CLOSED');
    expect(await partsOf(other).streams.get('s')).toBeUndefined();
    expect(await opened.streams.get('s')).toBeUndefined();
    await opened.adapter.close();
    expect(await codeFrom(async () => partsOf(other).streams.get('s'))).toBe('CLOSED');
    for (const call of [() => authorityOf(opened).get(), () => (one as StorageAdapter).authority!.get()])
      expect(await codeFrom(async () => call())).toBe('CLOSED');
  });
});

describe('set', () => {
  test('replaces what is expected alone, for all instances, and exactly one of two succeeds', async () => {
    const opened = openMemory();
    const second = authorityOf(openMemory(opened.namespace));
    const results = await Promise.all(
      [authorityOf(opened), second].map(async (one, index) =>
        codeFrom(async () => one.set(NO_AUTHORITY, { ...decides, epoch: index + 1 }, 0)),
      ),
    );
    expect(results.filter((code) => code === 'CONFLICT')).toHaveLength(1);
    const winner = results[0] === 'CONFLICT' ? 2 : 1;
    expect(await second.get()).toEqual({ ...decides, epoch: winner });
    const error: unknown = await Promise.resolve(second.set(NO_AUTHORITY, handedOver, 0)).catch(
      (thrown: unknown) => thrown,
    );
    expect(isStorageError(error) && [error.code, error.details]).toEqual([
      'CONFLICT',
      { state: { ...decides, epoch: winner } },
    ]);
  });

  test.each([
    ['an epoch that falls', { ...decides, epoch: 5 }, { ...decides, epoch: 4 }, 0],
    ['epoch 0', NO_AUTHORITY, NO_AUTHORITY, 0],
    ['a fraction', NO_AUTHORITY, { ...decides, epoch: 1.5 }, 0],
    ['a time that is none', NO_AUTHORITY, decides, -1],
  ])('refuses %s', async (_, expected, next, drainMs) => {
    const opened = openMemory();
    expect(await codeFrom(async () => authorityOf(opened).set(expected, next, drainMs))).toBe(
      'INVALID_RECORD',
    );
  });

  test('waits for sections that it refuses, which commit, and lets no new one of them in', async () => {
    const opened = await openAt(decides);
    const authority = authorityOf(opened);
    const { withLock } = partsOf(authority.as(deciding(1)));
    const [entered, leave] = [gate(), gate()];
    const events: string[] = [];
    const inside = withLock('s1', async (view) => {
      entered.open();
      await leave.opened;
      await view.streams!.create(newStream('s1'));
      // Of another stream, in the middle of a section that is waited for: it would wait for itself.
      events.push(await codeFrom(() => withLock('s2', () => Promise.resolve())));
    });
    await entered.opened;
    const set = Promise.resolve(authority.set(decides, handedOver, 60_000)).then((done) => {
      events.push('set');
      return done;
    });
    const waiting = codeFrom(() => withLock('s3', () => Promise.resolve()));
    const impatient = await codeFrom(() => withLock('s3', () => Promise.resolve(), { timeoutMs: 0 }));
    expect(impatient).toBe('LOCK_TIMEOUT');
    expect(await authority.get()).toEqual(decides);
    leave.open();
    await inside;
    expect(await set).toEqual({ ended: 0 });
    expect(events).toEqual(['FENCED', 'set']);
    expect(await waiting).toBe('FENCED');
    expect(await opened.streams.get('s1')).toBeDefined();
  });

  test('ends those that go on, which commit nothing; their lock is free and their signal aborted', async () => {
    const opened = await openAt(decides);
    const authority = authorityOf(opened);
    const [entered, leave] = [gate(), gate()];
    let view: LockedView | undefined;
    const inside = codeFrom(() =>
      opened.withLock('s1', async (given) => {
        view = given;
        await given.streams!.create(newStream('s1'));
        entered.open();
        await leave.opened;
      }),
    );
    await entered.opened;
    expect(await authority.set(decides, handedOver, 1)).toEqual({ ended: 1 });
    const copies = partsOf(authority.as(copying(2)));
    await copies.withLock('s1', () => Promise.resolve(), { timeoutMs: 0 });
    expect(view?.signal.aborted).toBe(true);
    expect(await codeFrom(async () => view?.streams!.create(newStream('s2')))).toBe('FENCED');
    leave.open();
    expect(await inside).toBe('FENCED');
    expect(await codeFrom(async () => view?.streams!.get('s1'))).toBe('CLOSED');
    expect(await opened.streams.get('s1')).toBeUndefined();
  });

  test('waits for nobody whom it accepts', async () => {
    const opened = await openAt(decides);
    const end = gate();
    const inside = opened.withLock('s1', async (view) => {
      await end.opened;
      await view.streams!.create(newStream('s1'));
    });
    expect(await authorityOf(opened).set(decides, { ...decides, epoch: 2 }, 60_000)).toEqual({ ended: 0 });
    end.open();
    await inside;
  });
});

describe('claims that span it', () => {
  test('are refused, and go on where their writer is accepted', async () => {
    const opened = openMemory();
    await fill(opened);
    const { jobs, idempotency } = opened;
    const [work, begun] = [
      await jobs.claimNext!('w', 60_000),
      await idempotency.begin!('settle:c', record.fingerprint, 60_000),
    ];
    const claim = begun.outcome === 'started' ? begun.claim : '';
    await authorityOf(opened).set(NO_AUTHORITY, { ...decides, admitsUnmarked: false }, 0);
    expect(await codeFrom(async () => jobs.complete!(work!.claim, result))).toBe('FENCED');
    expect(await codeFrom(async () => idempotency.finish!(claim, { ...record, token: 'settle:c' }))).toBe(
      'FENCED',
    );
    const marked = partsOf(authorityOf(opened).as(deciding(1)));
    expect(await marked.jobs.complete!(work!.claim, result)).toMatchObject({ status: 'ready' });
    expect(await marked.idempotency.finish!(claim, { ...record, token: 'settle:c' })).toMatchObject({
      status: 200,
    });
  });
});

describe('remove', () => {
  const names: readonly (readonly [MovedKind, string])[] = [
    ['streams', 's1'],
    ['users', 'w'],
    ['activity', 'e1'],
    ['idempotency', record.token],
    ['jobs', 'j1'],
    ['audit', 'a1'],
  ];

  test.each(names)('takes one of %s', async (kind, id) => {
    const opened = openMemory();
    await fill(opened);
    await authorityOf(opened).set(NO_AUTHORITY, handedOver, 0);
    const before = (await contents(opened)) as unknown[][];
    const authority = authorityOf(opened);
    expect(await codeFrom(async () => authority.remove(copying(1), kind, id))).toBe('FENCED');
    expect(await codeFrom(async () => authority.remove(deciding(2), kind, id))).toBe('INVALID_RECORD');
    expect(await contents(opened)).toEqual(before);
    expect(await authority.remove(copying(2), kind, id)).toBe(true);
    expect(await authority.remove(copying(2), kind, id)).toBe(false);
    expect(((await contents(opened)) as unknown[][]).flat()).toHaveLength(before.flat().length - 1);
  });

  test('refuses what is no kind, and no name', async () => {
    const authority = authorityOf(openMemory());
    const codes = [
      await codeFrom(async () => authority.remove(copying(1), 'locks' as never, 's')),
      await codeFrom(async () => authority.remove(copying(1), 'streams', '')),
      await codeFrom(async () => authority.remove(copying(1), 'idempotency', 'no token')),
      codeOf(new Error('none')),
    ];
    expect(codes).toEqual(['INVALID_RECORD', 'INVALID_RECORD', 'INVALID_TOKEN', undefined]);
  });
});

describe('endLease', () => {
  test('makes a job that is processing one for the next who asks, and no other', async () => {
    const opened = openMemory();
    const { jobs } = opened;
    await jobs.create({ id: 'taken', ownerId: 'o', fileName: 'f' });
    const claimed = await jobs.claimNext!('first', 60_000);
    await jobs.create({ id: 'waiting', ownerId: 'o', fileName: 'f' });
    const authority = authorityOf(opened) as Required<Authority>;
    await authority.set(NO_AUTHORITY, handedOver, 0);
    expect(await codeFrom(async () => authority.endLease(copying(1), 'taken'))).toBe('FENCED');
    expect(await codeFrom(async () => authority.endLease(deciding(2), 'taken'))).toBe('INVALID_RECORD');
    expect(await authority.endLease(copying(2), 'waiting')).toBe(false);
    expect(await authority.endLease(copying(2), 'absent')).toBe(false);
    expect(await authority.endLease(copying(2), 'taken')).toBe(true);
    await authority.set(handedOver, { ...handedOver, decides: true }, 0);
    const after = partsOf(authority.as(deciding(2))).jobs;
    expect(await codeFrom(async () => after.complete!(claimed!.claim, result))).toBe('CONFLICT');
    expect((await after.claimNext!('second', 1000))?.job).toMatchObject({ id: 'taken', attempts: 2 });
  });
});
