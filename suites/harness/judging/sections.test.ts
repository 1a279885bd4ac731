import { describe, expect, it } from 'vitest';
import type { ProgramHistory, StepOutcome, StepRecord } from '../../../scenarios/host/language/history.ts';
import { enter, leave } from '../cases/generate.ts';
import { sectionsOf } from './sections.ts';

const OK: StepOutcome = { status: 'ok' };
const FAILED: StepOutcome = {
  status: 'error',
  error: { name: 'StorageError', message: 'no', causes: [] },
};

function at(step: number, section: number, time: number, outcome = OK): StepRecord {
  return {
    actor: 0,
    step,
    process: 1,
    instance: 0,
    section,
    attempt: 1,
    call: time,
    return: time + 1,
    outcome,
  };
}

/** Two sections, the second one nested in the first. */
function nested(outerEnd: StepOutcome): boolean[] {
  const trial = { actors: [{ instance: 0, steps: [enter('outer'), enter('inner'), leave, leave] }] };
  const records = [at(0, 1, 0), at(1, 2, 10), at(2, 2, 20), at(3, 1, 30, outerEnd)];
  return sectionsOf({ records } as unknown as ProgramHistory, trial).map(({ committed }) => committed);
}

describe('sectionsOf', () => {
  it('takes a nested section for committed if the one around it is', () => {
    expect(nested(OK)).toEqual([true, true]);
    expect(nested(FAILED)).toEqual([false, false]);
  });

  it('takes no section for nested in one that came before it', () => {
    const trial = { actors: [{ instance: 0, steps: [enter('a'), leave, enter('b'), leave] }] };
    const records = [at(0, 1, 0), at(1, 1, 10, FAILED), at(2, 2, 20), at(3, 2, 30)];
    const sections = sectionsOf({ records } as unknown as ProgramHistory, trial);
    expect(sections.map(({ committed }) => committed)).toEqual([false, true]);
  });

  it('takes a callback that ran again for no part of its earlier run', () => {
    const trial = { actors: [{ instance: 0, steps: [enter('outer'), enter('inner'), leave, leave] }] };
    const second = [at(0, 1, 40), at(1, 3, 50), at(2, 3, 60), at(3, 1, 70)].map((record) => ({
      ...record,
      attempt: record.section === 1 ? 2 : 1,
    }));
    const records = [at(0, 1, 0), at(1, 2, 10), at(2, 2, 20), ...second];
    const sections = sectionsOf({ records } as unknown as ProgramHistory, trial);
    expect(sections.map(({ committed }) => committed)).toEqual([false, false, true, true]);
  });
});
