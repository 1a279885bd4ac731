import fc from 'fast-check';
import type {
  Comparison,
  MovedKind,
  NewStream,
  SideDifference,
  StreamRecord,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { calls, codeOf, observed, show, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { eventOf, jobOf } from '../../harness/cases/records.ts';
import { backfill, compare, EXACT, moveTo, onBoth, onSide, repair, sidesIn, wasPrompt } from './moving.ts';
import { HEAL, wasStruck } from './outages.ts';
import { cleanUnread, comparisonsOf, unread, unreadableOf, type Unreadable } from './unreadable.ts';
import { damagesOf, spoiltBy, type DamageName } from './spoilt.ts';
import { chunks } from '../../harness/engine/chunks.ts';

interface Case {
  readonly damages: readonly DamageName[];
  /** How many other records of each kind are stored. */
  readonly others: number;
  /** How often somebody writes to a stream during the first comparison. */
  readonly writes: number;
  /** What cannot be read on the new side in the end: one kind, or everything. */
  readonly unreadable: Unreadable;
}

/** Trials take long: they compare three times, and wait for failing reads. */
const SHARE = 0.8;
const MAX_DAMAGES = 3;
const MAX_OTHERS = 4;
/** A text that only the new side shows. It tells which side is read. */
const MARK = 'on the new side alone';

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
      unreadable: fc.oneof(
        { weight: 3, arbitrary: fc.constant('everything' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...unreadableOf(subject)) },
      ),
    }),
  trial: (input, scope, subject) => ({
    setup: [
      moveTo('dual'),
      direct('streams.create', streamOf(scope.id('busy'))),
      ...othersOf(input, scope, subject),
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
          ...input.damages.flatMap((damage) =>
            spoiltBy(damage, scope).spoil.map((step) => onSide('new', step)),
          ),
          compare,
          moveTo('cut-over'),
          ...marksOf(scope, subject).flatMap(({ mark, read }) => [onSide('new', mark), read]),
          // Records that cannot be read are not known to be equal.
          moveTo('dual'),
          unread(input.unreadable),
          compare,
          moveTo('cut-over'),
          ...(input.unreadable === 'everything' ? [] : [HEAL]),
        ],
      },
      { instance: 0, steps: Array.from({ length: input.writes }, (_, index) => busyWrite(index + 1, scope)) },
    ],
    finale: [{ do: 'reopen' }, moveTo('dual'), ...listsOf(subject).flatMap(onBoth)],
  }),
  examples: (subject) => [
    { damages: [], others: MAX_OTHERS, writes: 2, unreadable: 'everything' },
    ...everyDamage(subject),
  ],
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
    {
      name: 'a comparison of sides of which one kind of records could not be read',
      occurred: (run) => run.input.unreadable !== 'everything' && wasStruck(observed(run)),
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

/** Examples of each damage, a few at a time. */
function everyDamage(subject: Subject): Case[] {
  return chunks(damagesOf(subject), MAX_DAMAGES).map((damages, index) => ({
    damages,
    others: 1 + (index % MAX_OTHERS),
    writes: index % 2,
    unreadable: unreadableOf(subject)[(index + 1) % unreadableOf(subject).length] ?? 'everything',
  }));
}

function busyWrite(revision: number, scope: Scope): CallStep {
  return direct('streams.put', streamOf(scope.id('busy'), { revision }));
}

/** The first record that nobody spoils. */
function tiedStream(scope: Scope): NewStream {
  return streamOf(scope.id('tied-1'), { createdAt: EXACT });
}

/** Records that nobody spoils. They have the same time, so that only their ids order them. */
function othersOf({ others }: Case, scope: Scope, { surfaces }: Subject): CallStep[] {
  return Array.from({ length: others }, (_, index) => {
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
    summary: `Comparison says that ${first.kind} of the ${first.from} side could not be read, although nothing was in its way.`,
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
  return idsIn(old) !== idsIn(other);
}

function idsIn(record: StepRecord | undefined): string {
  return JSON.stringify(pageIn(valueOf(record)).items.map((item) => (item as { readonly id: unknown }).id));
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

interface Marked {
  /** Makes the new side show what the old side does not. It is called there. */
  readonly mark: CallStep;
  readonly read: CallStep;
  readonly isMarked: (value: unknown) => boolean;
}

/** Marks of every kind that is read by id outside sections. Tokens are left out, because they are read on the old side. */
function marksOf(scope: Scope, { surfaces }: Subject): Marked[] {
  const user = scope.id('marked-user');
  const job = scope.id('marked-job');
  return [
    {
      mark: direct('streams.put', { ...tiedStream(scope), nextAction: MARK }),
      read: direct('streams.get', tiedStream(scope).id),
      isMarked: (value) => (value as StreamRecord | undefined)?.nextAction === MARK,
    },
    ...(surfaces.includes('users')
      ? [
          newRecord(
            direct('users.put', { walletAddress: user, displayName: MARK }),
            direct('users.get', user),
          ),
        ]
      : []),
    ...(surfaces.includes('exports')
      ? [newRecord(direct('jobs.create', jobOf(job, job)), direct('jobs.get', job))]
      : []),
  ];
}

/** A record that the old side lacks. */
function newRecord(mark: CallStep, read: CallStep): Marked {
  return { mark, read, isMarked: (value) => value !== undefined && value !== null };
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
        : `The instance was not let to cut-over, and ${read.method} outside sections shows the new side.`,
      expected: `the record of the ${isMoved ? 'new' : 'old'} side`,
      actual: show(valueOf(record), run.scope),
      marked: [last, record],
    };
  }
  return undefined;
}
