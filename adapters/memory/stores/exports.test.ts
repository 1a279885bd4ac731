import { describe, expect, test } from 'vitest';
import { allPages, codeFrom, openMemory } from '../testing/open.ts';

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
