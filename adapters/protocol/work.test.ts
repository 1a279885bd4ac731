import { describe, expect, test } from 'vitest';
import { openMemory, type Opened } from '../memory/testing/open.ts';
import { requestExport, workOnExport, type TurnOptions, type TurnResult, type WorkHooks } from './index.ts';

const FILE = { signedUrl: 'https://files/x1', rows: 3 };

interface Watched {
  readonly turn: TurnResult | undefined;
  readonly error: unknown;
  readonly calls: readonly string[];
}

async function work(opened: Opened, produce: TurnOptions['produce']): Promise<Watched> {
  const calls: string[] = [];
  const hooks: WorkHooks = {
    called: (call, url) => calls.push(url === undefined ? call : `${call} ${url}`),
    returned: (call, outcome, job) => calls.push(job === undefined ? outcome : `${outcome} ${job.id}`),
  };
  const options = { worker: 'w', leaseMs: 1000, clock: opened.clock, produce };
  try {
    return { turn: await workOnExport(opened.adapter, options, hooks), error: undefined, calls };
  } catch (error) {
    return { turn: undefined, error, calls };
  }
}

async function withJob(): Promise<Opened> {
  const opened = openMemory();
  await requestExport(opened.adapter, { id: 'x1', ownerId: 'o', fileName: 'f.csv' });
  return opened;
}

describe("a worker's turn", () => {
  test('makes the job ready, and tells of every call', async () => {
    const { turn, calls } = await work(await withJob(), async (_job, heartbeat) => {
      await heartbeat();
      return FILE;
    });
    expect(turn).toMatchObject({
      outcome: 'ready',
      job: { id: 'x1', status: 'ready', attempts: 1, ...FILE },
    });
    expect(calls).toEqual(['claim', 'done x1', 'heartbeat', 'done', `complete ${FILE.signedUrl}`, 'done']);
  });

  test('is idle when there is no job', async () => {
    expect(await work(openMemory(), () => FILE)).toEqual({
      turn: { outcome: 'idle' },
      error: undefined,
      calls: ['claim', 'done'],
    });
  });

  test('fails the job when the file cannot be made', async () => {
    const { turn, calls } = await work(await withJob(), () => {
      throw new Error('disk full');
    });
    expect(turn).toMatchObject({ outcome: 'failed', job: { status: 'failed', failureReason: 'disk full' } });
    expect(calls).toEqual(['claim', 'done x1', 'fail', 'done']);
  });

  test('is lost when the job was moved meanwhile', async () => {
    const opened = await withJob();
    const { turn, calls } = await work(opened, async () => {
      await opened.adapter.exportRepository?.jobs.delete('x1');
      return FILE;
    });
    expect(turn).toMatchObject({ outcome: 'lost', job: { id: 'x1' } });
    expect(calls.slice(2)).toEqual([`complete ${FILE.signedUrl}`, 'refused']);
  });

  test('needs claims', async () => {
    const opened = openMemory();
    const jobs = { ...opened.adapter.exportRepository?.jobs, claimNext: undefined };
    const exportRepository = { ...opened.adapter.exportRepository, jobs };
    const adapter = { ...opened.adapter, exportRepository } as unknown as Opened['adapter'];
    const { error } = await work({ ...opened, adapter }, () => FILE);
    expect(error).toMatchObject({ code: 'UNSUPPORTED' });
  });
});
