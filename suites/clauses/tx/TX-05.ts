import fc from 'fast-check';
import { RETRYABLE_CODES } from '../../../adapters/contract/index.ts';
import type { Actor, Step } from '../../../scenarios/host/program.ts';
import { addDigit, unexplained } from '../../harness/effects.ts';
import { direct, enter, hold, leave, streamOf, swallowed, view } from '../../harness/generate.ts';
import { codeOf, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';
import { sectionsOf } from '../../harness/sections.ts';
import { leaveTrace, readTrace, strayTrace, tracesOf } from '../../harness/traces.ts';

interface Visit {
  readonly lock: 's1' | 's2';
  /** In which order it overwrites the two records that no lock protects. */
  readonly order: 'x-y' | 'y-x';
  /** Between the two, in milliseconds. */
  readonly holdMs: number;
}

interface Case {
  readonly actors: readonly (readonly Visit[])[];
}

/** A storage may take a second to find out that two transactions wait for each other: few trials may cost that. */
const crossing: fc.Arbitrary<Case> = fc.integer({ min: 3, max: 6 }).map((holdMs) => ({
  actors: [[{ lock: 's1', order: 'x-y', holdMs }], [{ lock: 's2', order: 'y-x', holdMs }]],
}));

const straight: fc.Arbitrary<Case> = fc
  .array(
    fc.array(
      fc.record({
        lock: fc.constantFrom('s1' as const, 's2' as const),
        order: fc.constant('x-y' as const),
        holdMs: fc.nat({ max: 2 }),
      }),
      { minLength: 1, maxLength: 1 },
    ),
    { minLength: 3, maxLength: 4 },
  )
  .map((actors) => ({ actors }));

/**
 * Sections of different locks that overwrite the same two records, in the same or in opposite order, so that the
 * storage stops one for a deadlock or a write conflict in the middle. Whether its callback runs again or the caller
 * gets an error to try again, a section takes effect as a whole: with everything it read and wrote, or not at all.
 */
export const TX_05: AnyProperty = property<Case>({
  clause: 'TX-05',
  slow: true,
  schedules: 'free',
  arbitrary: () => fc.oneof({ weight: 15, arbitrary: straight }, { weight: 1, arbitrary: crossing }),
  trial: ({ actors: visits }, scope) => {
    let digit = 0;
    const actors = visits.map((own, instance): Actor => {
      const steps = own.flatMap((visit) => {
        digit += 1;
        return section(visit, digit, scope);
      });
      return { instance, steps };
    });
    const setup = ['s1', 's2', 'x', 'y'].map((name) => direct('streams.create', streamOf(scope.id(name))));
    const reads = ['s1', 's2'].map((name) => direct('streams.get', scope.id(name)));
    return { setup, actors, finale: [...reads, ...tracesOf({ setup, actors }).map(readTrace)] };
  },
  judge: (run) => wrongCode(run) ?? strayTrace(run) ?? unexplained(run),
  exercised: ({ main, trial }) => {
    const sections = sectionsOf(main, trial);
    return sections.some((one) =>
      sections.some((other) => one.stream !== other.stream && one.from < other.to && other.from < one.to),
    );
  },
});

/** The list makes an adapter that buffers writes send the first one before the second is made. */
function section({ lock, order, holdMs }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id(lock);
  const [first, second] = order === 'x-y' ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const overwrite = (name: string): Step =>
    view('streams.put', streamOf(scope.id(name), { revision: digit }));
  return [
    enter(id),
    ...addDigit(id, digit),
    leaveTrace({ kind: 'stream', id: scope.id(`begun-${digit}`) }),
    overwrite(first),
    swallowed(view('streams.list', { limit: 1 })),
    hold(holdMs),
    overwrite(second),
    leaveTrace({ kind: 'stream', id: scope.id(`ended-${digit}`) }),
    leave,
  ];
}

function wrongCode({ main, trial, scope }: TrialRun<Case>): Failure | undefined {
  for (const { left, stream, entered } of sectionsOf(main, trial)) {
    const code = left === undefined ? undefined : codeOf(left);
    if (left === undefined || code === undefined || code === 'OUTCOME_UNKNOWN') continue;
    if ((RETRYABLE_CODES as readonly string[]).includes(code)) continue;
    return {
      summary: `A section of "${scope.name(stream)}" (${whoOf(entered)}) met others at records that it shares with them, and failed with ${code}.`,
      expected: `its callback runs again, or withLock rejects with ${RETRYABLE_CODES.join(' or ')}`,
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [entered, left],
    };
  }
  return undefined;
}
