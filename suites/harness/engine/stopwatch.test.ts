import { expect, it } from 'vitest';
import { NOTHING_BESIDE, type Host, type Loan } from '../../../scenarios/host/index.ts';
import { Stopwatch } from './stopwatch.ts';

function leaseOf(...cpuMs: readonly (() => Promise<number>)[]): Loan {
  return {
    hosts: cpuMs.map((each) => ({ cpuMs: each }) as Host),
    release: async () => NOTHING_BESIDE,
  };
}

it('adds up wall time by phase, also of what fails', async () => {
  let now = 0;
  const stopwatch = new Stopwatch(() => now);
  const take = async (ms: number): Promise<void> => void (now += ms);
  await stopwatch.of('open', () => take(3));
  await stopwatch.of('open', () => take(4));
  await stopwatch
    .of('close', async () => {
      await take(5);
      throw new Error('It does not close.');
    })
    .catch(() => undefined);
  stopwatch.countBlocked([{ blocked: true }, { blocked: false }]);
  expect(stopwatch.timings).toEqual({
    hostsMs: 0,
    openMs: 7,
    programsMs: 0,
    closeMs: 5,
    blockedSteps: 1,
    hostCpuMs: 0,
  });
});

it('counts the CPU time of hosts while they are lent, and none of one that is gone', async () => {
  let used = 100;
  const stopwatch = new Stopwatch(() => 0);
  const loan = await stopwatch.watchCpu(
    leaseOf(
      async () => used,
      async () => Promise.reject(new Error('It is gone.')),
    ),
  );
  used = 140;
  await loan.release();
  used = 500;
  expect(stopwatch.timings.hostCpuMs).toBe(40);
});
