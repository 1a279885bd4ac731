/**
 * What this alone proves: the server itself refuses programs that know nothing of the authority, whatever their sessions
 * had begun, sent or prepared before, and nothing is paid for it before the first epoch.
 */
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { codeOf, NO_AUTHORITY, type Authority } from '../../contract/index.ts';
import { schemaOf } from '../target/namespace.ts';
import { codeFrom, copying, decides, deciding, handedOver, opening, writerOf } from '../testing/authority.ts';
import { stream, useServer } from '../testing/server.ts';

const server = useServer();
const open = opening(server);

/** A plain session, as of a program that knows nothing of lockstep. */
async function session(): Promise<pg.Client> {
  const client = new pg.Client(server.url);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function insertSql(namespace: string, wallet: string): string {
  return `INSERT INTO ${schemaOf(namespace)}.users (wallet_address, created_at, updated_at) VALUES ('${wallet}', now(), now())`;
}

const sqlState = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'none',
    (error: { code?: unknown }) => error.code,
  );

const triggers = (namespace: string): Promise<Record<string, unknown>[]> =>
  server.sql(
    `SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname = 'fence_writer'
      AND tgrelid::regclass::text LIKE $1 ORDER BY 1`,
    [`${schemaOf(namespace)}.%`],
  );

describe('sessions of programs that know nothing of it', () => {
  it('pay nothing before the first epoch, and are judged from then on', async () => {
    const { authority } = await open('unmarked');
    const client = await session();
    try {
      expect(await triggers('unmarked')).toEqual([]);
      await client.query(insertSql('unmarked', 'before'));
      await client.query({ name: 'prepared', text: insertSql('unmarked', 'prepared') });
      // It reads on in a transaction that began before.
      const reader = await session();
      await reader.query('BEGIN; SELECT count(*) FROM ls_unmarked.users');
      await authority.set(NO_AUTHORITY, decides, 1_000);
      await reader.end();
      expect((await triggers('unmarked')).length).toBe(7);
      await client.query(insertSql('unmarked', 'admitted'));
      await authority.set(decides, handedOver, 1_000);
      expect(await sqlState(client.query(insertSql('unmarked', 'after')))).toBe('LS001');
      expect(
        await sqlState(client.query({ name: 'prepared', text: insertSql('unmarked', 'prepared') })),
      ).toBe('LS001');
      expect(await sqlState(client.query('TRUNCATE ls_unmarked.users'))).toBe('LS001');
      expect((await client.query('SELECT 1 FROM ls_unmarked.users')).rowCount).toBe(3);
    } finally {
      await client.end();
    }
  });

  it('are refused in transactions that began before, at every level of isolation', async () => {
    const { authority } = await open('isolation');
    await authority.set(NO_AUTHORITY, decides, 1_000);
    const levels = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'];
    const clients = await Promise.all(levels.map(() => session()));
    try {
      for (const [index, client] of clients.entries())
        await client.query(`BEGIN ISOLATION LEVEL ${levels[index]}; SELECT count(*) FROM ls_isolation.users`);
      await authority.set(decides, handedOver, 1_000);
      const states = await Promise.all(
        clients.map((client, index) => sqlState(client.query(insertSql('isolation', `w${index}`)))),
      );
      expect(states).toEqual(['LS001', '40001', '40001']);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
    expect(await server.sql('SELECT 1 FROM ls_isolation.users')).toEqual([]);
  });

  it('are refused behind a savepoint that took the proof of an earlier write with it', async () => {
    const { authority } = await open('savepoint');
    await authority.set(NO_AUTHORITY, decides, 1_000);
    const client = await session();
    try {
      await client.query('BEGIN; SAVEPOINT a');
      await client.query(insertSql('savepoint', 'undone'));
      await client.query('ROLLBACK TO a');
      expect(await authority.set(decides, handedOver, 30_000)).toEqual({ ended: 0 });
      expect(await sqlState(client.query(insertSql('savepoint', 'late')))).toBe('LS001');
    } finally {
      await client.end();
    }
  });

  it('commit before it, or not at all', async () => {
    const { authority, streamRepository } = await open('commit');
    await authority.set(NO_AUTHORITY, decides, 1_000);
    const [early, late] = [await session(), await session()];
    try {
      for (const [client, wallet] of [
        [early, 'early'],
        [late, 'late'],
      ] as const)
        await client.query(`BEGIN; SAVEPOINT a; ${insertSql('commit', wallet)}; RELEASE a`);
      const set = authority.set(decides, handedOver, 300);
      await early.query('COMMIT');
      expect(await set).toEqual({ ended: 1 });
      expect(await sqlState(late.query('COMMIT'))).not.toBe('none');
    } finally {
      await Promise.all([early.end(), late.end()]);
    }
    const { items } = await streamRepository.users.scan({ limit: 9 });
    expect(items.map(({ walletAddress }) => walletAddress)).toEqual(['early']);
  });

  it('that wrote before there was anything to judge them are ended too, where they are not admitted', async () => {
    const { authority } = await open('first', { idleInTransactionTimeoutMs: 60_000 });
    const client = await session();
    try {
      await client.query(`BEGIN; ${insertSql('first', 'w')}`);
      const next = { ...handedOver, epoch: 1 };
      expect(await authority.set(NO_AUTHORITY, next, 100)).toEqual({ ended: 1 });
      expect(await authority.get()).toEqual(next);
    } finally {
      await client.end();
    }
    expect(await server.sql('SELECT 1 FROM ls_first.users')).toEqual([]);
  });
});

describe('set', () => {
  it('succeeds for exactly one of those who call it at once', async () => {
    const adapters = await Promise.all([open('operators'), open('operators'), open('operators')]);
    const results = await Promise.allSettled(
      adapters.map(async ({ authority }, index) =>
        authority.set(NO_AUTHORITY, { ...decides, epoch: index + 1 }, 1_000),
      ),
    );
    const winner = results.findIndex(({ status }) => status === 'fulfilled') + 1;
    const stored = { ...decides, epoch: winner };
    expect(await adapters[0]?.authority.get()).toEqual(stored);
    const lost = results.filter((result) => result.status === 'rejected');
    expect(lost.map(({ reason }) => [codeOf(reason), (reason as { details: unknown }).details])).toEqual([
      ['CONFLICT', { state: stored }],
      ['CONFLICT', { state: stored }],
    ]);
  });

  it('says that a schema lacks it, and that a pooler cannot carry a writer', async () => {
    const adapter = await open('pooled', { preparedStatements: false });
    await adapter.authority.set(NO_AUTHORITY, { ...handedOver, epoch: 1 }, 0);
    expect(await codeFrom(adapter.streamRepository.streams.create(stream('s1')))).toBe('FENCED');
    expect(await adapter.authority.remove(copying(1), 'streams', 's1')).toBe(false);
    expect(() => adapter.authority.as(copying(1))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    await server.sql('DROP TABLE ls_pooled.authority CASCADE');
    expect(await codeFrom(adapter.authority.get())).toBe('UNAVAILABLE');
  });
});

describe('remove', () => {
  it('takes records of every kind, for copying writers alone', async () => {
    const adapter = await open('removed');
    const {
      streamRepository: repository,
      idempotencyStore: tokens,
      exportRepository: exports,
      authority,
    } = adapter;
    await repository.streams.create(stream('s1'));
    await repository.users.put({ walletAddress: 'w' });
    await repository.activity.append({ id: 'e1', type: 't', description: 'd' });
    await tokens.insert({ token: 'settle:k', fingerprint: 'a'.repeat(64), status: 200, body: '' });
    await exports.jobs.create({ id: 'j1', ownerId: 'o', fileName: 'f' });
    await exports.audit.append({ id: 'a1', exportId: 'j1', type: 'export.requested' });
    await authority.set(NO_AUTHORITY, { ...handedOver, epoch: 1 }, 1_000);
    const names = [
      ['streams', 's1'],
      ['users', 'w'],
      ['activity', 'e1'],
      ['idempotency', 'settle:k'],
      ['jobs', 'j1'],
      ['audit', 'a1'],
    ] as const;
    for (const [kind, id] of names) {
      expect(await codeFrom(authority.remove(copying(2), kind, id))).toBe('FENCED');
      expect(await codeFrom(authority.remove(deciding(1), kind, id))).toBe('INVALID_RECORD');
      expect(await authority.remove(copying(1), kind, id)).toBe(true);
      expect(await authority.remove(copying(1), kind, id)).toBe(false);
    }
    // The history is as it was for everybody else.
    await writerOf(adapter, copying(1)).streamRepository.activity.append({
      id: 'e2',
      type: 't',
      description: 'd',
    });
    expect(
      await sqlState(server.sql("SET lockstep.writer = '1:copying'; DELETE FROM ls_removed.activity_events")),
    ).toBe('23001');
    await server.sql('RESET lockstep.writer');
  });
});

describe('endLease', () => {
  it('makes a job that is processing one for the next who asks, for copying writers alone', async () => {
    const adapter = await open('lease_ended');
    const { exportRepository: exports } = adapter;
    const authority = adapter.authority as Required<Authority>;
    await exports.jobs.create({ id: 'taken', ownerId: 'o', fileName: 'f' });
    const claimed = await exports.jobs.claimNext?.('first', 60_000);
    await exports.jobs.create({ id: 'waiting', ownerId: 'o', fileName: 'f' });
    const first = { ...handedOver, epoch: 1 };
    await authority.set(NO_AUTHORITY, first, 1_000);
    expect(await codeFrom(authority.endLease(copying(2), 'taken'))).toBe('FENCED');
    expect(await codeFrom(authority.endLease(deciding(1), 'taken'))).toBe('INVALID_RECORD');
    expect(await authority.endLease(copying(1), 'waiting')).toBe(false);
    expect(await authority.endLease(copying(1), 'taken')).toBe(true);
    await authority.set(first, { ...first, decides: true }, 1_000);
    const { jobs } = writerOf(adapter, deciding(1)).exportRepository;
    expect(await codeFrom(jobs.fail?.(claimed!.claim, 'late'))).toBe('CONFLICT');
    expect((await jobs.claimNext?.('second', 1_000))?.job).toMatchObject({ id: 'taken', attempts: 2 });
  });
});
