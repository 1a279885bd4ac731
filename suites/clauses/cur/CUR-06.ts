import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import {
  appendSection,
  counter,
  countsInOrder,
  eventLabel,
  eventName,
  eventsIn,
  isBefore,
  streamName,
  type Append,
  type ListedEvent,
} from '../../harness/judging/appends.ts';
import { direct, pause, pauseMs, saved } from '../../harness/cases/generate.ts';
import { calls, finaleValue, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import { named, sequence } from '../../harness/judging/sequences.ts';

const STREAMS = [0, 1] as const;
/** More than all events of a trial, so that one page is the whole list. */
const LIMIT = 50;

/** Which list is read: the list of a stream, by its number, or the list of the type that all events share. */
type Tail = (typeof STREAMS)[number] | 'type';

interface Visit extends Append {
  readonly stream: number;
  /** The list that the writer reads after its own section. Sections of others may still be open. */
  readonly thenReads: Tail | undefined;
}

interface Case {
  readonly writers: readonly (readonly Visit[])[];
  readonly reads: readonly TailRead[];
}

interface TailRead {
  readonly tail: Tail;
  readonly beforeMs: number;
}

const PLAIN = { beforeMs: 0, afterMs: 0 } as const;

/** Writers wait for each other in one stream, or overlap in two streams. Each reads when its section has ended. */
function meetings({ capabilities }: Subject): Case[] {
  const looking = (tail: Tail): Case['reads'] => Array.from({ length: 4 }, () => ({ tail, beforeMs: 0 }));
  const inOne: Visit = { ...PLAIN, stream: 0, thenReads: 0 };
  // The writer that appends first stays longer. The event of the other writer is seen while the first event is not
  // yet visible.
  const passing = STREAMS.map((stream): Visit => ({
    beforeMs: 0,
    afterMs: stream === 0 ? 1 : 0,
    stream,
    thenReads: 'type',
  }));
  return [
    { writers: [[inOne, inOne], [inOne]], reads: looking(0) },
    ...(capabilities.tailComplete ? [{ writers: passing.map((one) => [one]), reads: looking('type') }] : []),
  ];
}

/** Writers meet in one stream. If the adapter promises a wider tail, they also overlap in two streams. */
function visit(tail: fc.Arbitrary<Tail>, alsoWider: boolean): fc.Arbitrary<Visit> {
  return fc.record({
    stream: fc.oneof(
      { weight: alsoWider ? 1 : 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constant(1) },
    ),
    beforeMs: pauseMs,
    afterMs: pauseMs,
    thenReads: fc.option(tail, { nil: undefined, freq: 2 }),
  });
}

/**
 * Writers append stamped events in sections of one stream while a reader reads its list, latest first. A reader that
 * has seen the newest event has seen all older ones: a later read may show new events only above those. Writers also
 * read the list, between their sections.
 */
export const CUR_06: AnyProperty = property<Case>({
  clause: 'CUR-06',
  arbitrary: ({ capabilities }) => {
    const tail = tails(capabilities.tailComplete);
    return fc.record({
      writers: fc.array(fc.array(visit(tail, capabilities.tailComplete), { minLength: 1, maxLength: 2 }), {
        minLength: 2,
        maxLength: 3,
      }),
      reads: fc.array(fc.record({ tail, beforeMs: pauseMs }), { minLength: 2, maxLength: 6, size: 'max' }),
    });
  },
  interleaved: true,
  examples: meetings,
  situations: ({ capabilities }) => [
    {
      name: "a read of one stream's list that showed some of its events before others came",
      occurred: (run) =>
        readsOf(run).some(
          ({ tail, seen, final }) => tail !== 'type' && seen.length > 0 && seen.length < final.length,
        ),
    },
    {
      name: 'a read of the list of a stream, after one of its sections had committed and while another was running',
      occurred: (run) => readWhileOpen(run, (tail, done, open) => tail === done && done === open),
    },
    ...(capabilities.tailComplete
      ? [
          {
            name: 'a read of a list over two streams after a section of one had committed and while an overlapping section of the other was running',
            occurred: (run: TrialRun<Case>) =>
              readWhileOpen(run, (tail, done, open) => tail === 'type' && done !== open),
          },
        ]
      : []),
  ],
  trial: ({ writers, reads }, scope, subject) => ({
    setup: STREAMS.flatMap((stream) => counter(stream, scope, subject)),
    actors: [
      ...writers.map((visits, index) => ({
        instance: index,
        steps: visits.flatMap((one, number) => {
          const name = `w${index + 1}.${number + 1}`;
          const reads = one.thenReads === undefined ? [] : [readStep(name, one.thenReads, scope)];
          return [...appendSection(one.stream, one, name, scope, subject), ...reads];
        }),
      })),
      // The reader is last: when the generated order has ended, the first actor that can continue does so.
      {
        instance: 1,
        steps: reads.flatMap(({ tail, beforeMs }, index) => [
          ...pause(beforeMs),
          readStep(`${index + 1}`, tail, scope),
        ]),
      },
    ],
    finale: tailsOf(subject).map((tail) => readTail(tail, scope)),
  }),
  judge: (run) => {
    for (const read of readsOf(run)) {
      const failure = missed(run, read);
      if (failure !== undefined) return failure;
    }
    return absent(run);
  },
  exercised: (run) => readsOf(run).some(({ seen, final }) => seen.length > 0 && seen.length < final.length),
});

function tails(alsoWider: boolean): fc.Arbitrary<Tail> {
  const narrow = [
    { weight: 3, arbitrary: fc.constant<Tail>(0) },
    { weight: 1, arbitrary: fc.constant<Tail>(1) },
  ];
  return fc.oneof(...narrow, ...(alsoWider ? [{ weight: 8, arbitrary: fc.constant<Tail>('type') }] : []));
}

const READ = 'read ';

/** `name` is unique within the trial. */
function readStep(name: string, tail: Tail, scope: Scope): Step {
  return saved(`${READ}${name}`, readTail(tail, scope));
}

function tailsOf({ capabilities }: Subject): Tail[] {
  return capabilities.tailComplete ? [...STREAMS, 'type'] : [...STREAMS];
}

function readTail(tail: Tail, scope: Scope): CallStep {
  const filter = tail === 'type' ? { type: scope.id('type') } : { streamId: scope.id(streamName(tail)) };
  return direct('activity.list', { ...filter, limit: LIMIT });
}

interface Read {
  readonly tail: Tail;
  readonly record: StepRecord;
  /** The events that the read showed, latest first. */
  readonly seen: readonly ListedEvent[];
  /** The events that the same list shows at the end. */
  readonly final: readonly ListedEvent[];
}

function readsOf(run: TrialRun<Case>): Read[] {
  const { scope, subject } = run;
  return calls(run, 'activity.list').flatMap(({ step, record }): Read[] => {
    if (!(step.save ?? '').startsWith(READ) || record.outcome.status !== 'ok') return [];
    const tails = tailsOf(subject);
    const index = tails.findIndex((tail) => isDeepStrictEqual(step.args, readTail(tail, scope).args));
    const tail = tails[index];
    if (tail === undefined) return [];
    return [{ tail, record, seen: eventsIn(valueOf(record)), final: eventsIn(finaleValue(run, index)) }];
  });
}

/**
 * Whether the list was read after a committed section of stream `done`, while a section of `open` was still running.
 */
function readWhileOpen(
  run: TrialRun<Case>,
  wanted: (tail: Tail, done: number, open: number) => boolean,
): boolean {
  const { main, trial, scope } = run;
  const sections = sectionsOf(main, trial).map((section) => ({
    ...section,
    number: STREAMS.findIndex((stream) => scope.id(streamName(stream)) === section.stream),
    end: section.left?.return ?? Number.POSITIVE_INFINITY,
  }));
  return readsOf(run).some(({ tail, record }) =>
    sections.some(
      (done) =>
        done.committed &&
        done.end <= record.call &&
        sections.some(
          (open) =>
            wanted(tail, done.number, open.number) &&
            open.entered.call < done.end &&
            record.return <= open.end,
        ),
    ),
  );
}

function missed(run: TrialRun<Case>, { tail, record, seen, final }: Read): Failure | undefined {
  const { scope, subject } = run;
  const counts = countsInOrder(subject) && tail !== 'type';
  const [newest] = seen;
  if (newest === undefined) return undefined;
  const known = new Set(seen.map(({ id }) => id));
  const late = final.filter((event) => !known.has(event.id) && isBefore(event, newest, counts));
  const stream = tail === 'type' ? 0 : tail;
  const label = (event: ListedEvent): string => eventLabel(event, stream, scope);
  if (late.length === 0) return undefined;
  const list = tail === 'type' ? 'the list of one type' : `the activity of stream ${streamName(tail)}`;
  const names = named(late.map((event) => eventName(event, stream, scope)));
  return {
    summary: `A reader of ${list} had seen ${eventName(newest, stream, scope)} when ${names} appeared below it: a reader that goes on from there misses ${late.length === 1 ? 'it' : 'them'}.`,
    expected: `everything older than ${label(newest)} is there when ${whoOf(record)} reads it`,
    actual: `it read ${sequence(seen.map(label))}, and in the end the list is ${sequence(final.map(label))}`,
    marked: [record],
  };
}

/** An event of a committed section that its list does not show in the end. */
function absent(run: TrialRun<Case>): Failure | undefined {
  const { main, trial, scope, subject } = run;
  const appended = calls(run, 'activity.append');
  for (const { number, attempt, committed, stream: id, entered } of sectionsOf(main, trial)) {
    const stream = STREAMS.find((one) => scope.id(streamName(one)) === id) ?? 0;
    const final = eventsIn(finaleValue(run, tailsOf(subject).indexOf(stream)));
    const append = appended.find(({ record }) => record.section === number && record.attempt === attempt);
    const [event] = eventsIn({ items: [valueOf(append?.record)] });
    if (!committed || append === undefined || event === undefined || final.some(({ id }) => id === event.id))
      continue;
    return {
      summary: `${eventLabel(event, stream, scope)} was appended by ${whoOf(entered)} in a section that committed, and is not in the list of its stream.`,
      expected: 'the event is there when withLock resolves',
      actual: sequence(final.map((one) => eventLabel(one, stream, scope))),
      marked: [append.record],
    };
  }
  return undefined;
}
