import { describe, expect, test } from 'vitest';
import { StorageError, type StorageAdapter } from '../contract/index.ts';
import { codeFrom, openMemory, type Opened } from '../memory/testing/open.ts';
import { downloadExport, requestExport, workOnExport } from './index.ts';

const job = { id: 'x1', ownerId: 'o', fileName: 'f.csv' };

async function auditOf({ audit }: Opened): Promise<string[]> {
  return (await audit.list({ exportId: 'x1', limit: 100 })).items.map(({ type }) => type);
}

async function makeReady({ adapter, clock }: Opened, urlTtlMs: number): Promise<void> {
  const produce = (): { signedUrl: string; rows: number; urlTtlMs: number } => ({
    signedUrl: 'https://files/x1',
    rows: 3,
    urlTtlMs,
  });
  await workOnExport(adapter, { worker: 'w', leaseMs: 1000, clock, produce });
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
  test('leaves one audit record for each request and download', async () => {
    const opened = openMemory();
    await requestExport(opened.adapter, job);
    await makeReady(opened, 3_600_000);
    for (const downloadId of ['1', '2']) {
      const download = await downloadExport(opened.adapter, 'x1', { clock: opened.clock, downloadId });
      expect(download).toEqual({
        signedUrl: 'https://files/x1',
        signedUrlExpiresAt: '2026-01-31T09:15:00.000000Z',
      });
    }
    expect(await auditOf(opened)).toEqual(['export.requested', 'export.downloaded', 'export.downloaded']);
  });

  test('a request is made once', async () => {
    const opened = openMemory();
    const codes = await Promise.all([1, 2, 3].map(() => codeFrom(() => requestExport(opened.adapter, job))));
    expect(codes.sort()).toEqual(['ALREADY_EXISTS', 'ALREADY_EXISTS', 'none']);
    expect(await auditOf(opened)).toEqual(['export.requested']);
  });

  test('a change whose audit fails does not happen', async () => {
    const opened = openMemory();
    expect(await codeFrom(() => requestExport(withoutAudit(opened), job))).toBe('UNAVAILABLE');
    expect(await opened.jobs.get('x1')).toBeUndefined();
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
    await makeReady(opened, 1000);
    opened.clock.advance(1000);
    expect(await download()).toBe('CONFLICT');
    opened.clock.advance(-1);
    expect(await download()).toBe('none');
    expect(await download()).toBe('ALREADY_EXISTS');
    expect(await auditOf(opened)).toEqual(['export.requested', 'export.downloaded']);
    await opened.jobs.transition('x1', ['ready'], 'expired');
    expect(await download()).toBe('CONFLICT');
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
