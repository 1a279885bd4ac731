import fc from 'fast-check';
import type { Page, ActivityEvent } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, amountOf } from '../../harness/judging/effects.ts';
import { direct, leave, pause, pauseMs, streamOf, view, visitors } from '../../harness/cases/generate.ts';
import { codeOf, valueOf, whoOf } from '../../harness/judging/observe.ts';
import { joined } from '../../harness/parts/joined.ts';
import { manyWrites } from '../../harness/parts/manyWrites.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { eventOf } from '../../harness/cases/records.ts';
import { sectionsOf } from '../../harness/judging/sections.ts';
import {
  everyShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';

interface Visit {
  readonly shape: Shape;
  readonly end: 'leave' | 'throw' | 'fail';
  /** Whether the event is written before the stream. */
  readonly eventFirst: boolean;
  readonly pauseMs: number;
}

interface Case {
  readonly writers: readonly (readonly Visit[])[];
  /** How often each reader outside of sections looks. */
  readonly looks: readonly number[];
}

function visitOf(subject: Subject): fc.Arbitrary<Visit> {
  return fc.record({
    shape: shapesFor(subject),
    end: fc.constantFrom('leave', 'leave', 'throw', 'fail'),
    eventFirst: fc.boolean(),
    pauseMs,
  });
}

/**
 * Sections of every shape change a stream and append an event for the change, and some of them fail, while readers
 * read outside the lock. A look reads the stream, its events, and the stream again. Every change in the first read
 * must be among the events, and every event must be in the second read of the stream. Nobody may ever see anything of
 * a section that failed.
 */
const LOOKS: Property<Case> = {
  clause: 'TX-01',
  alsoIn: ['small-pool'],
  arbitrary: (subject) =>
    fc.record({
      writers: fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 2 }), {
        minLength: 2,
        maxLength: 3,
      }),
      looks: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 2 }),
    }),
  examples: (subject) =>
    everyShape(subject).map((shape) => ({
      writers: [
        (['fail', 'leave'] as const).map((end): Visit => ({ shape, end, eventFirst: true, pauseMs: 0 })),
      ],
      looks: [1],
    })),
  trial: ({ writers, looks }, scope) => {
    const s1 = scope.id('s1');
    const actors = visitors(writers, (one, digit) => section(one, digit - 1, scope));
    const readers = looks.map((count, index): Actor => {
      return { instance: index + 1, steps: Array.from({ length: count }, () => look(s1)).flat() };
    });
    return {
      setup: [direct('streams.create', streamOf(s1))],
      actors: [...actors, ...readers],
      finale: look(s1),
    };
  },
  judge: (run) => {
    const fates = fatesOf(run);
    for (const records of looksOf(run)) {
      const failure = tornLook(records, run) ?? leakedLook(records, fates, run);
      if (failure !== undefined) return failure;
    }
    return undefined;
  },
  exercised: (run) => [...fatesOf(run).values()].includes('committed'),
  situations: (subject) =>
    shapeSituations(subject, ({ wrote, left }) => wrote && left?.outcome.status === 'error'),
};

export const TX_01: AnyProperty = property(joined(LOOKS, manyWrites));

function section({ shape, end, eventFirst, pauseMs }: Visit, digit: number, scope: Scope): Step[] {
  const id = scope.id('s1');
  const event = view('activity.append', eventOf(scope.id(`event-${digit}`), { streamId: id }));
  const change = addDigit(id, digit);
  const ends: Record<Visit['end'], Step[]> = {
    leave: [leave],
    throw: [{ do: 'throw', message: `thrown by section ${digit}` }],
    fail: [view('streams.create', streamOf(id)), leave],
  };
  const writes = eventFirst ? [event, ...pause(pauseMs), ...change] : [...change, ...pause(pauseMs), event];
  return sectionOf(shape, {
    lock: id,
    steps: writes,
    end: ends[end],
    reads: [id],
    aside: (name) => scope.id(`${name}-${digit}`),
  });
}

/** Three calls that `looksOf` finds again. */
function look(id: string): Step[] {
  return [
    direct('streams.get', id),
    direct('activity.list', { streamId: id, limit: 50 }),
    direct('streams.get', id),
  ];
}

