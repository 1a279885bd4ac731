/**
 * Shapes of sections, as data: how the lock is requested, and which sections enclose the section or are nested in it.
 * Every clause with sections draws from these, so that none is only tested with the plain shape.
 */
import fc from 'fast-check';
import type { CapabilityName } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { around, enter, leave } from '../cases/generate.ts';
import { observed } from '../judging/observe.ts';
import type { Situation, Subject, TrialRun } from '../engine/property.ts';
import { sectionsAround, sectionsOf, type Section } from '../judging/sections.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';

type EnterOptions = NonNullable<Parameters<typeof enter>[1]>;
type EnterStep = Extract<Step, { readonly do: 'enter' }>;

export interface Shape {
  readonly entry: string;
  readonly nesting: string;
}

/** One section, independent of its shape. */
export interface SectionPlan {
  /** The id whose lock the section takes. */
  readonly lock: string;
  /** What the section does between its beginning and its end. A nested section comes after the first of these steps. */
  readonly steps: readonly Step[];
  /** The end of the section: a `leave` or a `throw`, and steps before that. */
  readonly end: readonly Step[];
  /** The ids of streams that it reads, for adapters that fetch them with the lock. */
  readonly reads?: readonly string[];
  /** What the nested section does, if there is one. Default: nothing. */
  readonly inside?: readonly Step[];
  /** Returns an id that nothing else locks, for enclosing and nested sections: see ASIDE. */
  readonly aside: (name: string) => string;
}

/** The prefix of names of locks that only one section takes. */
export const ASIDE = 'aside-';

interface EntryRow {
  /** Completes "no run had a section". */
  readonly told: string;
  /** The capability that this way of requesting needs. */
  readonly needs?: CapabilityName;
  readonly options: (reads: readonly string[]) => EnterOptions;
  readonly isOf: (step: EnterStep) => boolean;
}

/** Longer than any wait for a lock, in milliseconds, so that the bound is given but never reached. */
const BOUND_MS = 60_000;

/** The ways in which a lock can be requested. */
export const ENTRIES: Vocabulary<EntryRow> = {
  name: 'ways to ask for a lock',
  entries: {
    plain: {
      told: 'without options',
      options: () => ({}),
      isOf: ({ timeoutMs, abortable, prefetch }) =>
        timeoutMs === undefined && abortable !== true && prefetch === undefined,
    },
    bounded: {
      told: 'whose wait has a bound',
      needs: 'lockTimeout',
      options: () => ({ timeoutMs: BOUND_MS }),
      isOf: ({ timeoutMs, abortable }) => timeoutMs !== undefined && abortable !== true,
    },
    abortable: {
      told: 'whose wait has a signal',
      options: () => ({ abortable: true }),
      isOf: ({ timeoutMs, abortable }) => timeoutMs === undefined && abortable === true,
    },
    'bounded and abortable': {
      told: 'whose wait has a bound and a signal',
      needs: 'lockTimeout',
      options: () => ({ timeoutMs: BOUND_MS, abortable: true }),
      isOf: ({ timeoutMs, abortable }) => timeoutMs !== undefined && abortable === true,
    },
    prefetching: {
      told: 'that says what it will read',
      options: (reads) => ({ prefetch: { streams: reads } }),
      isOf: ({ prefetch }) => prefetch !== undefined,
    },
  },
};

/** A section with its enclosing sections, from the inside out, and the nested ones. */
interface Nested {
  readonly section: Section;
  readonly step: EnterStep;
  readonly around: readonly Section[];
  readonly within: readonly Section[];
  /** Whether the section around it has had one of the same lock before. */
  readonly isAgain: boolean;
  /** Whether the callback of such a section threw on its own. */
  readonly threw: (section: Section | undefined) => boolean;
}

interface NestingRow {
  /** Whether the adapter promises it. Default: every one does. */
  readonly applies?: (subject: Subject) => boolean;
  /** Completes "no run had a section". */
  readonly told: string;
  readonly build: (place: SectionPlan, options: EnterOptions) => Step[];
  readonly isOf: (nested: Nested) => boolean;
}

