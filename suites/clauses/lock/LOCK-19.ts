import fc from 'fast-check';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { enter, leave } from '../../harness/cases/generate.ts';
import { whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Situation,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { contended, sectionsOf } from '../../harness/judging/sections.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';

interface Case {
  /** How often the lock is granted to others at least, while one actor waits. */
  readonly grants: number;
  /** How many actors share these grants. Each requests the lock again as soon as it has left. */
  readonly greedy: number;
}

const BOUND = 200;
/** How many grants there are beyond the bound, so that a waiter that arrives a little late can still starve. */
const SPARE = 12;
const MAX_GREEDY = 3;

/**
 * Greedy actors enter and leave in a loop while another actor waits, which arrived after the first of them and before
 * the others. While it waits, the lock may be granted to others at most 200 times. The examples and a few other
 * trials are long enough to reach this number. The short trials find waiters that are forgotten.
 */
export const LOCK_19: AnyProperty = property<Case>({
  clause: 'LOCK-19',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      grants: fc.oneof(
        { weight: 1, arbitrary: fc.constant(BOUND + SPARE) },
        { weight: 39, arbitrary: fc.integer({ min: 4, max: 16 }) },
      ),
      greedy: fc.integer({ min: 1, max: MAX_GREEDY }),
    }),
  examples: () =>
    Array.from({ length: MAX_GREEDY }, (_, index) => ({ grants: BOUND + SPARE, greedy: index + 1 })),
  trial: ({ grants, greedy }, scope) => {
    const visit: Step[] = [enter(scope.id('s1')), leave];
    const loops = Array.from({ length: greedy }, (_, index): Actor => {
      const share = Math.floor(grants / greedy) + (index < grants % greedy ? 1 : 0);
      return { instance: 0, steps: Array.from({ length: share }, () => visit).flat() };
    });
    const patient: Actor = { instance: 0, steps: [...visit, ...visit] };
    return { actors: [...loops.slice(0, 1), patient, ...loops.slice(1)] };
  },
  judge: starved,
  exercised: ({ input, main }) => input.grants <= BOUND || main.records.length > 2 * BOUND,
  situations: () =>
    Array.from({ length: MAX_GREEDY }, (_, index): Situation<Case> => ({
      name: `an actor that waits while ${index + 1} others ask more than ${BOUND} times`,
      occurred: ({ input, main, trial }) =>
        input.greedy === index + 1 && sectionsOf(main, trial).length > BOUND && contended(main, trial),
    })),
});

function starved(run: TrialRun<Case>): Failure | undefined {
  const { main, trial, scope } = run;
  const sections = sectionsOf(main, trial);
  for (const { entered, actor } of sections) {
    const overtaken = sections.filter(
      (other) => other.actor !== actor && other.from > entered.call && other.from < entered.return,
    );
    if (overtaken.length <= BOUND) continue;
    return starvation(entered, overtaken.length, scope.name('s1'));
  }
  return undefined;
}

function starvation(entered: StepRecord, grants: number, name: string): Failure {
  return {
    summary: `While a caller waited for the lock of "${name}" (${whoOf(entered)}), the lock was granted to others ${grants} times.`,
    expected: `a waiter is granted the lock within ${BOUND} grants to others`,
    actual: `${grants} grants, ${((entered.return - entered.call) / 1e6).toFixed(0)} ms`,
    marked: [entered],
  };
}
