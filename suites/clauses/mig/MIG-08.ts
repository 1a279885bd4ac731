import fc from 'fast-check';
import type { MigrationSide, StorageErrorCode } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, MAX_DIGITS, unexplained } from '../../harness/judging/effects.ts';
import { around, direct, hold, pauseMs, saved, streamOf, swallowed } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { LONG_LEASE_MS } from '../../harness/cases/records.ts';
import { ARMED, cutOff, wasCutOff } from './cutOff.ts';
import { HEAL, wasStruck } from './outages.ts';
import { accepted, canClaim, claims, heldJob, isHandOver, isProbe, notGivenAgain } from './overHandOver.ts';
import { itemKindsOf, itemOf, type Item, type ItemKind } from './items.ts';
import { asOldSide, moveTo, leftOwing, onBoth, onSide, repair, sidesDiffer } from './moving.ts';

interface Writer {
  /** How many sections it runs on a stream that everybody adds to. */
  readonly sections: number;
  /** The pause between two sections: about as long as a hand over examines the sides before it begins, or shorter. */
  readonly betweenMs: number;
  /** Its own records, and what it does to them outside sections meanwhile. */
  readonly kinds: readonly ItemKind[];
  readonly does: (typeof DOES)[number];
}

interface Case {
  readonly writers: readonly Writer[];
  /** How often the authority is handed over: to the new side, back, and so on. */
  readonly hands: number;
  /** How long a section may take to end. */
  readonly drainMs: number;
  readonly pauseMs: number;
  /**
   * What the new side refuses at the first hand over: the setting that shuts late copies out, or the setting that makes it
   * decide.
   */
  readonly refused: (typeof REFUSED)[number];
  /** Whether a write was interrupted before: it has happened, and nothing says that its copy is owed. */
  readonly cutOff: boolean;
}

const DOES = ['create', 'change', 'remove'] as const;
const REFUSED = ['nothing', 'late copies are shut out', 'the new side decides'] as const;
const MAX_WRITERS = 3;
const MAX_SECTIONS = MAX_DIGITS / MAX_WRITERS;
/** Sections take so long that some span a hand over. */
const INSIDE_MS = 30;
const MAX_HANDS = 3;
const LONG_DRAIN_MS = 3000;
const DRAINS = [0, LONG_DRAIN_MS];
const BETWEEN_MS = [20, 200];
const PATIENCE_MS = 20_000;
/** Trials take long, because a hand over first examines both sides. The examples show most of it. */
const SHARE = 0.05;
/** After the second repair nothing may be owed. It shows what the first one has left. */
const SECOND_REPAIR = 2;

/** Errors of sections that a hand over may interrupt. Nothing has happened, or the error says that this is unknown. */
const MAY_FAIL: readonly unknown[] = [
  'FENCED',
  'LOCK_LOST',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
] satisfies StorageErrorCode[];

/**
 * Instances write, in sections and outside, while the authority is handed over to the new side, back, and over again. Every
 * effect must be there once, whichever side decided. A version that knows only the other side must be refused there. When debts
 * have been repaired, both sides must show the same.
 */
