/**
 * What this alone proves: instances that write for a writer of another epoch are refused, whatever they had begun before,
 * and those that are still accepted go on.
 */
import { describe, expect, it } from 'vitest';
import { isStorageError, NO_AUTHORITY } from '../../contract/index.ts';
import { LOCK_KINDS } from '../options.ts';
import { codeFrom, copying, decides, deciding, handedOver, opening, writerOf } from '../testing/authority.ts';
import { eventually, gate, stream, useServer, type FullAdapter, type FullView } from '../testing/server.ts';

const server = useServer();
const open = opening(server);

describe.each(LOCK_KINDS)('writers, with locks by %s', (lock) => {
  it('are refused in every statement that writes, and read on', async () => {
    const adapter = await open(`refused_${lock}`, { lock });
    const { streamRepository: repository, authority } = adapter;
    await repository.streams.create(stream('s1'));
    await authority.set(NO_AUTHORITY, decides, 1_000);
    await repository.streams.create(stream('s2'));
    await authority.set(decides, handedOver, 1_000);
    for (const one of [adapter, ...[deciding(1), deciding(2), copying(1)].map((w) => writerOf(adapter, w))]) {
      const { streams, users, activity } = one.streamRepository;
      const { idempotencyStore: tokens, exportRepository: exports } = one;
      const record = { token: 'settle:k', fingerprint: 'a'.repeat(64), status: 200, body: '' };
      const codes = await Promise.all(
        [
          streams.create(stream('new')),
          streams.put(stream('s1', { revision: 3 })),
          streams.delete('s1'),
          users.put({ walletAddress: 'w' }),
          activity.append({ id: 'e', type: 't', description: 'd' }),
          tokens.insert(record),
          tokens.putIfAbsent(record),
          tokens.delete(record.token),
          tokens.deleteExpired(10),
          tokens.begin?.('settle:c', record.fingerprint, 1_000),
          tokens.finish?.('c', record),
          tokens.abandon?.('c'),
          exports.jobs.create({ id: 'j', ownerId: 'o', fileName: 'f' }),
          exports.jobs.delete('j'),
          exports.jobs.claimNext?.('w', 1_000),
          exports.jobs.heartbeat?.('c'),
          exports.jobs.fail?.('c', 'reason'),
          exports.audit.append({ id: 'a', exportId: 'j', type: 'export.requested' }),
          one.streamRepository.withLock('s1', (view) =>
            Promise.resolve((view as FullView).streams.delete('s1')),
          ),
        ].map((call) => codeFrom(call)),
      );
      expect(codes).toEqual(codes.map(() => 'FENCED'));
      expect(await streams.get('s1')).toMatchObject({ revision: 0 });
    }
    const error: unknown = await Promise.resolve(
      writerOf(adapter, deciding(1)).streamRepository.streams.delete('s1'),
    ).catch((thrown: unknown) => thrown);
    expect(isStorageError(error) && error.details).toEqual({ writer: deciding(1), state: handedOver });
    const copies = writerOf(adapter, copying(2));
    await copies.streamRepository.streams.put(stream('s1', { revision: 4 }));
    await copies.streamRepository.withLock('s1', (view) =>
      Promise.resolve((view as FullView).streams.delete('s1')),
    );
    expect(await repository.streams.get('s1')).toBeUndefined();
  });

  it('share connections, and each statement is its own writer’s', async () => {
    const adapter = await open(`mixed_${lock}`, { lock, max: 2 });
    const { authority } = adapter;
    await authority.set(NO_AUTHORITY, { ...decides, admitsUnmarked: false }, 1_000);
    const marked = writerOf(adapter, deciding(1));
    const stale = writerOf(adapter, deciding(7));
    const codes = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const one = [marked, stale, adapter][index % 3] as FullAdapter;
        const repository = one.streamRepository;
        const id = `s${index}`;
        return codeFrom(
          index % 2 === 0
            ? repository.streams.create(stream(id))
            : repository.withLock(id, async (view) => (view as FullView).streams.create(stream(id))),
        );
      }),
    );
    expect(codes).toEqual(codes.map((_, index) => (index % 3 === 0 ? 'none' : 'FENCED')));
    await marked.close();
    expect(await codeFrom(marked.streamRepository.streams.get('s0'))).toBe('CLOSED');
    expect(await stale.streamRepository.streams.get('s0')).toBeDefined();
  });

  it('that froze with an open transaction are ended, and commit nothing', async () => {
    const adapter = await open(`frozen_${lock}`, { lock });
    const { authority, streamRepository: repository } = adapter;
    await authority.set(NO_AUTHORITY, decides, 1_000);
    const [entered, thaw] = [gate(), gate()];
    const frozen = codeFrom(
      writerOf(adapter, deciding(1)).streamRepository.withLock('s1', async (view) => {
        await (view as FullView).streams.create(stream('s1'));
        await view.streams?.scan({ limit: 1 });
        entered.open();
        await thaw.opened;
      }),
    );
    await entered.opened;
    expect(await authority.set(decides, handedOver, 100)).toEqual({ ended: 1 });
    thaw.open();
    expect(await frozen).toBe('FENCED');
    expect(await repository.streams.get('s1')).toBeUndefined();
  });

  it('are not waited for where they are accepted as before', async () => {
    const adapter = await open(`accepted_${lock}`, { lock });
    const { authority, streamRepository: repository } = adapter;
    const [entered, leave] = [gate(), gate()];
    const section = repository.withLock('s1', async (view) => {
      entered.open();
      await leave.opened;
      await (view as FullView).streams.create(stream('s1'));
      await view.streams?.scan({ limit: 1 });
      expect(await authority.set(decides, { ...decides, epoch: 2 }, 0)).toEqual({ ended: 0 });
    });
    await entered.opened;
    expect(await authority.set(NO_AUTHORITY, decides, 0)).toEqual({ ended: 0 });
    leave.open();
    await section;
    expect(await repository.streams.get('s1')).toBeDefined();
  });

  it('are waited for, and nobody new of them comes in', async () => {
    const adapter = await open(`drained_${lock}`, { lock });
    const { authority, streamRepository: repository } = adapter;
    await authority.set(NO_AUTHORITY, decides, 1_000);
    const marked = writerOf(adapter, deciding(1)).streamRepository;
    const [entered, leave] = [gate(), gate()];
    const inside = marked.withLock('s1', async (view) => {
      entered.open();
      await leave.opened;
      await (view as FullView).streams.create(stream('s1'));
    });
    await entered.opened;
    const set = authority.set(decides, handedOver, 30_000);
    const waiting = await eventually(
      async () =>
        (await server.sql(`SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'ExclusiveLock'`)).length > 0,
    );
    expect(waiting).toBe(true);
    const late = codeFrom(marked.withLock('s2', () => Promise.resolve()));
    const plain = codeFrom(marked.streams.create(stream('s3')));
    expect(await authority.get()).toEqual(decides);
    leave.open();
    await inside;
    expect(await set).toEqual({ ended: 0 });
    expect([await late, await plain]).toEqual(['FENCED', 'FENCED']);
    expect(await repository.streams.get('s1')).toBeDefined();
  });
});
