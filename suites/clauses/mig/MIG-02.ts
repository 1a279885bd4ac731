import fc from 'fast-check';
import { STAGES } from '../../../adapters/contract/index.ts';
import type { Actor, Decision, Side, Step } from '../../../scenarios/host/language/program.ts';
import {
  around,
  direct,
  enter,
  leave,
  pause,
  pauseMs,
  saved,
  streamOf,
  view,
} from '../../harness/cases/generate.ts';
import { property, type AnyProperty, type Scope, type TrialRun } from '../../harness/engine/property.ts';
import {
  contended,
  isContended,
  overlapFailure,
  overlapOf,
  sectionsOf,
  type Section,
} from '../../harness/judging/sections.ts';
import { moveTo } from './moving.ts';

interface Member {
  /** An instance at this stage, or a version that knows only this side. */
  readonly is: (typeof STAGES)[number] | Side;
  readonly visits: readonly number[];
  /** Whether it enters within a section of another stream, which nobody else wants. */
  readonly isNested: boolean;
}

interface Fleet {
  readonly members: readonly Member[];
  /** Whether the last member has read in its section before the others, each at its stage, call theirs. */
  readonly meet: boolean;
}

const SIDES = ['old', 'new'] as const;
/** In a fleet with a version that knows only the new side, nobody takes only the old lock. */
const EARLY_FLEET = [...STAGES, 'old'] as const;
const LATE_FLEET = ['bridged', 'dual', 'cut-over', 'new'] as const;

/** Examples in which each stage and each version meets others. */
const MEETINGS: readonly (readonly Member['is'][])[] = [
  ['before', 'bridged', 'old'],
  ['dual', 'cut-over', 'old'],
  ['new', 'bridged', 'dual', 'cut-over'],
];
const PAUSE_MS = 8;
/** A version that folds case, accents or blanks of ids locks another id than one that does not. */
const STREAM = 'S1 e\u0301 ';

const visits = fc.array(pauseMs, { minLength: 1, maxLength: 2 });

function member(...kinds: readonly Member['is'][]): fc.Arbitrary<Member> {
  return fc.record({ is: fc.constantFrom(...kinds), visits, isNested: fc.boolean() });
}

const members: fc.Arbitrary<readonly Member[]> = fc.oneof(
  fc.array(member(...EARLY_FLEET), { minLength: 3, maxLength: 4 }),
  fc
    .tuple(member('new'), fc.array(member(...LATE_FLEET), { minLength: 2, maxLength: 3 }))
    .map(([first, others]) => [first, ...others]),
);

/**
 * Instances at different stages, and versions that know only one side, enter sections of one stream. Two sections must not
 * overlap. Sections on records of the old side count as in LOCK-01. Beside a version that knows only the new side, which has
 * nothing to write yet, every section counts.
 */
export const MIG_02: AnyProperty = property<Fleet>({
  clause: 'MIG-02',
  slow: 5,
  arbitrary: () => fc.record({ members, meet: fc.boolean() }),
  examples: () =>
    [false, true].flatMap((isNested) =>
      MEETINGS.map((kinds) => ({
        // Whoever is inside first is another one where sections are nested.
        members: (isNested ? kinds.toReversed() : kinds).map((is) => ({
          is,
          visits: [PAUSE_MS],
          isNested: isNested && !isVersion(is),
        })),
        meet: true,
      })),
    ),
  trial: ({ members: fleet, meet }, scope) => ({
    setup: [moveTo('dual'), direct('streams.create', streamOf(scope.id(STREAM)))],
    actors: fleet.map((member, instance): Actor => ({ instance, steps: stepsOf(member, instance, scope) })),
    ...(meet ? { order: meeting(fleet) } : {}),
    // Copies what an instance at an early stage has written, so that later trials can cut over.
    finale: [
      moveTo('dual'),
      saved('last', direct('streams.get', scope.id(STREAM))),
      direct('streams.put', { $saved: 'last' }),
    ],
  }),
  judge: (run) => {
    const pair = together(run);
    if (pair === undefined) return undefined;
    const failure = overlapFailure(pair, run.scope);
    const [first, second] = pair.map((section) => nameOf(run, section));
    return { ...failure, summary: `${failure.summary} They are ${first} and ${second}.` };
  },
  exercised: ({ main, trial }) => contended(main, trial),
  situations: () =>
    [...STAGES, ...SIDES].map((is) => ({
      name: `a section of ${named(is)} that met one of another member`,
      occurred: ({ input, main, trial }) =>
        sectionsOf(main, trial).some(
          (section) => input.members[section.actor]?.is === is && isContended(section, main, trial),
        ),
    })),
});