/** The sections around it, or inside it. */
export const NESTINGS: Vocabulary<NestingRow> = {
  name: 'nestings of sections',
  entries: {
    alone: {
      told: 'on its own',
      build: alone,
      isOf: ({ around: outer, within }) => outer.length === 0 && within.length === 0,
    },
    nested: {
      told: 'within another',
      build: (place, options) => around(place.aside(`${ASIDE}outer`), alone(place, options)),
      isOf: ({ around: outer, step, threw, isAgain }) =>
        outer.length === 1 && step.swallow !== true && !threw(outer[0]) && !isAgain,
    },
    'nested, and again': {
      told: 'within another that has had its lock before',
      // Of two storages, one may keep the lock of an inner section longer than the other: see docs/migration.md.
      applies: ({ surfaces }) => !surfaces.includes('migration'),
      build: (place, options) =>
        around(place.aside(`${ASIDE}outer`), [enter(place.lock), leave, ...alone(place, options)]),
      isOf: ({ isAgain }) => isAgain,
    },
    'nested, its error swallowed': {
      told: 'within another that swallows its error',
      build: (place, options) =>
        around(place.aside(`${ASIDE}outer`), alone(place, { ...options, swallow: true })),
      isOf: ({ around: outer, step }) => outer.length === 1 && step.swallow === true,
    },
    'nested twice': {
      told: 'within two others',
      build: (place, options) =>
        around(place.aside(`${ASIDE}outermost`), around(place.aside(`${ASIDE}outer`), alone(place, options))),
      isOf: ({ around: outer }) => outer.length === 2,
    },
    'around another': {
      told: 'around another',
      build: holding(leave),
      isOf: ({ within }) => within.some((inner) => inner.left?.outcome.status === 'ok'),
    },
    'around one that throws': {
      told: 'around one that throws',
      build: holding({ do: 'throw', message: 'thrown by the inner section' }),
      isOf: ({ within, threw }) => within.some(threw),
    },
    'in one that throws': {
      told: 'within one that throws',
      build: (place, options) => [
        enter(place.aside(`${ASIDE}outer`)),
        ...alone(place, options),
        { do: 'throw', message: 'thrown by the section around' },
      ],
      isOf: ({ around: outer, threw }) => threw(outer[0]),
    },
  },
};

function alone({ lock, steps, end }: SectionPlan, options: EnterOptions): Step[] {
  return [enter(lock, options), ...steps, ...end];
}

/** With a nested section in the middle whose error is swallowed. */
function holding(innerEnd: Step): NestingRow['build'] {
  return ({ lock, steps, end, inside = [], aside }, options) => [
    enter(lock, options),
    ...steps.slice(0, 1),
    enter(aside(`${ASIDE}inner`), { swallow: true }),
    ...inside,
    innerEnd,
    ...steps.slice(1),
    ...end,
  ];
}

/** The steps of a section with this shape. */
export function sectionOf({ entry, nesting }: Shape, place: SectionPlan): Step[] {
  const options = rowOf(ENTRIES, entry).options(place.reads ?? []);
  return rowOf(NESTINGS, nesting).build(place, options);
}

function rowOf<Row>({ entries, name }: Vocabulary<Row>, entry: string): Row {
  const row = entries[entry];
  if (row === undefined) throw new RangeError(`Expected one of the ${name}, got ${entry}.`);
  return row;
}

/** The options of a lock that is requested in this way. */
export function entryOptions(entry: string, reads: readonly string[] = []): EnterOptions {
  return rowOf(ENTRIES, entry).options(reads);
}

/** For each way of requesting, the situation of a step that `counts`. */
export function entrySituations(
  subject: Subject,
  told: (way: string) => string,
  counts: (step: EnterStep, record: StepRecord, run: TrialRun<unknown>) => boolean,
): Situation<unknown>[] {
  return Object.values(ENTRIES.entries)
    .filter(({ needs }) => mayBeAsked(needs, subject))
    .map((row) => ({
      name: told(row.told),
      occurred: (run) =>
        observed(run).some(
          ({ step, record }) => step.do === 'enter' && row.isOf(step) && counts(step, record, run),
        ),
    }));
}

