import fc from 'fast-check';
import type { ActivityEvent, Json, NewActivityEvent } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/program.ts';
import { answeredOtherwise } from '../../harness/answered.ts';
import { direct, edited, saved, streamOf } from '../../harness/generate.ts';
import { jsonValue } from '../../harness/jsonValues.ts';
import { editedText, valueOf } from '../../harness/observe.ts';
import { pageIn } from '../../harness/pages.ts';
import {
  property,
  TOPOLOGIES,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/property.ts';
import { auditOf, eventOf, jobOf, replayOf } from '../../harness/records.ts';
import { throughView } from '../../harness/refusals.ts';
import { firstDifference, literal } from '../../harness/same.ts';

const NAMES = ['e1', 'e2', 'e3'] as const;
const LIMIT = 10;
const EDITED = 'edited';

/** A call that could change or remove an event, if the storage were careless; `event` is an event's id. */
interface Attack {
  readonly what: string;
  readonly surface: Subject['surfaces'][number];
  call(event: string, stream: string): CallStep;
  /** Whether the caller then changes, in place, what the call returned. */
  readonly editsResult?: true;
}

const again = (what: string, fields: Partial<ActivityEvent>): Attack => ({
  what: `append of an event with ${what}`,
  surface: 'activity',
  call: (event, stream) => direct('activity.append', eventOf(event, { streamId: stream, ...fields })),
});

const ATTACKS: readonly Attack[] = [
  again('another description', { description: 'changed' }),
  again('another type', { type: 'changed' }),
  again('another time', { timestamp: '2001-01-01T00:00:00.000000Z' }),
  again('other details', { details: { changed: true } }),
  again('other fields', { type: 'changed', description: 'changed', details: null }),
  {
    what: 'a change, in place, of what a list showed',
    surface: 'activity',
    call: (_event, stream) => direct('activity.list', { streamId: stream, limit: LIMIT }),
    editsResult: true,
  },
  {
    what: 'a change, in place, of what a scan showed',
    surface: 'activity',
    call: () => direct('activity.scan', { limit: LIMIT }),
    editsResult: true,
  },
  {
    what: 'deletion of the stream',
    surface: 'streams',
    call: (_event, stream) => direct('streams.delete', stream),
  },
  {
    what: 'replacement of the stream',
    surface: 'streams',
    call: (_event, stream) => direct('streams.put', streamOf(stream, { status: 'cancelled' })),
  },
  {
    what: 'a stream with the id of the event',
    surface: 'streams',
    call: (event) => direct('streams.create', streamOf(event)),
  },
  {
    what: 'a user with the id of the event',
    surface: 'users',
    call: (event) => direct('users.put', { walletAddress: event }),
  },
  {
    what: 'a replay record with the id of the event',
    surface: 'idempotency',
    call: (event) => direct('idempotency.putIfAbsent', replayOf(`settle:${event}`)),
  },
  {
    what: 'a sweep of expired tokens',
    surface: 'idempotency',
    call: () => direct('idempotency.deleteExpired', LIMIT),
  },
  {
    what: 'an export job with the id of the event',
    surface: 'exports',
    call: (event) => direct('jobs.create', jobOf(event, event)),
  },
  {
    what: 'deletion of an export job with the id of the event',
    surface: 'exports',
    call: (event) => direct('jobs.delete', event),
  },
  {
    what: 'an audit record with the id of the event',
    surface: 'exports',
    call: (event) => direct('audit.append', auditOf(event, event)),
  },
];

interface Try {
  /** What of ATTACKS. */
  readonly attack: string;
  readonly event: number;
  readonly inSection: boolean;
}

interface Case {
  readonly events: number;
  /** By event; undefined: none. */
  readonly details: readonly (Json | undefined)[];
  readonly tries: readonly Try[];
}

/**
 * Events with all kinds of details are appended and listed as they were given. What append was given and returned is changed in place;
 * then everything is called that might change or remove them, by two callers, plainly and in sections. Every list shows the events as they were.
 */
export const ACT_01: AnyProperty = property<Case>({
  clause: 'ACT-01',
  topologies: TOPOLOGIES,
  arbitrary: ({ surfaces }) => {
    const attacks = ATTACKS.filter(({ surface }) => surfaces.includes(surface)).map(({ what }) => what);
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
  trial: (input, scope, subject) => {
    const stream = scope.id('s1');
    const stored = subject.surfaces.includes('streams') ? [direct('streams.create', streamOf(stream))] : [];
    const names = NAMES.slice(0, input.events);
    const half = Math.ceil(input.tries.length / 2);
    return {
      setup: [
        ...stored,
        ...givenOf(input, scope).map((event, index) =>
          saved(names[index] as string, edited(direct('activity.append', event))),
        ),
        readAll(scope),
        ...names.map((saved): Step => ({ do: 'mutate', saved })),
      ],
      actors: [input.tries.slice(0, half), input.tries.slice(half)].map((tries, index) => ({
        instance: index,
        steps: tries.flatMap((one) => stepsOf(one, input, scope, subject)),
      })),
      finale: [
        readAll(scope),
        direct('activity.list', { streamId: stream, type: eventOf('').type, limit: LIMIT }),
        // Later trials sort first: the scan begins with this trial's events.
        direct('activity.scan', { limit: LIMIT }),
        direct('activity.list', { type: 'changed', streamId: stream, limit: LIMIT }),
      ],
    };
  },
  judge: changed,
});

/** What is appended. */
function givenOf({ events, details }: Case, scope: Scope): NewActivityEvent[] {
  return NAMES.slice(0, events).map((name, index) => {
    const given = details[index];
    return eventOf(scope.id(name), {
      streamId: scope.id('s1'),
      ...(given === undefined ? {} : { details: given }),
    });
  });
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

/** The scan goes on with the events of earlier trials. */
function isOwn(item: unknown, scope: Scope): boolean {
  const { id } = (item ?? {}) as { readonly id?: unknown };
  return NAMES.some((name) => scope.id(name) === id);
}
