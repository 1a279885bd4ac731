import fc from 'fast-check';
import { toMicros } from '../../../adapters/contract/index.ts';
import {
  appendSection,
  counter,
  countOf,
  countsInOrder,
  eventLabel,
  eventsIn,
  isBefore,
  streamName,
  type Append,
  type ListedEvent,
} from '../../harness/judging/appends.ts';
import { around, direct, hold, moveClock, pauseMs } from '../../harness/cases/generate.ts';
import { calls, finaleValue, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { contended, sectionsOf } from '../../harness/judging/sections.ts';
import { sequence } from '../../harness/judging/sequences.ts';
import { everyShape, shapesFor, shapeSituations, type Shape } from '../../harness/vocabulary/shapes.ts';
import { chunks } from '../../harness/engine/chunks.ts';

const STREAM = 0;
const LIMIT = 50;
/**
 * How long the outer section runs before the inner one asks for its lock, in milliseconds. Meanwhile others hold that
 * lock.
 */
const OUTSIDE_MS = 6;

interface Visit extends Append {
  readonly shape: Shape;
  /**
   * Whether the section is inside another section that the writer entered some time before. The writer's transaction
   * began then.
   */
  readonly isNested: boolean;
}

interface Writer {
  readonly visits: readonly Visit[];
  /** How far the clock that was passed to the writer's instance is ahead, in milliseconds. */
  readonly aheadMs: number;
}

interface Case {
  readonly writers: readonly Writer[];
}

function writerOf(subject: Subject): fc.Arbitrary<Writer> {
  const visit: fc.Arbitrary<Visit> = fc.record({
    shape: shapesFor(subject),
    beforeMs: pauseMs,
    afterMs: pauseMs,
    isNested: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
  });
  return fc.record({
    visits: fc.array(visit, { minLength: 1, maxLength: 2 }),
    aheadMs: fc.constantFrom(0, 0, 5_000),
  });
}

/** How many writers meet in one example. Each stays in its section for a while, so that the others wait. */
const PER_EXAMPLE = 3;
const STAY_MS = 3;

/** Examples in which sections of different shapes meet. */
function meeting(subject: Subject): Case[] {
  const writers = everyShape(subject).map((shape): Writer => ({
    visits: [{ shape, beforeMs: 0, afterMs: STAY_MS, isNested: false }],
    aheadMs: 0,
  }));
  return chunks(writers, PER_EXAMPLE).map((some) => ({ writers: some }));
}

/**
 * Three to five writers from several processes compete for one stream. Some processes have a clock that is ahead.
 * Each writer appends events that the storage stamps, in sections of every shape, some of them long after the outer
 * section began. A counter under the lock numbers the events. Ordered by (timestamp, id), the events must be in the
 * order in which the lock was held.
 */
export const ACT_04: AnyProperty = property<Case>({
  clause: 'ACT-04',
  // Free, because a timestamp that is taken before the wait for the lock is wrong only if several writers really wait
  // at once.
  schedules: 'free',
  topologies: ['processes', 'shared'],
  examples: meeting,
  situations: (subject) => shapeSituations(subject, ({ wrote, left }) => wrote && left !== undefined),
  arbitrary: (subject) =>
    fc.record({ writers: fc.array(writerOf(subject), { minLength: 3, maxLength: 5, size: 'max' }) }),
  trial: ({ writers }, scope, subject) => ({
    setup: counter(STREAM, scope, subject),
    actors: writers.map(({ visits, aheadMs }, index) => ({
      instance: index,
      steps: [
        ...moveClock(aheadMs),
        ...visits.flatMap((one, number) => {
          const name = `w${index + 1}.${number + 1}`;
          const section = appendSection(STREAM, one, name, scope, subject, one.shape);
          return one.isNested ? around(scope.id(`around-${name}`), [hold(OUTSIDE_MS), ...section]) : section;
        }),
        ...moveClock(-aheadMs),
      ],
    })),
    finale: [direct('activity.list', { streamId: scope.id(streamName(STREAM)), limit: LIMIT })],
  }),
  judge: (run) => (countsInOrder(run.subject) ? byCount(run) : bySections(run)),
  exercised: ({ main, trial }) => contended(main, trial),
});

/** The counter follows the order of the lock, so the list, latest first, must count down. */
function byCount(run: TrialRun<Case>): Failure | undefined {
  const listed = eventsIn(finaleValue(run, 0));
  const inLockOrder = [...listed].sort((a, b) => (a.id < b.id ? -1 : 1));
  return outOfOrder(run, inLockOrder, true);
}

/** Sections that did not overlap held the lock in the order in which they were entered. */
function bySections(run: TrialRun<Case>): Failure | undefined {
  const stored = new Map(eventsIn(finaleValue(run, 0)).map((event) => [event.id, event]));
  const appended = calls(run, 'activity.append');
  const events: ListedEvent[] = [];
  for (const section of sectionsOf(run.main, run.trial)) {
    const { record } = appended.find(({ record }) => record.section === section.number) ?? {};
    const { id } = (valueOf(record) ?? {}) as Partial<ListedEvent>;
    const event = section.committed && id !== undefined ? stored.get(id) : undefined;
    if (event !== undefined) events.push(event);
  }
  return outOfOrder(run, events, false);
}

function outOfOrder(
  run: TrialRun<Case>,
  inLockOrder: readonly ListedEvent[],
  counts: boolean,
): Failure | undefined {
  const { scope } = run;
  for (const [index, event] of inLockOrder.entries()) {
    const earlier = inLockOrder[index - 1];
    // Two sections counted the same number, so they overlapped. LOCK-01 judges that.
    if (earlier === undefined || (counts && countOf(event) === countOf(earlier))) continue;
    if (!isBefore(event, earlier, counts)) continue;
    const label = (one: ListedEvent): string => eventLabel(one, STREAM, scope);
    const us = toMicros(earlier.timestamp) - toMicros(event.timestamp);
    const both = calls(run, 'activity.append')
      .map(({ record }) => record)
      .filter((record) =>
        [earlier.id, event.id].includes((valueOf(record) as ListedEvent | undefined)?.id ?? ''),
      );
    return {
      summary: `${label(event)} was appended by a later holder of the lock than ${label(earlier)}, and is stamped ${us} µs before it (${both.map(whoOf).join('; ')}).`,
      expected: `in lock order, times that never decrease: ${sequence(inLockOrder.map(label))}`,
      actual: `the list shows, oldest first: ${sequence(eventsIn(finaleValue(run, 0)).reverse().map(label))}`,
      marked: both,
    };
  }
  return undefined;
}
