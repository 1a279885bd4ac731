import { expect, it } from 'vitest';
import type { StepOutcome, StepRecord } from '../../../scenarios/host/language/history.ts';
import { NOTHING_BESIDE } from '../../../scenarios/host/index.ts';
import { heldAtOnce } from './exclusion.ts';
import { enter, leave } from '../cases/generate.ts';
import type { TrialRun } from '../engine/property.ts';
import { subjectOf } from '../testing/subject.ts';

const OK: StepOutcome = { status: 'ok' };
const failed = (code: 'LOCK_LOST' | 'CONFLICT'): StepOutcome => ({
  status: 'error',
  error: { code, name: 'StorageError', message: 'no', causes: [] },
});

/** A section of `actor` from one moment to another. */
function section(actor: number, from: number, to: number, end: StepOutcome = OK): StepRecord[] {
  const of = { actor, process: actor + 1, instance: actor, section: actor + 1, attempt: 1 };
  return [
    { ...of, step: 0, call: from - 1, return: from, outcome: OK },
    { ...of, step: 1, call: to, return: to + 1, outcome: end },
  ];
}

function run(records: readonly StepRecord[], streams: readonly [string, string], atomic = false) {
  const scope = { id: (name: string) => name, asIs: (name: string) => name, name: String, number: 1 };
  const actors = streams.map((stream, instance) => ({ instance, steps: [enter(stream), leave] }));
  const main = { records, order: [], stuck: [], ghosts: [], lost: [] };
  const subject = subjectOf();
  const capabilities = { ...subject.capabilities, atomic };
  return {
    input: null,
    trial: { actors },
    scope,
    subject: { ...subject, capabilities },
    main,
    setup: [],
    finale: [],
    beside: NOTHING_BESIDE,
  } satisfies TrialRun<unknown>;
}

const SAME = ['s', 's'] as const;

it('finds two callers inside one section, whoever left first', () => {
  expect(heldAtOnce(run([...section(0, 10, 50), ...section(1, 20, 30)], SAME))?.summary).toContain('at once');
  expect(heldAtOnce(run([...section(0, 10, 25), ...section(1, 20, 30)], SAME))).toBeDefined();
  const thrown = section(0, 10, 50, failed('CONFLICT'));
  expect(heldAtOnce(run([...thrown, ...section(1, 20, 30)], SAME))).toBeDefined();
});

it('finds nothing where they come one after another, or lock different ids', () => {
  expect(heldAtOnce(run([...section(0, 10, 20), ...section(1, 20, 30)], SAME))).toBeUndefined();
  expect(heldAtOnce(run([...section(0, 10, 50), ...section(1, 20, 30)], ['s', 't']))).toBeUndefined();
});

it('says nothing of a section that was told that its lock is lost, and of what can be undone', () => {
  const lost = section(0, 10, 50, failed('LOCK_LOST'));
  expect(heldAtOnce(run([...lost, ...section(1, 20, 30)], SAME))).toBeUndefined();
  expect(heldAtOnce(run([...section(0, 10, 50), ...section(1, 20, 30)], SAME, true))).toBeUndefined();
});