export const MIG_08: AnyProperty = property<Case>({
  clause: 'MIG-08',
  slow: 9,
  share: SHARE,
  schedules: 'free',
  ownNamespace: true,
  arbitrary: (subject) =>
    fc.record({
      writers: fc.array(writer(subject), { minLength: 1, maxLength: MAX_WRITERS }),
      hands: fc.integer({ min: 1, max: MAX_HANDS }),
      drainMs: fc.constantFrom(...DRAINS),
      pauseMs,
      refused: fc.constantFrom(...REFUSED),
      cutOff: fc.boolean(),
    }),
  trial: (input, scope, subject) => ({
    setup: [
      ...(input.cutOff ? ARMED : []),
      moveTo('dual'),
      direct('migration.begin'),
      direct('streams.create', streamOf(scope.id('s1'))),
      ...input.writers.flatMap((one, index) =>
        itemsOf(one, index, scope).flatMap((item) => storedBefore(item, one.does)),
      ),
      direct('streams.create', streamOf(scope.id('probe'))),
      direct('streams.create', streamOf(scope.id('cut-off'))),
      ...(canClaim(subject) ? [heldJob(scope)] : []),
    ],
    actors: [
      { instance: 0, steps: [moveTo('dual'), ...operating(input, scope, subject)] },
      ...input.writers.map((one, index): Actor => ({
        instance: index + 1,
        steps: [moveTo('dual'), ...writing(one, index, scope)],
      })),
    ],
    finale: [
      moveTo('dual'),
      repair,
      repair,
      ...reads(input, scope).flatMap(({ read }) => onBoth(read)),
      direct('streams.get', scope.id('s1')),
    ],
    patienceMs: PATIENCE_MS,
  }),
  examples: (subject) =>
    DRAINS.map((drainMs, half) => ({
      writers: DOES.map((does, index) => ({
        sections: MAX_SECTIONS,
        betweenMs: 150 + 25 * index,
        // Where neither side decides each write waits long, so each example has half of the kinds.
        kinds: kindsFor(subject, does).filter((_, at) => at % DRAINS.length === half),
        does,
      })),
      hands: MAX_HANDS,
      drainMs,
      pauseMs: 2,
      refused: drainMs === 0 ? 'late copies are shut out' : 'the new side decides',
      cutOff: drainMs === 0,
    })),
  exercised: (run) => handed(run) > 0,
  situations: (subject) => [
    ...(canClaim(subject)
      ? [
          {
            name: 'a job that a worker held over a hand over to the new side',
            occurred: (run: TrialRun<Case>) => handed(run) > 0 && claims(run).length > 1,
          },
        ]
      : []),
    {
      name: 'a hand over to the new side while sections ran',
      occurred: (run) => handed(run) > 0 && sectionsMet(run),
    },
    { name: 'a hand over back to the old side', occurred: (run) => handed(run) > 1 },
    ...DOES.map((does) => ({
      name: `records to which this was done while the authority moved: ${does}`,
      occurred: (run: TrialRun<Case>) =>
        handed(run) > 0 && run.input.writers.some((one) => one.does === does && one.kinds.length > 0),
    })),
    {
      name: 'a hand over after a write that was interrupted',
      occurred: (run) => run.input.cutOff && handed(run) > 0 && wasCutOff(observed(run)),
    },
    ...REFUSED.slice(1).map((refused) => ({
      name: `a hand over that the new side refused: ${refused}`,
      occurred: (run: TrialRun<Case>) => run.input.refused === refused && wasStruck(observed(run)),
    })),
  ],
  judge: (run) =>
    failed(run) ??
    nobody(run) ??
    accepted(run) ??
    notGivenAgain(run) ??
    unexplained(ofSections(run)) ??
    leftOwing(run, SECOND_REPAIR, 'both sides are there and nobody writes') ??
    different(run),
});

/** Records without claimed jobs. A hand over makes such jobs pending, and changes would race with that. */
function isMovable(kind: ItemKind): boolean {
  return !['worked job', 'failed job', 'taken job', 'executed answer', 'expired answer'].includes(kind);
}

function writer(subject: Subject): fc.Arbitrary<Writer> {
  return fc.constantFrom(...DOES).chain((does) =>
    fc.record({
      sections: fc.integer({ min: 1, max: MAX_SECTIONS }),
      betweenMs: fc.constantFrom(...BETWEEN_MS),
      kinds: fc.array(fc.constantFrom(...kindsFor(subject, does)), { maxLength: 3 }),
      does: fc.constant(does),
    }),
  );
}

/** The kinds of records to which this can be done. */
function kindsFor(subject: Subject, does: Writer['does']): ItemKind[] {
  return itemKindsOf(subject).filter((kind) => isMovable(kind) && itemOf(kind, '')[does].length > 0);
}

/** The steps that a record needs beforehand. */
function storedBefore({ create }: Item, does: Writer['does']): readonly CallStep[] {
  return does === 'create' ? [] : create;
}

function itemsOf({ kinds }: Writer, index: number, scope: Scope): Item[] {
  return kinds.map((kind, at) => itemOf(kind, scope.id(`${kind.replaceAll(' ', '-')}-${index}-${at}`)));
}

function writing(one: Writer, index: number, scope: Scope): Step[] {
  const s1 = scope.id('s1');
  const items = itemsOf(one, index, scope);
  return Array.from({ length: one.sections }, (_, turn): Step[] => [
    ...around(s1, [...addDigit(s1, index * MAX_SECTIONS + turn), hold(INSIDE_MS)]),
    ...items.filter((_, at) => at % one.sections === turn).flatMap((item): readonly Step[] => item[one.does]),
    hold(one.betweenMs),
  ]).flat();
}

/**
 * Hands over, the first time perhaps while the new side refuses a setting. Before and after, it writes as a version that knows
 * only the side which does not decide.
 */
