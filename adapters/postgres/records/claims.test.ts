import { describe, expect, it } from 'vitest';
import type { ExportJobStore, IdempotencyStore } from '../../contract/index.ts';
import { codeOfRejection, useServer } from '../testing/server.ts';

const server = useServer();

const FINGERPRINT = 'ab'.repeat(32);
const TOKEN = 'settle:k1';
const record = { token: TOKEN, fingerprint: FINGERPRINT, status: 200, body: '"done"' };
const result = { signedUrl: 'u', signedUrlExpiresAt: '2030-01-01T00:00:00.000Z', rows: 3 };
/** No lease of a test runs out by itself, however busy the machine is. */
const LEASE_MS = 600_000;

type Claims = Required<IdempotencyStore>;
type Jobs = Required<ExportJobStore>;

async function claimsOf(namespace: string): Promise<[Claims, Claims]> {
  const opened = [await server.open(namespace), await server.attach(namespace)] as const;
  return [opened[0].idempotencyStore as Claims, opened[1].idempotencyStore as Claims];
}

async function jobsOf(namespace: string): Promise<[Jobs, Jobs]> {
  const opened = [await server.open(namespace), await server.attach(namespace)] as const;
  return [opened[0].exportRepository.jobs as Jobs, opened[1].exportRepository.jobs as Jobs];
}

/** Makes every lease of the table run out now. */
async function lapse(table: string): Promise<void> {
  await server.sql(`UPDATE ls_${table} SET leased_until = clock_timestamp() WHERE leased_until IS NOT NULL`);
}

function coded(call: () => unknown): Promise<unknown> {
  return codeOfRejection((async () => call())());
}

describe('executions', () => {
  it('are started once, taken over once, and answered by their claim alone', async () => {
    const stores = await claimsOf('executions');
    const race = async (): Promise<string> => {
      const begun = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => stores[index % 2]!.begin(TOKEN, FINGERPRINT, LEASE_MS)),
      );
      const started = begun.flatMap((one) => (one.outcome === 'started' ? [one.claim] : []));
      expect(started).toHaveLength(1);
      expect(begun.filter(({ outcome }) => outcome === 'inProgress')).toHaveLength(7);
      return started[0]!;
    };
    const [a, b] = stores;
    const stalled = await race();
    expect(await b.begin(TOKEN, 'cd'.repeat(32), LEASE_MS)).toEqual({ outcome: 'conflict' });
    await lapse('executions.idempotency_claims');
    const current = await race();
    expect(await coded(() => a.finish(stalled, record))).toBe('CONFLICT');
    await a.abandon(stalled);
    expect(await coded(() => a.finish(current, { ...record, token: 'settle:k2' }))).toBe('CONFLICT');
    const stored = await b.finish(current, { ...record, ttlMs: LEASE_MS });
    expect(await a.begin(TOKEN, FINGERPRINT, LEASE_MS)).toEqual({ outcome: 'replay', record: stored });
    expect(await a.begin(TOKEN, 'cd'.repeat(32), LEASE_MS)).toEqual({ outcome: 'conflict' });
    expect(await coded(() => b.finish(current, record))).toBe('CONFLICT');
    expect(await b.get(TOKEN)).toEqual(stored);
  });

  it('never start beside one that is just finishing', async () => {
    const [a, b] = await claimsOf('finishing');
    for (let round = 0; round < 20; round += 1) {
      const token = `settle:r${round}`;
      const begun = await a.begin(token, FINGERPRINT, LEASE_MS);
      if (begun.outcome !== 'started') throw new Error(begun.outcome);
      const rivals = Array.from({ length: 4 }, async () => b.begin(token, FINGERPRINT, LEASE_MS));
      const [, ...answers] = await Promise.all([a.finish(begun.claim, { ...record, token }), ...rivals]);
      for (const { outcome } of answers as { outcome: string }[])
        expect(['inProgress', 'replay']).toContain(outcome);
    }
  });

  it('that were given up are swept with the expired records, and count for nothing', async () => {
    const [a] = await claimsOf('given_up');
    await a.begin(TOKEN, FINGERPRINT, LEASE_MS);
    await lapse('given_up.idempotency_claims');
    await a.begin('settle:k2', FINGERPRINT, LEASE_MS);
    expect(await a.deleteExpired(10)).toBe(0);
    const left = await server.sql('SELECT token FROM ls_given_up.idempotency_claims');
    expect(left).toEqual([{ token: 'settle:k2' }]);
    expect(await a.begin(TOKEN, FINGERPRINT, LEASE_MS)).toMatchObject({ outcome: 'started' });
  });
});

