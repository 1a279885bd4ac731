import fc from 'fast-check';
import { addDigit } from '../../harness/judging/effects.ts';
import { notExclusive } from '../../harness/judging/exclusion.ts';
import { direct, enter, hold, leave, streamOf, visitors } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/engine/property.ts';
import { isRetryable } from '../../harness/cases/refusals.ts';
import { HOSTILE_IDS, hostileIds } from '../../harness/vocabulary/hostileIds.ts';
import { contended } from '../../harness/judging/sections.ts';

interface Case {
  readonly id: string;
  /** How often each actor enters. */
  readonly visits: readonly number[];
}

/**
 * Actors enter sections of one hostile id at once. Under this lock they add to a stream with a plain id. Either the
 * id is refused before the callback runs, or the additions must exclude each other. If the key locks nothing, some
 * additions are lost.
 */
export const LOCK_11: AnyProperty = property<Case>({
  clause: 'LOCK-11',
  // Several topologies, because a queue within one instance orders its callers even if the lock does not work.
  topologies: ['one', 'shared', 'processes'],
  arbitrary: (subject) =>
    fc.record({
      id: fc.oneof(
        { weight: 7, arbitrary: fc.constantFrom(...hostileIds(subject)) },
        {
          weight: 1,
          arbitrary: fc
            .array(fc.nat({ max: 0xffff }), { maxLength: 20 })
            .map((units) => String.fromCharCode(...units)),
        },
        { weight: 1, arbitrary: fc.constantFrom('a', 'ß').map((unit) => unit.repeat(100_000)) },
      ),
      visits: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 }),
    }),
  examples: (subject) => hostileIds(subject).map((id) => ({ id, visits: [2, 1, 2] })),
  trial: ({ id, visits }, scope, { surfaces }) => {
    const stored = surfaces.includes('streams');
    const s1 = scope.id('s1');
    const ids = visits.map((count) => Array.from({ length: count }, () => id));
    const actors = visitors(ids, (own, digit) => [
      enter(own),
      ...(stored ? addDigit(s1, digit) : [hold(1)]),
      leave,
    ]);
    return {
      setup: stored ? [direct('streams.create', streamOf(s1))] : [],
      actors,
      finale: stored ? [direct('streams.get', s1)] : [],
      patienceMs: 3_000,
    };
  },
  judge: (run) => wrongRefusal(run) ?? endlessRetry(run) ?? notExclusive(run),
  exercised: (run) => contended(run.main, run.trial) || refusals(run) > 0,
  situations: () =>
    Object.entries(HOSTILE_IDS.entries).map(([name, ids]) => ({
      name,
      occurred: (run) => ids.includes(run.input.id) && observed(run).some(({ step }) => step.do === 'enter'),
    })),
});

function refusals(run: TrialRun<Case>): number {
  return observed(run).filter(
    ({ step, record }) => step.do === 'enter' && codeOf(record) === 'INVALID_RECORD',
  ).length;
}

/** An id is refused every time, with a code that asks the caller to try again. */
function endlessRetry(run: TrialRun<Case>): Failure | undefined {
  const entered = observed(run).filter(({ step }) => step.do === 'enter');
  const records = entered.map(({ record }) => record);
  if (records.length === 0 || records.some((record) => !isRetryable(codeOf(record)))) return undefined;
  const codes = [...new Set(records.map((record) => codeOf(record)))].join(' or ');
  const id = JSON.stringify(run.input.id)?.slice(0, 80) ?? 'undefined';
  return {
    summary: `Asking for the lock of the id ${id} failed every time with ${codes}, which asks the caller to retry forever.`,
    expected: 'the lock, or INVALID_RECORD',
    actual: `${codes}, ${records.length} of ${records.length} times`,
    marked: records,
  };
}

function wrongRefusal(run: TrialRun<Case>): Failure | undefined {
  const ghost = run.main.ghosts[0];
  const id = JSON.stringify(run.input.id)?.slice(0, 80) ?? 'undefined';
  if (ghost !== undefined) {
    return {
      summary: `A callback for the id ${id} ran after its withLock had settled.`,
      expected: 'an id that cannot be locked is refused, and the callback does not run',
      actual: `the callback of actor ${ghost.actor + 1} was started`,
    };
  }
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (code === undefined || code === 'INVALID_RECORD' || code === 'UNAVAILABLE' || step.do !== 'enter')
      continue;
    return {
      summary: `Asking for the lock of the id ${id} (${whoOf(record)}) failed with ${code}.`,
      expected: 'the lock, or INVALID_RECORD',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}
