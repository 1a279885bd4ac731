import { describe, expect, it } from 'vitest';
import { StorageError, type StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { StepOutcome, StepRecord } from '../../../scenarios/host/language/history.ts';
import { direct } from '../cases/generate.ts';
import type { TrialRun } from '../engine/property.ts';
import { answeredRace, answeredRequests } from './races.ts';

interface Creation {
  readonly call: number;
  readonly return: number;
  readonly code?: StorageErrorCode;
}

function outcomeOf(code: StorageErrorCode | undefined): StepOutcome {
  if (code === undefined) return { status: 'ok' };
  const { name, message } = new StorageError(code, 'Not now.');
  return { status: 'error', error: { code, name, message, causes: [] } };
}

function raced(...creations: readonly Creation[]): boolean {
  const records = creations.map(({ code, ...times }, actor): StepRecord => {
    return { actor, step: 0, process: 1, instance: 0, attempt: 1, ...times, outcome: outcomeOf(code) };
  });
  const step = direct('streams.create', { id: 's1' });
  const run = {
    main: { records, order: [], stuck: [], ghosts: [], lost: [] },
    trial: { actors: records.map((_, instance) => ({ instance, steps: [step] })) },
  };
  return answeredRace('streams.create').occurred(run as unknown as TrialRun<unknown>);
}

describe('a race that somebody is answered in', () => {
  it('takes two calls at once, and one answer', () => {
    expect(raced({ call: 0, return: 9 }, { call: 5, return: 12, code: 'ALREADY_EXISTS' })).toBe(true);
    expect(raced({ call: 0, return: 9 }, { call: 5, return: 12, code: 'UNAVAILABLE' })).toBe(true);
  });

  it('is none where whoever meets is told to try again', () => {
    const both = ['UNAVAILABLE', 'LOCK_TIMEOUT'] as const;
    expect(raced({ call: 0, return: 9, code: both[0] }, { call: 5, return: 12, code: both[1] })).toBe(false);
  });

  it('is none where one calls after the other', () => {
    expect(raced({ call: 0, return: 4 }, { call: 5, return: 12 })).toBe(false);
  });

  it('is none where the one that was answered met nobody', () => {
    const [met, other] = [
      { call: 0, return: 9, code: 'UNAVAILABLE' },
      { call: 5, return: 12, code: 'UNAVAILABLE' },
    ] as const;
    expect(raced(met, other, { call: 20, return: 22 })).toBe(false);
  });
});

describe('requests that meet', () => {
  const met = (...requests: readonly { call: number; return: number; replayed: boolean }[]): boolean => {
    const records = requests.map(({ replayed, ...times }, actor): StepRecord => {
      const value = { effect: true, replayed, status: 200, body: '{}' };
      return {
        actor,
        step: 0,
        process: 1,
        instance: 0,
        attempt: 1,
        ...times,
        outcome: { status: 'ok', value },
      };
    });
    return answeredRequests.occurred({ main: { records } } as unknown as TrialRun<unknown>);
  };

  it('are two at once, one of which took effect', () => {
    expect(met({ call: 0, return: 9, replayed: false }, { call: 5, return: 12, replayed: true })).toBe(true);
    expect(met({ call: 0, return: 4, replayed: false }, { call: 5, return: 12, replayed: true })).toBe(false);
    expect(met({ call: 0, return: 9, replayed: true }, { call: 5, return: 12, replayed: true })).toBe(false);
  });
});
