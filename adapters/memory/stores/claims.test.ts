import { describe, expect, test } from 'vitest';
import type { ExportJobStore, IdempotencyStore } from '../../contract/index.ts';
import { codeFrom, openMemory } from '../testing/open.ts';

type Claims = Required<IdempotencyStore>;
type Jobs = Required<ExportJobStore>;

const FINGERPRINT = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const TOKEN = 'settle:k1';
const record = { token: TOKEN, fingerprint: FINGERPRINT, status: 200, body: '"done"' };
const result = { signedUrl: 'u', signedUrlExpiresAt: '2026-01-31T09:15:00.000Z', rows: 3 };

describe('executions', () => {
  test('one starts, the others are told what goes on', async () => {
    const store = openMemory().idempotency as Claims;
    const begun = await store.begin(TOKEN, FINGERPRINT, 1000);
    if (begun.outcome !== 'started') throw new Error(begun.outcome);
    expect(await store.begin(TOKEN, FINGERPRINT, 1000)).toEqual({ outcome: 'inProgress' });
    expect(await store.begin(TOKEN, OTHER, 1000)).toEqual({ outcome: 'conflict' });
    expect(await store.get(TOKEN)).toBeUndefined();
    expect(await codeFrom(() => store.finish('forged', record))).toBe('CONFLICT');
    const foreign = { ...record, token: 'settle:k2' };
    expect(await codeFrom(() => store.finish(begun.claim, foreign))).toBe('CONFLICT');
    const otherRequest = { ...record, fingerprint: OTHER };
    expect(await codeFrom(() => store.finish(begun.claim, otherRequest))).toBe('CONFLICT');
    const stored = await store.finish(begun.claim, record);
    expect(await store.begin(TOKEN, FINGERPRINT, 1000)).toEqual({ outcome: 'replay', record: stored });
    expect(await store.begin(TOKEN, OTHER, 1000)).toEqual({ outcome: 'conflict' });
    expect(await codeFrom(() => store.finish(begun.claim, record))).toBe('CONFLICT');
  });

  test('one that is given back or runs out is started anew', async () => {
    const { idempotency, clock } = openMemory();
    const store = idempotency as Claims;
    const claims: string[] = [];
    const begin = async (): Promise<void> => {
      const begun = await store.begin(TOKEN, FINGERPRINT, 1000);
      claims.push(begun.outcome === 'started' ? begun.claim : begun.outcome);
    };
    await begin();
    await store.abandon(claims[0]!);
    await begin();
    clock.advance(999);
    await begin();
    clock.advance(1);
    expect(await codeFrom(() => store.finish(claims[1]!, record))).toBe('CONFLICT');
    await begin();
    await store.abandon(claims[1]!);
    await begin();
    expect(claims[2]).toBe('inProgress');
    expect(claims[4]).toBe('inProgress');
    await store.finish(claims[3]!, record);
  });

  test('a record that came without a claim is not overwritten', async () => {
    const store = openMemory().idempotency as Claims;
    const begun = await store.begin(TOKEN, FINGERPRINT, 1000);
    if (begun.outcome !== 'started') throw new Error(begun.outcome);
    await store.insert({ ...record, body: '"first"' });
    expect(await codeFrom(() => store.finish(begun.claim, record))).toBe('CONFLICT');
    expect((await store.get(TOKEN))?.body).toBe('"first"');
  });

  test('those that were given up are swept, and count for nothing', async () => {
    const { idempotency, clock } = openMemory();
    const store = idempotency as Claims;
    await store.begin(TOKEN, FINGERPRINT, 1000);
    await store.begin('settle:k2', FINGERPRINT, 5000);
    clock.advance(1000);
    expect(await store.deleteExpired(10)).toBe(0);
    expect(await store.begin('settle:k2', FINGERPRINT, 1000)).toEqual({ outcome: 'inProgress' });
  });

  test('malformed arguments are refused', async () => {
    const store = openMemory().idempotency as Claims;
    expect(await codeFrom(() => store.begin('k1', FINGERPRINT, 1000))).toBe('INVALID_TOKEN');
    expect(await codeFrom(() => store.begin(TOKEN, 'x', 1000))).toBe('INVALID_RECORD');
    for (const leaseMs of [0, -1, 0.5, NaN, Infinity, 1e300])
      expect(await codeFrom(() => store.begin(TOKEN, FINGERPRINT, leaseMs))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => store.finish('', record))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => store.abandon(undefined as never))).toBe('INVALID_RECORD');
  });
});

