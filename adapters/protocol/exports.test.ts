import { describe, expect, test } from 'vitest';
import { StorageError, type StorageAdapter } from '../contract/index.ts';
import { codeFrom, openMemory, type Opened } from '../memory/testing/open.ts';
import { downloadExport, expireExport, exportLockId, processExport, requestExport } from './index.ts';

const job = { id: 'x1', ownerId: 'o', fileName: 'f.csv' };
const produce = (): { signedUrl: string; rows: number } => ({ signedUrl: 'https://files/x1', rows: 3 });

async function auditOf({ audit }: Opened): Promise<string[]> {
  return (await audit.list({ exportId: 'x1', limit: 100 })).items.map(({ type }) => type);
}

async function ready(): Promise<Opened> {
  const opened = openMemory();
  await requestExport(opened.adapter, job);
  await processExport(opened.adapter, 'x1', { clock: opened.clock, produce });
  return opened;
}

/** The memory adapter whose audit cannot be written within a section. */
function withoutAudit(opened: Opened): StorageAdapter {
  const append = (): Promise<never> => Promise.reject(new StorageError('UNAVAILABLE', 'below'));
  return {
    ...opened.adapter,
    streamRepository: {
      ...opened.adapter.streamRepository,
      withLock: (id, callback) =>
        opened.withLock(id, (view) => {
          if (view.exports === undefined) throw new Error('no exports');
          return callback({
            ...view,
            exports: { ...view.exports, audit: { ...view.exports.audit, append } },
          });
        }),
    },
  };
}

describe('the life of an export', () => {
  test('leaves one audit record for each request, download and expiry', async () => {
    const opened = await ready();
    expect(await opened.jobs.get('x1')).toMatchObject({
      status: 'ready',
      attempts: 1,
      rows: 3,
      signedUrlExpiresAt: '2026-01-31T09:15:00.000000Z',
    });
    for (const downloadId of ['1', '2']) {
      const download = await downloadExport(opened.adapter, 'x1', { clock: opened.clock, downloadId });
      expect(download).toEqual({
        signedUrl: 'https://files/x1',
        signedUrlExpiresAt: '2026-01-31T09:15:00.000000Z',
      });
    }
    expect(await expireExport(opened.adapter, 'x1')).not.toHaveProperty('signedUrl');
    expect(await auditOf(opened)).toEqual([
      'export.requested',
      'export.downloaded',
      'export.downloaded',
      'export.expired',
    ]);
  });

  test('a request is made once', async () => {
    const opened = openMemory();
    const codes = await Promise.all([1, 2, 3].map(() => codeFrom(() => requestExport(opened.adapter, job))));
    expect(codes.sort()).toEqual(['ALREADY_EXISTS', 'ALREADY_EXISTS', 'none']);
    expect(await auditOf(opened)).toEqual(['export.requested']);
  });

  test('expiry happens once', async () => {
    const opened = await ready();
    const codes = await Promise.all([1, 2, 3].map(() => codeFrom(() => expireExport(opened.adapter, 'x1'))));
    expect(codes.sort()).toEqual(['CONFLICT', 'CONFLICT', 'none']);
    expect((await auditOf(opened)).filter((type) => type === 'export.expired')).toHaveLength(1);
  });

  test('a change whose audit fails does not happen', async () => {
    const opened = openMemory();
    expect(await codeFrom(() => requestExport(withoutAudit(opened), job))).toBe('UNAVAILABLE');
    expect(await opened.jobs.get('x1')).toBeUndefined();
    const later = await ready();
    expect(await codeFrom(() => expireExport(withoutAudit(later), 'x1'))).toBe('UNAVAILABLE');
    expect((await later.jobs.get('x1'))?.status).toBe('ready');
  });
});

describe('a download', () => {
  test('needs a ready job and a URL that is still good', async () => {
    const opened = openMemory();
    const download = (): Promise<string> =>
      codeFrom(() => downloadExport(opened.adapter, 'x1', { clock: opened.clock, downloadId: '1' }));
    expect(await download()).toBe('NOT_FOUND');
    await requestExport(opened.adapter, job);
    expect(await download()).toBe('CONFLICT');
    await processExport(opened.adapter, 'x1', {
      clock: opened.clock,
      produce: () => ({ ...produce(), urlTtlMs: 1000 }),
    });
    opened.clock.advance(1000);
    expect(await download()).toBe('CONFLICT');
    opened.clock.advance(-1);
    expect(await download()).toBe('none');
    expect(await download()).toBe('ALREADY_EXISTS');
    expect(await auditOf(opened)).toEqual(['export.requested', 'export.downloaded']);
    await expireExport(opened.adapter, 'x1');
    expect(await download()).toBe('CONFLICT');
  });
});

describe('processing', () => {
  test('makes the file outside the lock, and one worker does', async () => {
    const opened = openMemory();
    await requestExport(opened.adapter, job);
    let made = 0;
    const work = (): Promise<string> =>
      codeFrom(() =>
        processExport(opened.adapter, 'x1', {
          clock: opened.clock,
          produce: async (processing) => {
            made += 1;
            expect(processing).toMatchObject({ status: 'processing', attempts: 1 });
            await opened.withLock(exportLockId('x1'), () => Promise.resolve(), { timeoutMs: 1000 });
            return produce();
          },
        }),
      );
    expect((await Promise.all([work(), work(), work()])).sort()).toEqual(['CONFLICT', 'CONFLICT', 'none']);
    expect(made).toBe(1);
  });

  test('that fails ends in failed, with the error', async () => {
    const opened = openMemory();
    await requestExport(opened.adapter, job);
    const mine = new Error('disk full');
    const run = processExport(opened.adapter, 'x1', {
      clock: opened.clock,
      produce: () => Promise.reject(mine),
    });
    await expect(run).rejects.toBe(mine);
    expect(await opened.jobs.get('x1')).toMatchObject({ status: 'failed', rows: 0 });
    expect(await opened.jobs.get('x1')).not.toHaveProperty('signedUrl');
  });
});

describe('adapters that lack something', () => {
  test('without locks the change and its record are two writes', async () => {
    const opened = openMemory();
    const adapter: StorageAdapter = { ...opened.adapter, streamRepository: {} };
    await requestExport(adapter, job);
    expect(await auditOf(opened)).toEqual(['export.requested']);
  });

  test('without exports there is nothing to do', async () => {
    const { exportRepository: _none, ...adapter } = openMemory().adapter;
    expect(await codeFrom(() => requestExport(adapter, job))).toBe('UNSUPPORTED');
  });
});
