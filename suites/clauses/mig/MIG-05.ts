import fc from 'fast-check';
import type { Comparison, MovedKind, SideDifference } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { calls, codeOf, show, valueOf } from '../../harness/judging/observe.ts';
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
import { backfill, compare, EXACT, moveTo, onBoth, repair, sidesIn, wasPrompt } from './moving.ts';
import {
  cleanUnread,
  comparisonsOf,
  EVERYTHING_UNREAD,
  isWhole,
  unreadableName,
  unreadableOf,
  wasMet,
  whileUnread,
  type Unreadable,
} from './unreadable.ts';
import { markedEvent, markedReads, marksOf } from './marked.ts';
import { damagesOf, kindOf, LAST, spoiltBy, type DamageName } from './spoilt.ts';

interface Case {
  readonly damages: readonly DamageName[];
  /** How many other records of each kind are stored. */
  readonly others: number;
  /** How often somebody writes to a stream during the first comparison. */
  readonly writes: number;
  /** What cannot be read in the end, one after the other. */
  readonly unreadable: readonly Unreadable[];
}

/** Trials take long: they compare three times, and wait for failing reads. */
const SHARE = 0.8;
const MAX_DAMAGES = 3;
const MAX_OTHERS = 4;
/** More than one page of any usual size. */
const CROWD = 1003;

/**
 * Records are stored on both sides. Then some records of the new side are changed behind the migration's back. Comparison must
 * name exactly these records. While there is one, reads must not move.
 */
export const MIG_05: AnyProperty = property<Case>({
  clause: 'MIG-05',
  slow: 18,
  share: SHARE,
  topologies: ['one'],
  schedules: 'free',
  ownNamespace: true,
  arbitrary: (subject) =>
    fc.record({
      damages: fc.uniqueArray(fc.constantFrom(...damagesOf(subject)), { maxLength: MAX_DAMAGES }),
      others: fc.integer({ min: 1, max: MAX_OTHERS }),
      writes: fc.nat({ max: 3 }),
      // These take longer, and the examples show most of them.
      unreadable: fc
        .oneof(
          { weight: 3, arbitrary: fc.constant(EVERYTHING_UNREAD) },
          { weight: 1, arbitrary: fc.constantFrom(...unreadableOf(subject)) },
        )
        .map((one) => [one]),
    }),
  trial: (input, scope, subject) => ({
    setup: [
      moveTo('dual'),
      direct('streams.create', streamOf(scope.id('busy'))),
      ...othersOf(input, scope, subject),
      ...crowdOf(input, scope),
      ...input.damages.flatMap((damage) => spoiltBy(damage, scope).stored),
      repair,
      // The migration's own records are not differences.
      backfill(1),
    ],
    actors: [
      {
        instance: 0,
        steps: [
          compare,
          ...input.damages.flatMap((damage) => spoiltBy(damage, scope).spoil),
          compare,
          moveTo('cut-over'),
          ...(input.unreadable.every(isWhole) ? markedReads(scope, subject) : []),
          // Records that cannot be read are not known to be equal.
          ...input.unreadable.flatMap((one) => [
            moveTo('dual'),
            ...whileUnread(one, [compare, moveTo('cut-over')]),
          ]),
        ],
      },
      { instance: 0, steps: Array.from({ length: input.writes }, (_, index) => busyWrite(index + 1, scope)) },
    ],
    finale: [{ do: 'reopen' }, moveTo('dual'), ...listsOf(subject).flatMap(onBoth)],
  }),
  examples: (subject) => [
    { damages: [], others: MAX_OTHERS, writes: 2, unreadable: [EVERYTHING_UNREAD] },
    ...everyDamage(subject),
    {
      damages: [],
      others: 1,
      writes: 0,
      unreadable: unreadableOf(subject).filter((one) => !isWhole(one)),
    },
  ],
  lengthyExamples: () => [{ damages: [LAST], others: CROWD, writes: 0, unreadable: [EVERYTHING_UNREAD] }],
  situations: (subject) => [
    ...damagesOf(subject).map((damage) => ({
      name: `a comparison after this damage: ${damage}`,
      occurred: (run: TrialRun<Case>) =>
        run.input.damages.includes(damage) && comparisonsOf(run)[1]?.outcome.status === 'ok',
    })),
    {
      // This is judged by what reads showed and not by time: on a slow machine the new side never answers promptly.
      name: 'reads at cut-over, every one of which showed the new side',
      occurred: (run) =>
        marksOf(run.scope, run.subject).every(({ read, isMarked }) => {
          const record = readOf(run, read);
          return record !== undefined && codeOf(record) === undefined && isMarked(valueOf(record));
        }),
    },
    ...unreadableOf(subject)
      // Whoever reads all records of a kind at once meets no trouble behind that read.
      .filter((one) => !isWhole(one) && one.after === 0)
      .map((one) => ({
        name: `a comparison that could not read ${unreadableName(one)}`,
        occurred: (run: TrialRun<Case>) => wasMet(run, one),
      })),
    {
      name: `a comparison of more than ${CROWD} records`,
      occurred: (run) => run.input.others === CROWD && comparisonsOf(run)[1]?.outcome.status === 'ok',
    },
    {
      name: 'a comparison of sides that nobody had damaged',
      occurred: (run) => run.input.damages.length === 0 && comparisonsOf(run)[1]?.outcome.status === 'ok',
    },
  ],
  judge: (run) => {
    const [before, after] = comparisonsOf(run);
    if (before === undefined || after === undefined) return undefined;
    return (
      invented(run, before) ??
      missed(run, after) ??
      invented(run, after) ??
      unordered(run, after) ??
      unreadable(run, before) ??
      unreadable(run, after) ??
      moved(run) ??
      readElsewhere(run) ??
      cleanUnread(run)
    );
  },
});