describe('export jobs', () => {
  it('go to one worker each, oldest first', async () => {
    const stores = await jobsOf('work');
    for (let index = 0; index < 6; index += 1)
      await stores[0].create({ id: `x${index}`, ownerId: 'o', fileName: 'f' });
    const claimed = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => stores[index % 2]!.claimNext(`w${index}`, LEASE_MS)),
    );
    const ids = claimed.flatMap((one) => (one === undefined ? [] : [one.job.id]));
    expect(ids.toSorted()).toEqual(['x0', 'x1', 'x2', 'x3', 'x4', 'x5']);
    expect(await stores[1].claimNext('late', LEASE_MS)).toBeUndefined();
    const first = claimed.find((one) => one?.job.id === 'x0');
    expect(first?.job).toMatchObject({ status: 'processing', attempts: 1 });
    const ready = await stores[1].complete(first!.claim, result);
    expect(ready).toMatchObject({ ...result, status: 'ready' });
    expect(await stores[0].get('x0')).toEqual(ready);
    expect(await coded(() => stores[0].complete(first!.claim, result))).toBe('CONFLICT');
    const second = claimed.find((one) => one?.job.id === 'x1');
    await stores[0].fail(second!.claim, 'disk full');
    expect(await stores[1].get('x1')).toMatchObject({ status: 'failed', failureReason: 'disk full' });
  });

  it('of a stalled worker are claimed again by one, and its late calls are refused', async () => {
    const stores = await jobsOf('stalled');
    const [a, b] = stores;
    await a.create({ id: 'x', ownerId: 'o', fileName: 'f' });
    const stalled = await a.claimNext('stalls', LEASE_MS);
    await server.sql(`UPDATE ls_stalled.export_jobs SET leased_until = leased_until - interval '10 s'`);
    await a.heartbeat(stalled!.claim);
    const [left] = await server.sql(
      `SELECT leased_until > clock_timestamp() + interval '595 s' AS renewed FROM ls_stalled.export_jobs`,
    );
    expect(left).toEqual({ renewed: true });
    expect(await b.claimNext('early', LEASE_MS)).toBeUndefined();
    await lapse('stalled.export_jobs');
    const again = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => stores[index % 2]!.claimNext('w', LEASE_MS)),
    );
    const [taken, ...others] = again.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    expect(taken?.job).toMatchObject({ id: 'x', attempts: 2 });
    for (const late of [
      () => a.heartbeat(stalled!.claim),
      () => a.complete(stalled!.claim, result),
      () => a.fail(stalled!.claim, 'late'),
    ])
      expect(await coded(late)).toBe('CONFLICT');
    await b.complete(taken!.claim, result);
  });

  it('that transition moved, or that are gone, are nobody’s', async () => {
    const [a, b] = await jobsOf('moved');
    await a.create({ id: 'started', ownerId: 'o', fileName: 'f' });
    await a.transition('started', ['pending'], 'processing');
    expect(await b.claimNext('w', LEASE_MS)).toBeUndefined();
    for (const id of ['moved', 'deleted']) {
      await a.create({ id, ownerId: 'o', fileName: 'f' });
      const claimed = await a.claimNext('w', LEASE_MS);
      if (id === 'deleted') await b.delete(id);
      else await b.transition(id, ['processing'], 'failed');
      expect(await coded(() => a.complete(claimed!.claim, result))).toBe('CONFLICT');
    }
  });

  it('that a section has claimed are passed over by others, and free again when it rolls back', async () => {
    const { streamRepository, exportRepository } = await server.open('section_claim');
    const jobs = exportRepository.jobs as Jobs;
    await jobs.create({ id: 'x', ownerId: 'o', fileName: 'f' });
    const section = streamRepository.withLock('s', async (view) => {
      expect((await view.exports?.jobs.claimNext?.('inside', LEASE_MS))?.job.id).toBe('x');
      expect(await jobs.claimNext('outside', LEASE_MS)).toBeUndefined();
      throw new Error('rolled back');
    });
    await expect(section).rejects.toThrow('rolled back');
    expect((await jobs.claimNext('outside', LEASE_MS))?.job.attempts).toBe(1);
  });
});
