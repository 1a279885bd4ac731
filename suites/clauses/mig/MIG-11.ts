import fc from 'fast-check';
import type { Page, ReadSurface, StreamRecord } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { codeOf, observed, valueOf, type Observed } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { moveTo, onSide, repair } from './moving.ts';
import { HEAL, wasStruck } from './outages.ts';
import { sharedWrongly, type Round } from './shares.ts';
import {
  isShown,
  movedWrongly,
  oneByOne,
  order,
  sharedSurfaces,
  surfaceRounds,
  surfacesOf,
} from './surfaces.ts';

interface Case {
  /** Rising shares of the streams, in percent. */
  readonly shares: readonly number[];
  /** What the new side does to shadow reads. */
  readonly shadow: 'refuses' | 'is late';
  /** Surfaces that move by themselves afterwards, each before the next one moves instead. */
  readonly surfaces: readonly ReadSurface[];
}

/** With so many keys, a share in the middle cannot contain all keys, or none, by chance. */
const KEYS = 32;
const MIN_SHARE = 40;
const MAX_SHARE = 60;
/** Generated cases are few, because the examples show most of it. */
const SHARE = 0.04;
const LATE_MS = 1;
/** A text that only the new side shows. */
const MARK = 'on the new side alone';

/**
 * An instance is ordered to read shares of the streams on the new side, which shows another text in each of them. Then it is
 * ordered to make only shadow reads there. Each key must be read on one side throughout, keys that have moved must stay when
 * the share grows, and nobody may see what shadow reads return.
 */
export const MIG_11: AnyProperty = property<Case>({
  clause: 'MIG-11',
  share: SHARE,
  topologies: ['one'],
  schedules: 'free',
  ownNamespace: true,
  arbitrary: () =>
    fc.record({
      shares: fc
        .uniqueArray(fc.integer({ min: MIN_SHARE, max: MAX_SHARE }), { minLength: 1, maxLength: 2 })
        .map((some) => [...some.sort((a, b) => a - b), 100]),
      shadow: fc.constantFrom('refuses', 'is late'),
      surfaces: fc.constant([]),
    }),
  trial: (input, scope, subject) => ({
    setup: [
      moveTo('dual'),
      ...keysOf(scope).map((id) => direct('streams.create', streamOf(id))),
      direct('users.put', { walletAddress: scope.id('user') }),
      repair,
    ],
    actors: [
      {
        instance: 0,
        steps: [
          ...stepsOf(input, scope),
          ...(input.surfaces.length > 0 ? equalized(scope) : []),
          ...oneByOne(input.surfaces, scope, subject),
          ...sharedSurfaces(input.surfaces, scope, subject),
        ],
      },
    ],
    // When the next trial begins, nothing differs any more.
    finale: [moveTo('dual'), ...equalized(scope)],
  }),
  examples: (subject) => [
    { shares: [MIN_SHARE, MAX_SHARE, 100], shadow: 'refuses', surfaces: surfacesOf(subject) },
    { shares: [MIN_SHARE, (MIN_SHARE + MAX_SHARE) / 2, 100], shadow: 'is late', surfaces: [] },
  ],
  situations: (subject) => [
    ...surfacesOf(subject).map((surface) => ({
      name: `reads of one surface that moved alone: ${surface}`,
      occurred: ({ input }: TrialRun<Case>) => input.surfaces.includes(surface),
    })),
    {
      name: 'keys of which some were read on the new side, and some on the old one',
      occurred: (run) => roundsOf(run).some(({ reads }) => new Set(reads.map(isMarked)).size === 2),
    },
    ...(['refuses', 'is late'] as const).map((shadow) => ({
      name: `reads in the shadow of others: the new side ${shadow}`,
      occurred: (run: TrialRun<Case>) => run.input.shadow === shadow && wasStruck(observed(run)),
    })),
  ],
  judge: (run) =>
    refused(run) ??
    movedAlong(run) ??
    shownShadow(run) ??
    sharedWrongly(
      run,
      roundsOf(run).filter(({ shadow }) => !shadow),
      isMarked,
    ) ??
    movedWrongly(run) ??
    surfaceRounds(run).reduce<Failure | undefined>(
      (found, rounds) => found ?? sharedWrongly(run, rounds, isShown),
      undefined,
    ),
});

function keysOf(scope: Scope): string[] {
  return Array.from({ length: KEYS }, (_, index) => scope.id(`key-${index + 1}`));
}

/** Writes what was marked. */
function equalized(scope: Scope): CallStep[] {
  return [
    ...keysOf(scope).map((id) => direct('streams.put', streamOf(id, { revision: 1 }))),
    direct('users.put', { walletAddress: scope.id('user'), displayName: 'the end' }),
  ];
}