/** Examples of each damage: all of one kind of records at a time, so that whoever leaves a kind out sees none of them. */
function everyDamage(subject: Subject): Case[] {
  const all = damagesOf(subject);
  return [...new Set(all.map(kindOf))].map((kind, index) => ({
    damages: all.filter((damage) => kindOf(damage) === kind),
    others: 1 + (index % MAX_OTHERS),
    writes: index % 2,
    unreadable: [EVERYTHING_UNREAD],
  }));
}

function busyWrite(revision: number, scope: Scope): CallStep {
  return direct('streams.put', streamOf(scope.id('busy'), { revision }));
}

/** So many that each side has stored its own: copies of them would take long. */
function crowdOf({ others }: Case, scope: Scope): CallStep[] {
  if (others <= MAX_OTHERS) return [];
  return Array.from({ length: others }, (_, index) =>
    onBoth(
      direct(
        'streams.create',
        streamOf(scope.id(`crowd-${index + 1}`), { createdAt: EXACT, updatedAt: EXACT }),
      ),
    ),
  ).flat();
}

/** Records that nobody spoils. They have the same time, so that only their ids order them. */
function othersOf({ others }: Case, scope: Scope, { surfaces }: Subject): CallStep[] {
  return Array.from({ length: Math.min(others, MAX_OTHERS) }, (_, index) => {
    const id = scope.id(`tied-${index + 1}`);
    return [
      direct('streams.create', streamOf(id, { createdAt: EXACT })),
      ...(surfaces.includes('activity')
        ? [direct('activity.append', eventOf(id, { streamId: id, timestamp: EXACT }))]
        : []),
    ];
  }).flat();
}

function listsOf({ surfaces }: Subject): CallStep[] {
  return [
    direct('streams.list', { limit: 100 }),
    ...(surfaces.includes('activity') ? [direct('activity.list', { limit: 100 })] : []),
  ];
}

function differencesIn(record: StepRecord): readonly SideDifference[] {
  return (valueOf(record) as Comparison | undefined)?.differences ?? [];
}

/** A reported difference that nobody has made. If a record differs, the lists that contain it may differ, too. */
function invented(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  const isBefore = by.step === 0;
  const spoilt = isBefore ? [] : run.input.damages.map((damage) => spoiltBy(damage, run.scope));
  const mayDiffer = (kind: MovedKind): boolean =>
    spoilt.some((one) => one.kind === kind) || ordersDiffer(run, kind);
  const wrong = differencesIn(by).find(({ kind, id, what }) =>
    what === 'order' ? !mayDiffer(kind) : !spoilt.some((one) => one.kind === kind && one.id === id),
  );
  if (wrong === undefined) return undefined;
  return {
    summary: `Comparison says that ${wrong.kind} "${run.scope.name(wrong.id)}" of the new side is ${wrong.what}, but it is not.`,
    expected: 'only real differences are named',
    actual: show(wrong, run.scope),
    marked: [by],
  };
}

