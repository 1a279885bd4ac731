import fc from 'fast-check';
import { RETRYABLE_CODES } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import {
  direct,
  enter,
  hold,
  leave,
  pause,
  streamOf,
  swallowed,
  view,
  visitors,
} from '../../harness/cases/generate.ts';
import { codeOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { isContended, sectionsOf } from '../../harness/judging/sections.ts';
import { leaveTrace, readTrace, strayTrace, tracesOf } from '../../harness/cases/traces.ts';

interface Visit {
  readonly lock: 's1' | 's2';
  /** The order in which the section overwrites the two records that no lock protects. */
  readonly order: 'x-y' | 'y-x';
  /** The pause between the two writes, in milliseconds. */
  readonly holdMs: number;
  /** The pause before it requests the lock, in milliseconds, so that others hold it. */
  readonly lateMs: number;
  /** Whether the callback swallows the errors of its writes. */
  readonly swallows: boolean;
}

interface Case {
  readonly actors: readonly (readonly Visit[])[];
}

/**
 * Two sections that overwrite the shared records in opposite order, and an actor that waits for the lock of each.
 * While the stopped section waits to run again, the record that it read in its first run has changed.
 */
function crossing(holdMs: number, swallows: boolean): Case {
  const visit = (lock: Visit['lock'], order: Visit['order'], lateMs: number): Visit => {
    return { lock, order, holdMs: lateMs === 0 ? holdMs : 0, lateMs, swallows: lateMs === 0 && swallows };
  };
  return {
    actors: [
      [visit('s1', 'x-y', 0)],
      [visit('s2', 'y-x', 0)],
      [visit('s1', 'x-y', LATE_MS)],
      [visit('s2', 'x-y', LATE_MS)],
    ],
  };
}

const LATE_MS = 2;
/** How long the sections in the examples pause between their two writes, so that the others arrive meanwhile. */
const MEET_MS = 20;

const crossings = fc
  .record({ holdMs: fc.integer({ min: 3, max: 6 }), swallows: fc.boolean() })
  .map(({ holdMs, swallows }) => crossing(holdMs, swallows));

const straight: fc.Arbitrary<Case> = fc
  .array(
    fc.array(
      fc.record({
        lock: fc.constantFrom('s1' as const, 's2' as const),
        order: fc.constant('x-y' as const),
        holdMs: fc.nat({ max: 2 }),
        lateMs: fc.constant(0),
        swallows: fc.boolean(),
      }),
      { minLength: 1, maxLength: 1 },
    ),
    { minLength: 3, maxLength: 4 },
  )
  .map((actors) => ({ actors }));

/**
 * Sections of different locks overwrite the same two records, in the same or in opposite order, while others wait for
 * their locks. The storage stops one of them because of a deadlock or a write conflict. Either its callback runs
 * again, or its caller gets a retryable error. In both cases a section must take effect as a whole, with everything
 * it read and wrote, or not at all.
 */
export const TX_05: AnyProperty = property<Case>({
  clause: 'TX-05',
  slow: 8,
  schedules: 'free',
  // A storage may take a second to notice a deadlock, so only few trials have one.
  arbitrary: () => fc.oneof({ weight: 39, arbitrary: straight }, { weight: 1, arbitrary: crossings }),
  examples: () => [crossing(MEET_MS, false), crossing(MEET_MS, true)],
  trial: ({ actors: visits }, scope) => {
    const actors = visitors(visits, (visit, digit) => section(visit, digit, scope));
    const setup = ['s1', 's2', 'x', 'y'].map((name) => direct('streams.create', streamOf(scope.id(name))));
    const reads = ['s1', 's2'].map((name) => direct('streams.get', scope.id(name)));
    return { setup, actors, finale: [...reads, ...tracesOf({ setup, actors }).map(readTrace)] };
  },
  judge: (run) => wrongCode(run) ?? swallowedFailure(run) ?? strayTrace(run) ?? unexplained(run),
  exercised: ({ main, trial }) => {
    const sections = sectionsOf(main, trial);
    return sections.some((one) =>
      sections.some((other) => one.stream !== other.stream && one.from < other.to && other.from < one.to),
    );
  },
  situations: () => [
    {
      name: 'two sections that met while others waited for the locks of both',
      occurred: (run) => met(run, false),
    },
    {
      name: 'two sections that met and swallow the errors of their writes',
      occurred: (run) => met(run, true),
    },
  ],
});

/** Whether sections of both locks were running at once, while an actor waited for each of the locks. */
function met({ main, trial }: TrialRun<Case>, swallow: boolean): boolean {
  const sections = sectionsOf(main, trial).filter((one) => isContended(one, main, trial));
  return sections.some((one) =>
    sections.some(
      (other) =>
        one.stream !== other.stream &&
        one.from < other.to &&
        other.from < one.to &&
        [one, other].every(({ actor }) => swallowsWrites(trial.actors[actor]) === swallow),
    ),
  );
}

function swallowsWrites(actor: Actor | undefined): boolean {
  return (actor?.steps ?? []).some(
    (step) => step.do === 'call' && step.method === 'streams.put' && step.swallow === true,
  );
}

/** The list makes an adapter that buffers writes send the first write before the second one is made. */
function section({ lock, order, holdMs, lateMs, swallows }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id(lock);
  const [first, second] = order === 'x-y' ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const tried = (step: CallStep): Step => (swallows ? swallowed(step) : step);
  const overwrite = (name: string): Step =>
    tried(view('streams.put', streamOf(scope.id(name), { revision: digit })));
  return [
    ...pause(lateMs),
    enter(id),
    ...addDigit(id, digit),
    leaveTrace({ kind: 'stream', id: scope.id(`begun-${digit}`) }),
    overwrite(first),
    swallowed(view('streams.list', { limit: 1 })),
    hold(holdMs),
    overwrite(second),
    tried(leaveTrace({ kind: 'stream', id: scope.id(`ended-${digit}`) })),
    leave,
  ];
}

/** A section continued after the storage had stopped one of its writes, and committed the others. */
function swallowedFailure({ main, trial, scope }: TrialRun<Case>): Failure | undefined {
  for (const { number, attempt, stream, left } of sectionsOf(main, trial)) {
    if (left?.outcome.status !== 'ok') continue;
    const failed = main.records.find((record) => {
      const step = trial.actors[record.actor]?.steps[record.step];
      const isOwn = record.section === number && record.attempt === attempt;
      return isOwn && step?.do === 'call' && step.method !== 'streams.list' && codeOf(record) !== undefined;
    });
    if (failed === undefined) continue;
    return {
      summary: `In a section of "${scope.name(stream)}" (${whoOf(failed)}) a write failed with ${codeOf(failed)}, the callback swallowed the error, and withLock resolved: the section took effect in part.`,
      expected: 'its callback runs again, or withLock rejects and nothing of it is stored',
      actual: 'withLock resolved',
      marked: [failed, left],
    };
  }
  return undefined;
}

function wrongCode({ main, trial, scope }: TrialRun<Case>): Failure | undefined {
  for (const { left, stream, entered } of sectionsOf(main, trial)) {
    const code = left === undefined ? undefined : codeOf(left);
    if (left === undefined || code === undefined || code === 'OUTCOME_UNKNOWN') continue;
    if ((RETRYABLE_CODES as readonly string[]).includes(code)) continue;
    return {
      summary: `A section of "${scope.name(stream)}" (${whoOf(entered)}) met others that write the same records, and failed with ${code}.`,
      expected: `its callback runs again, or withLock rejects with ${RETRYABLE_CODES.join(' or ')}`,
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [entered, left],
    };
  }
  return undefined;
}