/** The three records of each complete look. The one of the finale is last. */
function looksOf({ main, trial, finale }: TrialRun<Case>): StepRecord[][] {
  const outside = main.records.filter((record) => {
    const step = trial.actors[record.actor]?.steps[record.step];
    return step?.do === 'call' && step.via === 'instance';
  });
  const readers = trial.actors.map((_, index) => outside.filter(({ actor }) => actor === index));
  return [...readers, finale].flatMap((records) =>
    Array.from({ length: Math.floor(records.length / 3) }, (_, index) =>
      records.slice(index * 3, index * 3 + 3),
    ),
  );
}

/** The outcome of each digit's section. */
function fatesOf({ main, trial, scope }: TrialRun<Case>): Map<number, 'committed' | 'rejected' | 'unknown'> {
  const fates = new Map<number, 'committed' | 'rejected' | 'unknown'>();
  for (const { stream, entered, left, committed } of sectionsOf(main, trial)) {
    if (stream !== scope.id('s1')) continue;
    const steps = trial.actors[entered.actor]?.steps.slice(entered.step, left?.step) ?? [];
    const append = steps.find((step) => step.do === 'call' && step.method === 'activity.append');
    if (append?.do !== 'call' || left === undefined) continue;
    const digit = digitOf((append.args[0] as { readonly id: string }).id, scope);
    // A section that resolved within a failed section may be undone together with that one.
    const isOpen = left.outcome.status === 'ok' || codeOf(left) === 'OUTCOME_UNKNOWN';
    fates.set(digit, committed ? 'committed' : isOpen ? 'unknown' : 'rejected');
  }
  return fates;
}

function digitOf(eventId: string, scope: Scope): number {
  return Number(scope.name(eventId).replace('event-', ''));
}

function digitsOf(record: StepRecord | undefined): Set<number> {
  const amount = amountOf(valueOf(record)) ?? '0';
  const digits = amount.split('').reverse();
  return new Set(digits.flatMap((digit, index) => (digit === '0' ? [] : [index])));
}

function eventsOf(record: StepRecord | undefined, scope: Scope): Set<number> {
  const page = valueOf(record) as Page<ActivityEvent> | undefined;
  return new Set((page?.items ?? []).map(({ id }) => digitOf(id, scope)));
}

function tornLook(records: readonly StepRecord[], { scope }: TrialRun<Case>): Failure | undefined {
  const [first, list, second] = records;
  if (records.some(({ outcome }) => outcome.status !== 'ok') || first === undefined) return undefined;
  const events = eventsOf(list, scope);
  const after = digitsOf(second);
  const withoutEvent = [...digitsOf(first)].find((digit) => !events.has(digit));
  const withoutChange = [...events].find((digit) => !after.has(digit));
  if (withoutEvent === undefined && withoutChange === undefined) return undefined;
  return {
    summary:
      withoutEvent === undefined
        ? `A reader (${whoOf(first)}) saw event-${withoutChange} of "s1", and afterwards the stream without the change that it belongs to.`
        : `A reader (${whoOf(first)}) saw the change of section ${withoutEvent} in "s1", and afterwards the events without its event.`,
    expected: 'what one section wrote is visible together or not at all',
    actual: `stream ${amountOf(valueOf(first))}, then events [${[...events].join(', ')}], then stream ${amountOf(valueOf(second))}: digit n is the change of event n`,
    marked: records,
  };
}

/** A reader saw something of a section that rejected. */
function leakedLook(
  records: readonly StepRecord[],
  fates: ReadonlyMap<number, string>,
  { scope }: TrialRun<Case>,
): Failure | undefined {
  const [first, list, second] = records;
  if (first === undefined) return undefined;
  const seen = new Set([...digitsOf(first), ...eventsOf(list, scope), ...digitsOf(second)]);
  const leaked = [...seen].find((digit) => fates.get(digit) === 'rejected');
  if (leaked === undefined) return undefined;
  return {
    summary: `A reader (${whoOf(first)}) saw what section ${leaked} had written, but withLock of that section rejected.`,
    expected: 'a section that failed leaves nothing, in storage and in the next user of its connection',
    actual: `stream ${amountOf(valueOf(second))}, events [${[...eventsOf(list, scope)].join(', ')}]: digit n is the change of event n`,
    marked: records,
  };
}
