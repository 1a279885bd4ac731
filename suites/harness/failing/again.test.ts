import { describe, expect, it } from 'vitest';
import type { ProgramHistory, StepRecord } from '../../../scenarios/host/language/history.ts';
import { orderOf, runAgain, type Rerun } from './again.ts';
import type { Declared } from './cause.ts';
import type { Interleaving } from '../engine/interleaving.ts';
import { SERVICE, type Topology, type TrialRun } from '../engine/property.ts';

function record(actor: number, step: number, call: number, end: number): StepRecord {
  return { actor, step, process: 1, instance: 0, attempt: 1, call, return: end, outcome: { status: 'ok' } };
}

function history(records: readonly StepRecord[]): ProgramHistory {
  return { records, order: [], stuck: [], ghosts: [], lost: [] };
}

/** A run of two actors with one step each. */
function runOf(): TrialRun<unknown> {
  const steps = [{ do: 'hold' as const, ms: 1 }];
  const trial = {
    actors: [
      { instance: 0, steps },
      { instance: 1, steps },
    ],
  };
  return { trial, main: history([record(0, 0, 1, 9), record(1, 0, 2, 5)]) } as unknown as TrialRun<unknown>;
}

const SHARED: Declared = { crossInstance: true };

async function again(
  fails: (rerun: Rerun) => boolean,
  topology: Topology = 'processes',
  mode: 'free' | 'scheduled' = 'free',
  environments: readonly string[] = [SERVICE],
): ReturnType<typeof runAgain> {
  let now = 0;
  const interleaving: Interleaving = mode === 'free' ? { mode } : { mode, choices: [] };
  return runAgain({
    input: { topology, interleaving, environment: SERVICE, zone: null, everyOrder: false, body: {} },
    run: runOf(),
    topologies: ['one', 'shared', 'processes'],
    environments,
    alike: true,
    declared: SHARED,
    rerun: (rerun) => Promise.resolve({ failed: fails(rerun), answered: true }),
    now: () => (now += 1),
  });
}

describe('a failing program that is run again', () => {
  it('is released in the order in which its steps were called, and overlapping ones as blocked', () => {
    expect(orderOf(runOf().main)).toEqual([
      { actor: 0, step: 0, blocked: true },
      { actor: 1, step: 0, blocked: false },
    ]);
  });

  it('leaves out steps that ran again or were skipped', () => {
    const twice = { ...record(0, 0, 3, 4), attempt: 2 };
    const skipped = { ...record(0, 1, 5, 6), outcome: { status: 'skipped' as const } };
    expect(orderOf(history([record(0, 0, 1, 2), twice, skipped]))).toHaveLength(1);
  });

  it('is counted in the recorded order', async () => {
    const { reproduced } = await again(() => true);
    expect(reproduced).toEqual({ failed: 20, of: 20, how: 'in the recorded order' });
  });

  it('is run freely when barriers keep it from failing', async () => {
    const { reproduced } = await again(({ order }) => order === undefined);
    expect(reproduced).toEqual({ failed: 20, of: 20, how: 'running freely' });
  });

  it('was scheduled: then only its order counts', async () => {
    const { reproduced, cause } = await again(() => false, 'processes', 'scheduled');
    expect(reproduced).toEqual({ failed: 0, of: 20, how: 'in the recorded order' });
    expect(cause).toBeUndefined();
  });

  it('names a cause where the contrasts are clear', async () => {
    const across = await again(({ topology }) => topology === 'processes');
    expect(across.cause).toContain('one process keeps state that the others must see');
    const several = await again(({ topology }) => topology !== 'one', 'shared');
    expect(several.cause).toContain('one instance keeps state that the others must see');
    const everywhere = await again(() => true);
    expect(everywhere.cause).toBeUndefined();
    expect(everywhere.contrasts?.map(({ tally }) => tally.failed)).toEqual([10, 10, 10]);
  });

  it('says that it relies on the collation where only that makes it fail', async () => {
    const { cause, contrasts } = await again(({ environment }) => environment === SERVICE, 'one', 'free', [
      SERVICE,
      'c-collation',
    ]);
    expect(contrasts).toContainEqual({
      how: 'in the environment "c-collation"',
      tally: { failed: 0, of: 10 },
    });
    expect(cause).toContain('relies on the collation');
  });

  it('is not run for ever when each run takes long', async () => {
    let now = 0;
    const { reproduced } = await runAgain({
      input: {
        topology: 'one',
        interleaving: { mode: 'free' },
        environment: SERVICE,
        zone: null,
        everyOrder: false,
        body: {},
      },
      run: runOf(),
      topologies: ['one'],
      environments: [SERVICE],
      alike: true,
      declared: SHARED,
      rerun: () => {
        now += 5_000;
        return Promise.resolve({ failed: true, answered: true });
      },
      now: () => now,
    });
    expect(reproduced?.of).toBe(2);
  });
});
