import fc from 'fast-check';
import type { ActivityEvent, StreamRecord } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, pause, pauseMs, saved, streamOf, view } from '../../harness/cases/generate.ts';
import {
  codeOf,
  finaleValue,
  observed,
  valueOf,
  whoOf,
  type Observed,
} from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
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
  readonly eventFirst: boolean;
  readonly throws: boolean;
  readonly pauseMs: number;
}

/** Two reads and their order. The first read may show an older state than the second one, but not a newer state. */
type Look = 'state, then events' | 'events, then state' | 'both under the lock';

interface Case {
  readonly writers: readonly (readonly Visit[])[];
  readonly looks: readonly Look[];
}

const LIMIT = 50;

function visitOf(subject: Subject): fc.Arbitrary<Visit> {
  return fc.record({ shape: shapesFor(subject), eventFirst: fc.boolean(), throws: fc.boolean(), pauseMs });
}

/**
 * Sections of every shape increase the revision of a stream by one and append one event. Some of them throw. A
 * reader, during and after the sections, must find as many events as the revision says: the events of committed
 * sections, and no others.
 */
export const ACT_03: AnyProperty = property<Case>({
  clause: 'ACT-03',
  topologies: ['one', 'shared'],
  arbitrary: (subject) =>
    fc.record({
      writers: fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 3,
      }),
      looks: fc.array(
        fc.constantFrom<Look[]>('state, then events', 'events, then state', 'both under the lock'),
        { maxLength: 2, size: 'max' },
      ),
    }),
  examples: (subject) =>
    everyShape(subject).map((shape) => ({
      writers: [[true, false].map((throws): Visit => ({ shape, throws, eventFirst: throws, pauseMs: 0 }))],
      looks: [],
    })),
  trial: ({ writers, looks }, scope) => ({
    setup: [direct('streams.create', streamOf(scope.id('s1')))],
    actors: [
      ...writers.map((visits, instance) => ({
        instance,
        steps: visits.flatMap((one, number) => section(one, eventName(instance, number), scope)),
      })),
      { instance: 1, steps: looks.flatMap((look) => lookSteps(look, scope)) },
    ],
    finale: [direct('streams.get', scope.id('s1')), listStep(scope)],
  }),
  judge: (run) => halfCommitted(run) ?? torn(run),
  situations: (subject) =>
    shapeSituations(subject, ({ wrote, left }) => wrote && left?.outcome.status === 'error'),
});

function eventName(writer: number, number: number): string {
  return `e${writer + 1}.${number + 1}`;
}

function section({ shape, eventFirst, throws, pauseMs }: Visit, name: string, scope: Scope): Step[] {
  const stream = scope.id('s1');
  const put = view('streams.put', { $saved: 'read', set: { updatedAt: undefined }, add: { revision: 1 } });
  const append = view('activity.append', eventOf(scope.id(name), { streamId: stream }));
  return sectionOf(shape, {
    lock: stream,
    steps: [
      saved('read', view('streams.get', stream)),
      ...(eventFirst ? [append, ...pause(pauseMs), put] : [put, ...pause(pauseMs), append]),
    ],
    end: [throws ? { do: 'throw', message: 'the section gives up' } : leave],
    reads: [stream],
    aside: (aside) => scope.id(`${aside}-${name}`),
  });
}

function listStep(scope: Scope): ReturnType<typeof direct> {
  return direct('activity.list', { streamId: scope.id('s1'), limit: LIMIT });
}

function lookSteps(look: Look, scope: Scope): Step[] {
  const stream = scope.id('s1');
  const state = direct('streams.get', stream);
  const events = listStep(scope);
  switch (look) {
    case 'state, then events':
      return [state, events];
    case 'events, then state':
      return [events, state];
    case 'both under the lock':
      return [enter(stream), { ...state, via: 'view' }, { ...events, via: 'view' }, leave];
    default:
      return look satisfies never;
  }
}

const revisionIn = (value: unknown): number => (value as StreamRecord | undefined)?.revision ?? 0;
const eventsIn = (value: unknown): ActivityEvent[] => pageIn(value).items as ActivityEvent[];

