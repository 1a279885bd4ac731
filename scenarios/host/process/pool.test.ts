import { afterEach, describe, expect, it } from 'vitest';
import { createHostPool, type HostPool } from './pool.ts';
import { runProgram } from '../running/run.ts';
import { eventually, liveChildren } from '../testing/children.ts';
import { CHAIN_LOCK, MISBEHAVING } from '../testing/targets.ts';

let pool: HostPool;

afterEach(async () => {
  await pool.close();
  await pool.close();
  expect(await eventually(() => liveChildren() === 0)).toBe(true);
});

describe('the host pool', () => {
  it('reuses hosts, and closes what was left open in them', async () => {
    pool = createHostPool({ target: CHAIN_LOCK, maxHosts: 2 });
    const first = await pool.lend(1);
    const [host] = first.hosts;
    await host?.open({ connection: null, namespace: 'n', instance: 1 });
    await first.release();
    await first.release();
    const second = await pool.lend(1);
    expect(second.hosts[0]).toBe(host);
    expect(second.hosts[0]?.process).toBe(1);
    await second.release();
  });

  it('serves in the order of asking, within its bound', async () => {
    pool = createHostPool({ target: CHAIN_LOCK, maxHosts: 2 });
    await expect(pool.lend(3)).rejects.toBeInstanceOf(RangeError);
    const served: string[] = [];
    const one = await pool.lend(1);
    const both = pool.lend(2).then((loan) => (served.push('both'), loan));
    const other = pool.lend(1).then((loan) => (served.push('other'), loan));
    await one.release();
    const loan = await both;
    expect(loan.hosts.map(({ process }) => process)).toEqual([1, 2]);
    await loan.release();
    await (await other).release();
    expect(served).toEqual(['both', 'other']);
  });

  it('replaces hosts that are lost or in which something is stuck', async () => {
    pool = createHostPool({ target: MISBEHAVING, maxHosts: 1 });
    const seen = new Set();
    for (const id of ['exit', 'nothing yet', 'fine']) {
      const loan = await pool.lend(1);
      const [host] = loan.hosts as [(typeof loan.hosts)[number]];
      seen.add(host);
      expect(host.alive).toBe(true);
      const opened = await host.open({ connection: null, namespace: 'n', instance: 1 });
      await runProgram(
        [opened],
        {
          patienceMs: 100,
          actors: [
            { instance: 0, steps: [{ do: 'call', via: 'instance', method: 'streams.get', args: [id] }] },
          ],
        },
        { mode: 'free' },
      );
      await loan.release();
    }
    expect(seen.size).toBe(3);
  });

  it('refuses when it is closed', async () => {
    pool = createHostPool({ target: CHAIN_LOCK, maxHosts: 1 });
    const loan = await pool.lend(1);
    const waiting = pool.lend(1);
    const closing = pool.close();
    await expect(waiting).rejects.toThrow();
    await closing;
    await expect(pool.lend(1)).rejects.toThrow();
    await loan.release();
  });

  it('rejects for a target that cannot be loaded', async () => {
    pool = createHostPool({ target: { spec: 'x', url: 'file:///nowhere.js' }, maxHosts: 1 });
    await expect(pool.lend(1)).rejects.toMatchObject({ details: { kind: 'not-found' } });
    await expect(pool.lend(1)).rejects.toMatchObject({ details: { kind: 'not-found' } });
  });
});