function stepsOf({ shares, shadow }: Case, scope: Scope): Step[] {
  const keys = keysOf(scope);
  const reads = keys.map((id) => direct('streams.get', id));
  const user = direct('users.get', scope.id('user'));
  const list = direct('streams.list', { limit: 2 });
  const marks = [
    ...keys.map((id) => direct('streams.put', streamOf(id, { nextAction: MARK }))),
    direct('users.put', { walletAddress: scope.id('user'), displayName: MARK }),
  ].map((step) => onSide('new', step));
  // Each key is read twice within a share, but not twice in a row.
  const round = [...reads, user, ...reads];
  return [
    ...shares.flatMap((share, index): Step[] => [
      order({ streams: share }, false),
      ...(index === 0 ? marks : []),
      ...round,
    ]),
    order({}, true),
    {
      do: 'trouble',
      side: 'new',
      trouble:
        shadow === 'refuses' ? { how: 'refused', of: 'reads' } : { how: 'late', of: 'reads', ms: LATE_MS },
    },
    ...reads,
    user,
    list,
    HEAL,
  ];
}

interface Ordered extends Round {
  readonly shadow: boolean;
  readonly others: readonly Observed[];
}

/** The reads under each order of shares, in turn. */
function roundsOf(run: TrialRun<Case>): Ordered[] {
  const rounds: (Ordered & { reads: StepRecord[]; others: Observed[] })[] = [];
  const steps = stepsOf(run.input, run.scope).length;
  for (const one of observed(run)) {
    const { step, record } = one;
    if (record.step >= steps) break;
    if (step.do !== 'call' || step.via !== 'instance') continue;
    if (step.method === 'migration.instruct') {
      const { reads, shadow } = step.args[0] as {
        readonly reads: Record<string, number>;
        readonly shadow: boolean;
      };
      rounds.push({ surface: 'streams', share: reads.streams ?? 0, shadow, reads: [], others: [] });
    } else if (step.method === 'streams.get') rounds.at(-1)?.reads.push(record);
    else rounds.at(-1)?.others.push(one);
  }
  return rounds;
}

function isMarked(record: StepRecord): boolean {
  return (valueOf(record) as StreamRecord | undefined)?.nextAction === MARK;
}

function refused(run: TrialRun<Case>): Failure | undefined {
  const wrong = observed(run).find(({ record }) => codeOf(record) !== undefined);
  if (wrong === undefined) return undefined;
  const code = codeOf(wrong.record) as string;
  const isOrder = wrong.step.do === 'call' && wrong.step.method === 'migration.instruct';
  return {
    summary: isOrder
      ? `An order to read a share of the keys on the new side, which holds the same, failed with ${code}.`
      : `A read failed with ${code} while reads were being moved.`,
    expected: isOrder
      ? 'nothing is owed and nothing differs: reads move'
      : 'the read succeeds, whoever answers it',
    actual: code === 'none' ? 'an error without a code' : code,
    marked: [wrong.record],
  };
}

/** Users were never ordered to move. Lists move with the last of the keys. */
function movedAlong(run: TrialRun<Case>): Failure | undefined {
  const showsMark = ({ record }: Observed): boolean => JSON.stringify(valueOf(record) ?? null).includes(MARK);
  const wrong = roundsOf(run)
    .filter(({ shadow }) => !shadow)
    .flatMap(({ others }) => others)
    .find((one) => one.step.do === 'call' && one.step.method === 'users.get' && showsMark(one));
  if (wrong === undefined) return undefined;
  return {
    summary: 'Only reads of streams were ordered to move, but a user is read on the new side.',
    expected: 'each surface moves by itself: users are read on the old side',
    actual: 'the user of the new side',
    marked: [wrong.record],
  };
}

function shownShadow(run: TrialRun<Case>): Failure | undefined {
  for (const { shadow, reads, others } of roundsOf(run)) {
    if (!shadow) continue;
    const listed = others.filter(({ record }) =>
      JSON.stringify((valueOf(record) as Page<unknown> | undefined) ?? null).includes(MARK),
    );
    const wrong = [...reads.filter(isMarked), ...listed.map(({ record }) => record)][0];
    if (wrong === undefined) continue;
    return {
      summary:
        'No read was to move, shadow reads were ordered, and a caller was given what the new side has.',
      expected: 'what is read in the shadow is compared, and shown to nobody',
      actual: 'the record of the new side',
      marked: [wrong],
    };
  }
  return undefined;
}