/** Judges the state at the end: the events are those of the committed sections, and the revision is their number. */
function halfCommitted(run: TrialRun<Case>): Failure | undefined {
  const { main, trial, scope } = run;
  const revision = revisionIn(finaleValue(run, 0));
  const ids = eventsIn(finaleValue(run, 1)).map(({ id }) => scope.name(id));
  for (const { left, committed, wrote, entered } of sectionsOf(main, trial)) {
    const name = eventOfSection(run, entered);
    if (!wrote || name === undefined || left === undefined || codeOf(left) === 'OUTCOME_UNKNOWN') continue;
    // This section resolved within a section that failed. It may be undone together with the outer section, event and
    // change alike.
    if (left.outcome.status === 'ok' && !committed) continue;
    if (committed === ids.includes(name)) continue;
    return {
      summary: committed
        ? `The section of ${whoOf(entered)} committed, and its event ${name} is missing.`
        : `The section of ${whoOf(entered)} was rolled back, and its event ${name} stayed.`,
      expected: committed ? `${name} is listed` : `${name} is not listed`,
      actual: `the events are ${ids.join(', ') || 'none'}, the revision is ${revision}`,
      marked: [entered, left],
    };
  }
  if (revision === ids.length) return undefined;
  return {
    summary: `The stream's revision counts ${revision} changes, and its list shows ${ids.length} events.`,
    expected: `${revision} events`,
    actual: `${ids.length} events: ${ids.join(', ') || 'none'}`,
  };
}

function eventOfSection({ trial, scope }: TrialRun<Case>, entered: StepRecord): string | undefined {
  const rest = trial.actors[entered.actor]?.steps.slice(entered.step) ?? [];
  const append = rest.find((step) => step.do === 'call' && step.method === 'activity.append');
  if (append?.do !== 'call') return undefined;
  return scope.name((append.args[0] as ActivityEvent).id);
}

/** The reader's pairs of reads of which both were answered. If a section ran again, only its last run counts. */
function looksOf(run: TrialRun<Case>): (readonly [Observed, Observed])[] {
  const reader = run.trial.actors.length - 1;
  const last = new Map(
    observed(run)
      .filter(({ step, record }) => step.do === 'call' && record.actor === reader)
      .map((one) => [one.record.step, one]),
  );
  const calls = (run.trial.actors[reader]?.steps ?? []).flatMap((step, index) =>
    step.do === 'call' ? [index] : [],
  );
  const pairs = run.input.looks.map((_, look) => [
    last.get(calls[2 * look] ?? -1),
    last.get(calls[2 * look + 1] ?? -1),
  ]);
  return pairs.flatMap(([first, second]) => {
    const both = first?.record.outcome.status === 'ok' && second?.record.outcome.status === 'ok';
    return both && first !== undefined && second !== undefined ? [[first, second] as const] : [];
  });
}

/** Judges reads during the trial: no state without its events, and no event without its state. */
function torn(run: TrialRun<Case>): Failure | undefined {
  for (const [first, second] of looksOf(run)) {
    const stateFirst = first.step.do === 'call' && first.step.method === 'streams.get';
    const revision = revisionIn(valueOf((stateFirst ? first : second).record));
    const count = eventsIn(valueOf((stateFirst ? second : first).record)).length;
    const locked = first.record.section !== undefined;
    const isTorn = locked ? revision !== count : stateFirst ? count < revision : revision < count;
    if (!isTorn) continue;
    const order = locked ? 'under the lock' : stateFirst ? 'and, later, the events' : 'later than the events';
    return {
      summary: `${whoOf(first.record)} read the state ${order}: revision ${revision} and ${count} events. A section's event and its state change were not visible together.`,
      expected: locked
        ? `${revision} events`
        : stateFirst
          ? `at least ${revision} events`
          : `at least revision ${count}`,
      actual: `revision ${revision}, ${count} events`,
      marked: [first.record, second.record],
    };
  }
  return undefined;
}