function missed(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  const named = differencesIn(by);
  for (const damage of run.input.damages) {
    const { kind, id, what } = spoiltBy(damage, run.scope);
    if (named.some((one) => one.kind === kind && one.id === id && one.what === what)) continue;
    return {
      summary: `Comparison does not say that ${kind} "${run.scope.name(id)}" of the new side is ${what} (${damage}).`,
      expected: `the difference, as ${what}`,
      actual: named.length === 0 ? 'no difference at all' : show(named, run.scope),
      marked: [by],
    };
  }
  return undefined;
}

/** The comparison says that something could not be read, although both sides could be. */
function unreadable(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  const [first] = ((valueOf(by) ?? {}) as Partial<Comparison>).unread ?? [];
  if (first === undefined) return undefined;
  return {
    summary: `Comparison says that ${first.kind} of the ${first.from} side could not be read, although both sides can be read.`,
    expected: 'both sides are read',
    actual: show(first, run.scope),
    marked: [by],
  };
}

/** Whether the lists of this kind that the finale has read show different sequences on the two sides. */
function ordersDiffer(run: TrialRun<Case>, kind: MovedKind): boolean {
  const list = listsOf(run.subject).find(({ method }) => method === `${kind}.list`);
  if (list === undefined) return false;
  const { old, new: other } = sidesIn(run, list);
  return idsIn(old, run.scope) !== idsIn(other, run.scope);
}

/** Without what was marked after the comparisons. */
function idsIn(record: StepRecord | undefined, scope: Scope): string {
  const ids = pageIn(valueOf(record)).items.map((item) => (item as { readonly id: unknown }).id);
  return JSON.stringify(ids.filter((id) => id !== markedEvent(scope)));
}

/** The lists of the sides differ, but comparison names no such difference. */
function unordered(run: TrialRun<Case>, by: StepRecord): Failure | undefined {
  for (const { method } of listsOf(run.subject)) {
    const kind = method.split('.')[0] as MovedKind;
    if (!ordersDiffer(run, kind) || differencesIn(by).some((one) => one.kind === kind)) continue;
    return {
      summary: `The lists of ${kind} of the two sides are in different orders, but comparison names no difference.`,
      expected:
        'lists are compared as sequences: whoever follows a cursor from one side to the other skips records, or reads them twice',
      actual: 'no difference',
      marked: [by],
    };
  }
  return undefined;
}

/** Reads moved to a side that differs, or did not move although the sides are equal. */
function moved(run: TrialRun<Case>): Failure | undefined {
  const last = calls(run, 'migration.moveTo')[0]?.record;
  if (last === undefined) return undefined;
  const differs =
    run.input.damages.length > 0 ||
    listsOf(run.subject).some(({ method }) => ordersDiffer(run, method.split('.')[0] as MovedKind));
  const code = codeOf(last);
  if (code === (differs ? 'CONFLICT' : undefined)) return undefined;
  return {
    summary: differs
      ? `Reads moved to the new side (${code ?? 'it was allowed'}), although it does not show what the old one shows.`
      : `Reads could not move to the new side (${code}), although nothing is owed and nothing differs.`,
    expected: differs ? 'CONFLICT' : 'the instance is at the stage cut-over',
    actual: code ?? 'the instance is at the stage cut-over',
    marked: [last],
  };
}

/** The read through the instance after the mark was set on the new side. */
function readOf(run: TrialRun<Case>, read: CallStep): StepRecord | undefined {
  return calls(run, read.method).find(({ step }) => step.via === 'instance')?.record;
}

/** Reads that did not move although the instance did, or that moved although this was refused. */
function readElsewhere(run: TrialRun<Case>): Failure | undefined {
  const last = calls(run, 'migration.moveTo')[0]?.record;
  if (last === undefined || !wasPrompt(run)) return undefined;
  const isMoved = codeOf(last) === undefined;
  for (const { read, isMarked } of marksOf(run.scope, run.subject)) {
    const record = readOf(run, read);
    if (record === undefined || codeOf(record) !== undefined || isMoved === isMarked(valueOf(record)))
      continue;
    return {
      summary: isMoved
        ? `The instance has moved to cut-over, and ${read.method} outside sections still shows the old side.`
        : `The instance was refused the stage cut-over, and ${read.method} outside sections shows the new side.`,
      expected: `the record of the ${isMoved ? 'new' : 'old'} side`,
      actual: show(valueOf(record), run.scope),
      marked: [last, record],
    };
  }
  return undefined;
}
