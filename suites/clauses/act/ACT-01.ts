import fc from 'fast-check';
import type { ActivityEvent, Json, NewActivityEvent } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { answeredOtherwise } from '../../harness/judging/answered.ts';
import { direct, edited, saved, streamOf } from '../../harness/cases/generate.ts';
import { JSON_EDGES, jsonValue } from '../../harness/cases/jsonValues.ts';
import { editedText, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { byGroup } from '../../harness/cases/plan.ts';
import {
  property,
  TOPOLOGIES,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { eventOf } from '../../harness/cases/records.ts';
import { throughView } from '../../harness/cases/refusals.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { ATTACKS, LIMIT, type Attack } from './attacks.ts';
import { chunks } from '../../harness/engine/chunks.ts';

const NAMES = ['e1', 'e2', 'e3'] as const;
const EDITED = 'edited';

/** The details of an event: none, or values that storages often change. */
const DETAILS: readonly (Json | undefined)[] = [undefined, ...JSON_EDGES];

interface Try {
  /** The name of an entry of ATTACKS. */
  readonly attack: string;
  readonly event: number;
  readonly inSection: boolean;
}

interface Case {
  readonly events: number;
  /** The details of each event. Undefined: none. */
  readonly details: readonly (Json | undefined)[];
  readonly tries: readonly Try[];
}

/** How many attacks one example makes. */
const PER_EXAMPLE = 4;

function attacksOf({ surfaces }: Pick<Subject, 'surfaces'>): string[] {
  return ATTACKS.filter(({ surface }) => surfaces.includes(surface)).map(({ what }) => what);
}

/** Every attack, outside and inside a section, on events with all kinds of details. */
function examplesFor(subject: Subject): Case[] {
  const attacks = attacksOf(subject);
  const ways = subject.surfaces.includes('locks') ? [false, true] : [false];
  const groups = ways.flatMap((inSection) =>
    chunks(attacks, PER_EXAMPLE).map((some) =>
      some.map((attack, index): Try => ({ attack, event: index % NAMES.length, inSection })),
    ),
  );
  const count = Math.max(groups.length, Math.ceil(DETAILS.length / NAMES.length));
  return Array.from({ length: count }, (_, turn): Case => ({
    events: NAMES.length,
    details: NAMES.map((_name, index) => DETAILS[(turn * NAMES.length + index) % DETAILS.length]),
    tries: groups[turn % groups.length] as readonly Try[],
  }));
}

/** One situation for each attack that was made, and one for each kind of details that an event had. */
function situationsFor(subject: Subject): Situation<Case>[] {
  const holding = (what: string, isOf: (details: Json | undefined) => boolean): Situation<Case> => ({
    name: `an event ${what}`,
    occurred: ({ input }) => input.details.slice(0, input.events).some(isOf),
  });
  return [
    ...attacksOf(subject).map((what): Situation<Case> => ({
      name: `an attack on events by ${what}`,
      occurred: (run) => attacksIn(run).some(({ attack }) => attack === what),
    })),
    ...(subject.surfaces.includes('locks')
      ? [
          {
            name: 'an attack on events in a section',
            occurred: (run: TrialRun<Case>) =>
              attacksIn(run).some(({ records }) => records.some(({ section }) => section !== undefined)),
          },
        ]
      : []),
    holding('without details', (details) => details === undefined),
    holding('whose details are null', (details) => details === null),
    holding('whose details are a list', (details) => Array.isArray(details)),
    holding('whose details are a number', (details) => typeof details === 'number'),
    holding(
      'whose details are an object',
      (details) => typeof details === 'object' && details !== null && !Array.isArray(details),
    ),
  ];
}

/** The attacks whose calls were answered. A refusal counts as an answer. */
function attacksIn({ input, main, scope, subject }: TrialRun<Case>): (Try & { records: StepRecord[] })[] {
  return halves(input).flatMap((tries, actor) => {
    const steps = tries.map((one) => stepsOf(one, input, scope, subject));
    const own = main.records.filter(
      (record) => record.actor === actor && record.outcome.status !== 'skipped',
    );
    return byGroup(steps, own).flatMap((records, index) => {
      const one = tries[index];
      return one === undefined || records.length === 0 ? [] : [{ ...one, records }];
    });
  });
}

/** Divides the attacks between two callers. */
function halves({ tries }: Case): (readonly Try[])[] {
  const half = Math.ceil(tries.length / 2);
  return [tries.slice(0, half), tries.slice(half)];
}

/**
 * Appends events with all kinds of details and checks that they are listed as given. Then the caller changes, in
 * place, what append was given and what it returned. Then two callers make every call that might change or remove the
 * events, outside and inside sections. Every list must still show the events unchanged.
 */
export const ACT_01: AnyProperty = property<Case>({
  clause: 'ACT-01',
  topologies: TOPOLOGIES,
  arbitrary: (subject) => {
    const attacks = attacksOf(subject);
    const attempt = fc.record({
      attack: fc.constantFrom(...attacks),
      event: fc.nat({ max: NAMES.length - 1 }),
      inSection: fc.boolean(),
    });
    return fc.record({
      events: fc.integer({ min: 1, max: NAMES.length }),
      details: fc.array(fc.option(jsonValue, { nil: undefined }), {
        minLength: NAMES.length,
        maxLength: NAMES.length,
      }),
      tries: fc.array(attempt, { minLength: 1, maxLength: 5, size: 'max' }),
    });
  },
  examples: examplesFor,
  trial: (input, scope, subject) => {
    const stream = scope.id('s1');
    const stored = subject.surfaces.includes('streams') ? [direct('streams.create', streamOf(stream))] : [];
    const names = NAMES.slice(0, input.events);
    return {
      setup: [
        ...stored,
        ...givenOf(input, scope).map((event, index) =>
          saved(names[index] as string, edited(direct('activity.append', event))),
        ),
        readAll(scope),
        ...names.map((saved): Step => ({ do: 'mutate', saved })),
      ],
      actors: halves(input).map((tries, index) => ({
        instance: index,
        steps: tries.flatMap((one) => stepsOf(one, input, scope, subject)),
      })),
      finale: [
        readAll(scope),
        direct('activity.list', { streamId: stream, type: eventOf('').type, limit: LIMIT }),
        // The ids of later trials sort first, so the scan begins with the events of this trial.
        direct('activity.scan', { limit: LIMIT }),
        direct('activity.list', { type: 'changed', streamId: stream, limit: LIMIT }),
      ],
    };
  },
  judge: changed,
  situations: situationsFor,
});

/** The events that are appended. */
function givenOf({ events, details }: Case, scope: Scope): NewActivityEvent[] {
  return NAMES.slice(0, events).map((name, index) =>
    eventOf(scope.id(name), { streamId: scope.id('s1'), ...defined({ details: details[index] }) }),
  );
}

function readAll(scope: Scope): CallStep {
  return direct('activity.list', { streamId: scope.id('s1'), limit: LIMIT });
}

function stepsOf(one: Try, input: Case, scope: Scope, { surfaces }: Subject): Step[] {
  const attack = ATTACKS.find(({ what }) => what === one.attack) as Attack;
  const call = attack.call(scope.id(NAMES[one.event % input.events] as string), scope.id('s1'));
  const inSection = one.inSection && surfaces.includes('locks');
  if (attack.editsResult !== true) return throughView(call, scope.id('lock'), inSection);
  return [...throughView(saved(EDITED, call), scope.id('lock'), inSection), { do: 'mutate', saved: EDITED }];
}

function changed(run: TrialRun<Case>): Failure | undefined {
  const { input, setup, finale, scope } = run;
  const listed = setup.find(({ step }) => step === setup.length - 1 - input.events);
  const before = [...pageIn(valueOf(listed)).items] as ActivityEvent[];
  if (before.length !== input.events) {
    return {
      summary: `${input.events} events were appended to stream s1, and its list shows ${before.length}.`,
      expected: String(input.events),
      actual: String(before.length),
    };
  }
  const altered = otherThanGiven(before, input, scope) ?? otherThanAnswered(before, run);
  if (altered !== undefined) return altered;
  const byId = [...before].sort((a, b) => (a.id < b.id ? -1 : 1));
  const expected = [before, before, byId, []];
  const titles = [
    'the list of the stream',
    'the list of stream and type',
    'the scan',
    'the list of another type',
  ];
  for (const record of finale) {
    const items = pageIn(valueOf(record)).items.filter((item) => isOwn(item, scope));
    const difference = firstDifference(expected[record.step], items);
    if (difference === undefined) continue;
    const tried = input.tries.map(({ attack, event }) => `${attack} (${NAMES[event % input.events]})`);
    const [index, field] = difference.path.split('.');
    const event = expected[record.step]?.[Number(index)];
    return {
      summary: `${editedText(valueOf(record))}After ${tried.join(', ')}: ${titles[record.step]} shows ${event === undefined ? 'an event more or less' : scope.name(event.id)} changed${field === undefined ? '' : ` in ${field}`}.`,
      expected: literal(difference.expected),
      actual: literal(difference.actual),
      marked: run.main.records.filter(({ outcome }) => outcome.status === 'ok'),
    };
  }
  return undefined;
}

function otherThanGiven(listed: readonly ActivityEvent[], input: Case, scope: Scope): Failure | undefined {
  for (const given of givenOf(input, scope)) {
    const found = listed.find(({ id }) => id === given.id);
    const { timestamp: _stamped, ...event } = found ?? { timestamp: '' };
    const difference = firstDifference(given, event);
    if (difference === undefined) continue;
    const { path, expected, actual } = difference;
    return {
      summary: `Event ${scope.name(given.id)} was appended, and the list of its stream shows ${found === undefined ? 'no such event' : `another ${path}`}.`,
      expected: literal(expected),
      actual: literal(actual),
    };
  }
  return undefined;
}

function otherThanAnswered(
  listed: readonly ActivityEvent[],
  { setup, trial }: TrialRun<Case>,
): Failure | undefined {
  for (const record of setup) {
    const step = trial.setup?.[record.step];
    if (step?.do !== 'call' || step.method !== 'activity.append') continue;
    const { id } = step.args[0] as NewActivityEvent;
    const stored = listed.find((event) => event.id === id);
    const failure = answeredOtherwise(step.method, record, stored);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Whether an item belongs to this trial. The scan also returns events of earlier trials. */
function isOwn(item: unknown, scope: Scope): boolean {
  const { id } = (item ?? {}) as { readonly id?: unknown };
  return NAMES.some((name) => scope.id(name) === id);
}
