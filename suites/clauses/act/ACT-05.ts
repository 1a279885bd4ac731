import fc from 'fast-check';
import { direct, inView } from '../../harness/cases/generate.ts';
import { late, tableNamed, walkName } from '../../harness/cases/listCase.ts';
import { listed, pagesFor, walked, walkSteps, type Walk } from '../../harness/judging/pages.ts';
import { inFlight } from '../../harness/parts/inFlight.ts';
import { joined } from '../../harness/parts/joined.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
  type Property,
} from '../../harness/engine/property.ts';
import { difference, sequence } from '../../harness/judging/sequences.ts';
import { idOf, keyOf, timeOf, type ListKind, type CaseRow } from '../../harness/cases/tables.ts';
import { eventOf } from '../../harness/cases/records.ts';

/** Similar names that folding, padding or pattern matching confuses. */
const STREAMS = ['s1', 'S1', 's10', 's%', 's_'] as const;
const TYPES = ['type.a', 'type.A', 'type.ab'] as const;

interface Event extends CaseRow {
  readonly stream?: string;
  readonly type: string;
}

interface Filter {
  readonly stream?: string;
  readonly type?: string;
  readonly limit: number;
}

interface Case {
  readonly events: readonly Event[];
  readonly filters: readonly Filter[];
  /** How many events, counted from the end, are appended in a section. The lists are then read through its view. */
  readonly inSection: number;
}

const event: fc.Arbitrary<Event> = fc.record(
  {
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'),
    at: fc.nat({ max: 9 }),
    // Most events have the stream and the type that are listed most, with others in between.
    stream: fc.oneof(
      { weight: 2, arbitrary: fc.constant('s1') },
      { weight: 2, arbitrary: fc.constantFrom(...STREAMS) },
    ),
    type: fc.constantFrom(...TYPES),
  },
  { requiredKeys: ['key', 'at', 'type'] },
);

const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ stream: fc.constantFrom(...STREAMS), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constantFrom(...TYPES), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    stream: fc.constantFrom(...STREAMS),
    type: fc.constantFrom(...TYPES),
    limit: fc.integer({ min: 1, max: 4 }),
  }),
);

/**
 * Appends events of several streams and types, mixed in time. Lists them by stream, by type and by both, page by
 * page. In some cases a section appends the last events and then lists through its view.
 */
const LISTS: Property<Case> = {
  clause: 'ACT-05',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      events: fc.uniqueArray(event, { selector: ({ key }) => key, minLength: 2, maxLength: 10, size: 'max' }),
      filters: fc.array(filter, { minLength: 1, maxLength: 3, size: 'max' }),
      inSection: late,
    }),
  examples: () => [everyFilter(0), everyFilter(4)],
  trial: ({ events, filters, inSection }, scope, { surfaces }) => {
    const count = surfaces.includes('locks') ? inSection : 0;
    const before = events.slice(0, Math.max(0, events.length - count));
    const within = events.slice(before.length).map((one) => appendOf(one, scope));
    const reads = filters.flatMap((one, index) => {
      const walk = walkOf(one, scope);
      const pages = pagesFor(walk.list, matching(one, events, scope).length, walk.limit);
      return walkSteps(walk, walkName(index), pages, scope);
    });
    return {
      setup: before.map((one) => appendOf(one, scope)),
      actors: [
        { instance: 1, steps: within.length === 0 ? reads : inView(scope.id('lock'), [...within, ...reads]) },
      ],
    };
  },
  judge: wrongEvents,
  exercised: ({ input, scope }) => input.filters.some((one) => matching(one, input.events, scope).length > 0),
};

export const ACT_05: AnyProperty = property(joined(LISTS, inFlight('activity')));

const ACTIVITY = tableNamed('activity');

/** Events of every stream and type, alternating in time, and every list of them. */
function everyFilter(inSection: number): Case {
  const pairs = TYPES.flatMap((type) => STREAMS.map((stream) => ({ stream, type })));
  const filters = [...STREAMS.map((stream) => ({ stream })), ...TYPES.map((type) => ({ type })), ...pairs];
  return {
    events: [...pairs, ...pairs].map((pair, at) => ({ ...pair, key: `e${at}`, at })),
    // Two events match both the stream and the type, so this list has a second page, too.
    filters: filters.map((filter) => ({ ...filter, limit: 'stream' in filter && 'type' in filter ? 1 : 2 })),
    inSection,
  };
}

function appendOf(one: Event, scope: Scope): ReturnType<typeof direct> {
  const { stream, type } = one;
  const record = eventOf(idOf(ACTIVITY, one, scope), {
    type: scope.id(type),
    timestamp: timeOf(ACTIVITY, one, scope),
    ...(stream === undefined ? {} : { streamId: scope.id(stream) }),
  });
  return direct('activity.append', record);
}

function walkOf({ stream, type, limit }: Filter, scope: Scope): Walk {
  const filters = {
    ...(stream === undefined ? {} : { streamId: scope.id(stream) }),
    ...(type === undefined ? {} : { type: scope.id(type) }),
  };
  const of = [
    stream === undefined ? '' : ` of stream ${stream}`,
    type === undefined ? '' : ` of type ${type}`,
  ];
  const list: ListKind = {
    title: `the activity${of.join('')}`,
    method: 'activity.list',
    by: 'time',
    latestFirst: true,
    homeOnly: false,
    shared: false,
    request: () => filters,
  };
  return { list, limit };
}

function matching(filter: Filter, events: readonly Event[], scope: Scope): CaseRow[] {
  const matches = events.filter(
    ({ stream, type }) =>
      (filter.stream === undefined || filter.stream === stream) &&
      (filter.type === undefined || filter.type === type),
  );
  return listed(ACTIVITY, walkOf(filter, scope).list, matches, scope);
}

function wrongEvents({ input, main, trial, scope }: TrialRun<Case>): Failure | undefined {
  for (const [index, one] of input.filters.entries()) {
    const { list, limit } = walkOf(one, scope);
    const seen = walked(ACTIVITY, walkName(index), trial.actors[0]?.steps ?? [], main.records);
    const expected = matching(one, input.events, scope).map((row) =>
      keyOf(idOf(ACTIVITY, row, scope), scope),
    );
    const came = seen.ids.map((id) => keyOf(id, scope));
    const what = difference(expected, came);
    const failed = seen.failed?.outcome.status === 'error' ? seen.failed.outcome.error : undefined;
    if (what === undefined && failed === undefined) continue;
    const through = main.records.some(({ section }) => section !== undefined)
      ? ' through the view of the section that appended the last ones'
      : '';
    const error = failed === undefined ? '' : ` and failed: ${failed.code ?? failed.name}: ${failed.message}`;
    return {
      summary: `Reading ${list.title} in pages of ${limit}${through} ${what ?? 'showed everything'}${error}.`,
      expected: sequence(expected),
      actual: sequence(came),
      marked: seen.pages.map(({ record }) => record),
    };
  }
  return undefined;
}
