import { describe, expect, it } from 'vitest';
import type { ProgramHistory, StepOutcome, StepRecord } from '../../../scenarios/host/language/history.ts';
import { direct, streamOf } from '../cases/generate.ts';
import { NOTHING_BESIDE } from '../../../scenarios/host/index.ts';
import { judged } from './judged.ts';
import type { Property, TrialOutcome, TrialRun } from './property.ts';
import { scopeOf } from './scope.ts';
import { subjectOf } from '../testing/subject.ts';

const NOTHING: ProgramHistory = { records: [], order: [], stuck: [], ghosts: [], lost: [] };
const REFUSED: StepOutcome = {
  status: 'error',
  error: { code: 'UNAVAILABLE', name: 'StorageError', message: 'read-only', causes: [] },
};

function record(outcome: StepOutcome): StepRecord {
  return { actor: 0, step: 0, process: 1, instance: 0, attempt: 1, call: 0, return: 1, outcome };
}

const PROPERTY = {
  clause: 'LOCK-01',
  judge: () => undefined,
  situations: () => [
    { name: 'a nested section', occurred: ({ input }: TrialRun<unknown>) => input === 'nested' },
    { name: 'a bounded section', occurred: ({ input }: TrialRun<unknown>) => input === 'bounded' },
  ],
} as unknown as Property<unknown>;

/** A clause that is broken whatever its actors saw. */
const broken = {
  judge: () => ({ summary: 'broken', expected: 'x', actual: 'y' }),
} as unknown as Property<unknown>;

function runOf(outcome: Partial<TrialOutcome>, input: unknown = null): TrialRun<unknown> {
  const steps = [direct('streams.create', streamOf('s'))];
  const scope = { id: (name: string) => name, asIs: (name: string) => name, name: String, number: 1 };
  const trial = { setup: steps, actors: [], finale: [direct('streams.get', 's')] };
  const nothing = { main: NOTHING, setup: [], finale: [], beside: NOTHING_BESIDE };
  return { input, trial, scope, subject: subjectOf(), ...nothing, ...outcome };
}

describe('a trial', () => {
  it('says nothing of its clause when a call of its set-up was refused', () => {
    const { failure, exercised, unchecked } = judged(broken, runOf({ setup: [record(REFUSED)] }));
    expect({ failure, exercised }).toEqual({ failure: undefined, exercised: false });
    expect(unchecked).toContain('set-up refused with UNAVAILABLE: read-only');
  });

  it('says nothing of its clause when a call of its set-up never returned', () => {
    const { failure, unchecked } = judged(broken, runOf({ unfinished: { part: 'setup', step: 0 } }));
    expect(failure).toBeUndefined();
    expect(unchecked).toContain('never returned');
  });

  it('tells what a target may declare whose adapter refuses a plain id', () => {
    const scope = scopeOf(1);
    const refused = (message: string): StepRecord =>
      record({
        status: 'error',
        error: { code: 'INVALID_RECORD', name: 'StorageError', message, causes: [] },
      });
    const named = refused(`Expected a UUID, got "${scope.id('s1')}".`);
    const unchecked = judged(broken, { ...runOf({ setup: [named] }), scope }).unchecked;
    expect(unchecked).toContain('declare them in its target');
    const main = { ...NOTHING, records: [named] };
    expect(judged(broken, { ...runOf({ main }), scope }).failure?.expected).toContain('ids: { pattern:');
    const others = [
      refused('Expected an amount.'),
      refused(`Expected no NUL, got "${scope.id('\\u0000')}".`),
    ];
    const run = { ...runOf({ main: { ...NOTHING, records: others } }), scope };
    expect(judged(broken, run).failure?.expected).toBe('x');
  });

  it('is judged by its clause when its set-up could be made', () => {
    const { failure, unchecked } = judged(broken, runOf({ setup: [record({ status: 'ok' })] }));
    expect(failure?.summary).toBe('broken');
    expect(unchecked).toBeUndefined();
  });

  it('is broken when what is stored in the end cannot be read', () => {
    const { failure } = judged(broken, runOf({ finale: [record(REFUSED)] }));
    expect(failure?.actual).toBe('UNAVAILABLE: read-only');
  });

  it('says which situations it had', () => {
    expect(judged(PROPERTY, runOf({}, 'nested')).situations).toEqual(['a nested section']);
  });

  it('counts no situation when it failed before its clause was judged', () => {
    const lost = { process: 1, reason: 'exit' as const, detail: 'code 0' };
    const run = runOf({ main: { ...NOTHING, lost: [lost] } }, 'nested');
    expect(judged(PROPERTY, run)).toMatchObject({ failure: { actual: 'exit: code 0' }, situations: [] });
  });
});

it('judges what came beside the calls when the clause has nothing to say', () => {
  const stray = {
    kind: 'unhandled rejection' as const,
    process: 2,
    name: 'Error',
    message: 'pool ended twice',
    causes: [],
  };
  const failure = judged(PROPERTY, runOf({ beside: { strays: [stray], leaks: [] } })).failure;
  expect(failure?.summary).toBe(
    'An error reached process 2 outside any call (unhandled rejection). It would end a plain Node.js process: Error: pool ended twice.',
  );
});