function stepsOf({ is, visits, isNested }: Member, actor: number, scope: Scope): Step[] {
  const s1 = scope.id(STREAM);
  const read = saved('read', view('streams.get', s1));
  if (is === 'new') return visits.flatMap((ms) => [enter(s1, { side: 'new' }), read, ...pause(ms), leave]);
  const section = (ms: number): Step[] => [
    enter(s1, is === 'old' ? { side: 'old' } : {}),
    read,
    ...pause(ms),
    view('streams.put', { $saved: 'read', add: { revision: 1 } }),
    leave,
  ];
  if (isNested && !isVersion(is))
    return [moveTo(is), ...visits.flatMap((ms) => around(scope.id(`of-${actor}`), section(ms)))];
  return [...(is === 'old' ? [] : [moveTo(is)]), ...visits.flatMap(section)];
}

/**
 * An order in which every member moves to its stage, the last one enters and reads, and then the others enter. Whoever is let
 * in goes on before the last one does.
 */
function meeting(fleet: readonly Member[]): Decision[] {
  const moves = fleet.flatMap(({ is }, actor) => (isVersion(is) ? [] : [{ actor, step: 0, blocked: false }]));
  const enters = fleet.map(({ is, isNested }, actor): Decision[] => {
    const first = isVersion(is) ? 0 : 1;
    const around = isNested && !isVersion(is) ? [{ actor, step: first, blocked: false }] : [];
    const step = first + around.length;
    return actor === fleet.length - 1
      ? [...around, { actor, step, blocked: false }, { actor, step: step + 1, blocked: false }]
      : [...around, { actor, step, blocked: true }];
  });
  return [...moves, ...(enters.at(-1) ?? []), ...enters.slice(0, -1).flat()];
}

function isVersion(is: Member['is']): is is Side {
  return is === 'old' || is === 'new';
}

/** Two sections that overlap and must not. */
function together(run: TrialRun<Fleet>): readonly [Section, Section] | undefined {
  const sections = metIn(run).filter(({ committed }) => committed);
  const isOn = (side: Side, { actor }: Section): boolean => run.input.members[actor]?.is === side;
  const onOld = sections.filter((one) => one.wrote).map((one) => ({ ...one, from: one.readFrom }));
  const pair = overlapOf(onOld);
  if (pair !== undefined) return pair;
  for (const one of sections.filter((section) => isOn('new', section))) {
    const other = sections.find(
      (section) => !isOn('new', section) && section.from < one.to && one.from < section.to,
    );
    if (other !== undefined) return one.from < other.from ? [one, other] : [other, one];
  }
  return undefined;
}

/** The sections of the stream that all want. */
function metIn({ main, trial, scope }: TrialRun<Fleet>): Section[] {
  return sectionsOf(main, trial).filter(({ stream }) => stream === scope.id(STREAM));
}

function nameOf({ input }: TrialRun<Fleet>, { actor }: Section): string {
  return named(input.members[actor]?.is);
}

function named(is: Member['is'] | undefined): string {
  if (is !== undefined && isVersion(is)) return `a version that knows of the ${is} side alone`;
  return `an instance at the stage ${is}`;
}