function operating(input: Case, scope: Scope, subject: Subject): Step[] {
  const { hands, drainMs, pauseMs: ms } = input;
  const probe = (side: MigrationSide): CallStep =>
    swallowed(onSide(side, direct('streams.put', streamOf(scope.id('probe'), { revision: 1 }))));
  const claim = canClaim(subject) ? [direct('jobs.claimNext', 'a worker', LONG_LEASE_MS)] : [];
  return [
    probe('new'),
    ...(input.cutOff ? cutOff(direct('streams.put', streamOf(scope.id('cut-off'), { revision: 1 }))) : []),
    ...interrupted(input, scope),
    ...claim,
    ...Array.from({ length: hands }, (_, turn): Step[] => {
      const to: MigrationSide = turn % 2 === 0 ? 'new' : 'old';
      return [
        hold(ms),
        repair,
        saved(`hand ${turn}`, swallowed(direct('migration.handOver', to, { drainMs }))),
        probe(to === 'new' ? 'old' : 'new'),
        ...claim,
      ];
    }).flat(),
  ];
}

/** A hand over of which one setting is refused once. Then somebody writes on the side that decides. */
function interrupted({ refused, drainMs }: Case, scope: Scope): Step[] {
  if (refused === 'nothing') return [];
  const after = REFUSED.indexOf(refused) - 1;
  return [
    repair,
    {
      do: 'trouble',
      side: 'new',
      trouble: { how: 'refused', of: 'writes', store: 'authority', after, times: 1 },
    },
    swallowed(direct('migration.handOver', 'new', { drainMs })),
    HEAL,
    direct('streams.put', streamOf(scope.id('probe'), { revision: AFTERWARDS })),
  ];
}

/** The revision that is written after a refused hand over. */
const AFTERWARDS = 7;

/** After a failed hand over no side accepts writes. */
function nobody(run: TrialRun<Case>): Failure | undefined {
  const wrong = observed(run).find(({ step, record }) => isAfterwards(step) && codeOf(record) !== undefined);
  if (wrong === undefined) return undefined;
  const code = codeOf(wrong.record) as string;
  return {
    summary: `A hand over failed, and the next write (${whoOf(wrong.record)}) was refused with ${code}.`,
    expected:
      'the side that decided before decides again: after an interrupted hand over some side accepts writes',
    actual: code === 'none' ? 'an error without a code' : code,
    marked: [wrong.record],
  };
}

function isAfterwards(step: Step): boolean {
  if (step.do !== 'call' || step.method !== 'streams.put' || step.via !== 'instance') return false;
  return (step.args[0] as { readonly revision?: number }).revision === AFTERWARDS;
}

interface Read {
  readonly what: string;
  readonly read: CallStep;
}

function reads({ writers }: Case, scope: Scope): Read[] {
  return [
    { what: 'The stream "s1"', read: direct('streams.get', scope.id('s1')) },
    { what: 'The stream of an interrupted write', read: direct('streams.get', scope.id('cut-off')) },
    ...writers.flatMap((one, index) =>
      itemsOf(one, index, scope).map(({ read }, at) => ({ what: `The ${one.kinds[at]}`, read })),
    ),
  ];
}

/** How many hand overs there were. */
function handed(run: TrialRun<Case>): number {
  return observed(run).filter(({ step, record }) => isHandOver(step) && record.outcome.status === 'ok')
    .length;
}

/** Whether the end of a section and a hand over overlapped. */
function sectionsMet(run: TrialRun<Case>): boolean {
  const all = observed(run);
  const hands = all.filter(({ step }) => isHandOver(step));
  return hands.some(({ record: hand }) =>
    all.some(
      ({ step, record }) => step.do === 'leave' && record.return > hand.call && record.call < hand.return,
    ),
  );
}

function failed(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (code === undefined || isProbe(step) || isAfterwards(step)) continue;
    // This is the hand over of which the new side refused a setting.
    if (run.input.refused !== 'nothing' && isHandOver(step) && code === 'UNAVAILABLE') continue;
    if (isHandOver(step) ? code === 'CONFLICT' : MAY_FAIL.includes(code)) continue;
    return {
      summary: `A call while the authority was handed over (${whoOf(record)}) failed with ${code}.`,
      expected: 'operations wait for the side that decides, or say that nothing has happened',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** The run as it is for the stream that everybody adds to. Other streams are written outside sections. */
function ofSections(run: TrialRun<Case>): TrialRun<Case> {
  const setup = [direct('streams.create', streamOf(run.scope.id('s1')))];
  return { ...asOldSide(run), trial: { ...run.trial, setup } };
}

function different(run: TrialRun<Case>): Failure | undefined {
  for (const { what, read } of reads(run.input, run.scope)) {
    const when = `after the authority had been handed over ${handed(run)} times and what was owed had been repaired`;
    const failure = sidesDiffer(run, read, { what, when });
    if (failure !== undefined) return failure;
  }
  return undefined;
}