/** The ways in which this adapter can be asked for a lock. */
export function entriesOf(subject: Subject): string[] {
  return entriesFor(ENTRIES, subject)
    .filter(([, { needs }]) => mayBeAsked(needs, subject))
    .map(([name]) => name);
}

function mayBeAsked(needs: CapabilityName | undefined, { capabilities }: Subject): boolean {
  return needs === undefined || capabilities[needs] !== false;
}

function nestingsOf(subject: Subject): string[] {
  return entriesFor(NESTINGS, subject)
    .filter(([, { applies }]) => applies?.(subject) ?? true)
    .map(([name]) => name);
}

/** Any shape. Most are plain, because these need the fewest steps. */
export function shapesFor(subject: Subject): fc.Arbitrary<Shape> {
  return fc.record({ entry: anyOf(entriesOf(subject)), nesting: anyOf(nestingsOf(subject)) });
}

function anyOf(names: readonly string[]): fc.Arbitrary<string> {
  const [first = '', ...others] = names;
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant(first) },
    { weight: 1, arbitrary: fc.constantFrom(first, ...others) },
  );
}

/** The shape with the fewest steps. */
export function plainShape(subject: Subject): Shape {
  const [entry = ''] = entriesOf(subject);
  const [nesting = ''] = nestingsOf(subject);
  return { entry, nesting };
}

/** Each way of requesting with the first nesting, and each nesting with the first way of requesting. */
export function everyShape(subject: Subject): Shape[] {
  const entries = entriesOf(subject);
  const nestings = nestingsOf(subject);
  const { entry, nesting } = plainShape(subject);
  return [
    ...entries.map((one): Shape => ({ entry: one, nesting })),
    ...nestings.slice(1).map((one): Shape => ({ entry, nesting: one })),
  ];
}

/**
 * For each shape, the situation of a section that `counts`, for example one that met another section. Default: a
 * section that has ended.
 */
export function shapeSituations(
  subject: Subject,
  counts: (section: Section, run: TrialRun<unknown>) => boolean = ({ left }) => left !== undefined,
): Situation<unknown>[] {
  const situation = (told: string, isOf: (nested: Nested) => boolean): Situation<unknown> => ({
    name: `a section ${told}`,
    occurred: (run) => nestedIn(run).some((nested) => isOf(nested) && counts(nested.section, run)),
  });
  return [
    ...Object.values(ENTRIES.entries)
      .filter(({ needs }) => mayBeAsked(needs, subject))
      .map(({ told, isOf }) => situation(told, ({ step }) => isOf(step))),
    ...Object.values(NESTINGS.entries)
      .filter(({ applies }) => applies?.(subject) ?? true)
      .map(({ told, isOf }) => situation(told, isOf)),
  ];
}

/** The sections that have the shape, without those that the shape adds around and inside. */
function nestedIn({ main, trial, scope }: TrialRun<unknown>): Nested[] {
  const sections = sectionsOf(main, trial);
  return sections.flatMap((section): Nested[] => {
    const step = trial.actors[section.actor]?.steps[section.entered.step];
    if (step?.do !== 'enter' || scope.name(step.stream).startsWith(ASIDE)) return [];
    const outer = sectionsAround(section, sections);
    const within = sections.filter((other) => sectionsAround(other, sections).includes(section));
    const threw = (one: Section | undefined): boolean =>
      one?.left?.outcome.status === 'error' && trial.actors[one.actor]?.steps[one.left.step]?.do === 'throw';
    const isAgain = sections.some(
      (other) =>
        other.stream === section.stream &&
        other.entered.return < section.entered.call &&
        outer[0] !== undefined &&
        sectionsAround(other, sections)[0] === outer[0],
    );
    return [{ section, step, around: outer, within, isAgain, threw }];
  });
}
