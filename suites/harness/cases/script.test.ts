import { NOTHING_BESIDE } from '../../../scenarios/host/index.ts';
import { describe, expect, it } from 'vitest';
import type { ProgramHistory, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Decision } from '../../../scenarios/host/language/program.ts';
import { enter, leave } from './generate.ts';
import type { TrialRun } from '../engine/property.ts';
import { overdue, scripted, turn, waits } from './script.ts';
import { subjectOf } from '../testing/subject.ts';

const turns = [turn(0, enter('s')), waits(1, enter('s')), turn(0, leave), turn(1, leave)];

function runOf(order: readonly Decision[], records: readonly StepRecord[] = []): TrialRun<null> {
  const main: ProgramHistory = { records, order, stuck: [], ghosts: [], lost: [] };
  const scope = {
    id: (name: string) => name,
    asIs: (name: string) => name,
    name: (id: string) => id,
    number: 1,
  };
  return {
    input: null,
    trial: scripted(turns),
    scope,
    subject: subjectOf(),
    main,
    setup: [],
    finale: [],
    beside: NOTHING_BESIDE,
  };
}

function taken(actor: number, step: number, blocked = false): Decision {
  return { actor, step, blocked };
}

describe('scripted', () => {
  it('gives every actor its own steps, and the order over all', () => {
    const { actors, order } = scripted(turns, [0, 0]);
    expect(actors).toEqual([
      { instance: 0, steps: [enter('s'), leave] },
      { instance: 0, steps: [enter('s'), leave] },
    ]);
    expect(order).toEqual([taken(0, 0), taken(1, 0, true), taken(0, 1), taken(1, 1)]);
  });
});

describe('overdue', () => {
  it('finds nothing in an order that was kept', () => {
    expect(overdue(runOf([taken(0, 0), taken(1, 0, true), taken(0, 1), taken(1, 1)]))).toBeUndefined();
  });

  it('finds nothing when a turn did not have to wait', () => {
    expect(overdue(runOf([taken(0, 0), taken(1, 0), taken(0, 1), taken(1, 1)]))).toBeUndefined();
  });

  it('finds a turn that was to finish and did not', () => {
    const order = [taken(0, 0, true), taken(1, 0, true), taken(0, 1), taken(1, 1)];
    expect(overdue(runOf(order))).toEqual(taken(0, 0, true));
  });

  it('finds a turn that was still waiting when its actor should have gone on', () => {
    const order = [taken(0, 0), taken(1, 0, true), taken(0, 1)];
    expect(overdue(runOf(order))).toEqual(taken(1, 0, true));
  });

  it('says nothing of a run in which a callback ran again', () => {
    const again: StepRecord = {
      actor: 0,
      step: 0,
      process: 1,
      instance: 0,
      attempt: 2,
      call: 0,
      return: 1,
      outcome: { status: 'ok' },
    };
    expect(overdue(runOf([taken(0, 0, true)], [again]))).toBeUndefined();
  });
});