describe('export jobs', () => {
  const job = { ownerId: 'o', fileName: 'f.csv' };

  test('are claimed once each, oldest first', async () => {
    const { jobs, clock } = openMemory();
    const work = jobs as Jobs;
    for (const id of ['b', 'a']) {
      await jobs.create({ ...job, id });
      clock.advance(1);
    }
    const claims = [await work.claimNext('w', 1000), await work.claimNext('w', 1000)];
    expect(claims.map((one) => one?.job.id)).toEqual(['b', 'a']);
    expect(claims[0]?.job).toMatchObject({ status: 'processing', attempts: 1 });
    expect(await jobs.get('b')).toEqual(claims[0]?.job);
    expect(await work.claimNext('w', 1000)).toBeUndefined();
    expect(await work.complete(claims[0]!.claim, result)).toMatchObject({ ...result, status: 'ready' });
    expect(await work.fail(claims[1]!.claim, 'disk full')).toMatchObject({
      status: 'failed',
      failureReason: 'disk full',
    });
    for (const { claim } of claims as { claim: string }[])
      expect(await codeFrom(() => work.complete(claim, result))).toBe('CONFLICT');
  });

  test('of a stalled worker are claimed again, and its late calls are refused', async () => {
    const { jobs, clock } = openMemory();
    const work = jobs as Jobs;
    await jobs.create({ ...job, id: 'x' });
    const first = await work.claimNext('stalls', 1000);
    clock.advance(600);
    await work.heartbeat(first!.claim);
    clock.advance(600);
    expect(await work.claimNext('w', 1000)).toBeUndefined();
    clock.advance(400);
    const second = await work.claimNext('w', 1000);
    expect(second?.job).toMatchObject({ id: 'x', attempts: 2 });
    expect(await codeFrom(() => work.heartbeat(first!.claim))).toBe('CONFLICT');
    expect(await codeFrom(() => work.complete(first!.claim, result))).toBe('CONFLICT');
    expect(await codeFrom(() => work.fail(first!.claim, ''))).toBe('CONFLICT');
    await work.complete(second!.claim, result);
  });

  test('that transition moved, or that are gone, are nobody’s', async () => {
    const { jobs } = openMemory();
    const work = jobs as Jobs;
    await jobs.create({ ...job, id: 'started' });
    await jobs.transition('started', ['pending'], 'processing');
    expect(await work.claimNext('w', 1000)).toBeUndefined();
    for (const id of ['moved', 'deleted']) {
      await jobs.create({ ...job, id });
      const claimed = await work.claimNext('w', 1000);
      if (id === 'deleted') await jobs.delete(id);
      else await jobs.transition(id, ['processing'], 'failed');
      expect(await codeFrom(() => work.complete(claimed!.claim, result))).toBe('CONFLICT');
    }
  });

  test('that a section claims are claimed when it commits, unless somebody came first', async () => {
    const { jobs, withLock } = openMemory();
    const work = jobs as Jobs;
    await jobs.create({ ...job, id: 'x' });
    const section = withLock('s', async (view) => {
      const inside = view.exports?.jobs as Jobs;
      const claimed = await inside.claimNext('inside', 1000);
      expect((await work.claimNext('outside', 1000))?.job.id).toBe('x');
      return claimed;
    });
    expect(await codeFrom(() => section)).toBe('CONFLICT');
    expect((await jobs.get('x'))?.attempts).toBe(1);
  });

  test('malformed arguments are refused', async () => {
    const work = openMemory().jobs as Jobs;
    expect(await codeFrom(() => work.claimNext('', 1000))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => work.claimNext('w', 0))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => work.heartbeat('\0'))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => work.complete('c', { ...result, rows: -1 }))).toBe('INVALID_RECORD');
    expect(await codeFrom(() => work.fail('c', undefined as never))).toBe('INVALID_RECORD');
  });
});
