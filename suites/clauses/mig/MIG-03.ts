import fc from 'fast-check';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { addDigit, unexplained } from '../../harness/judging/effects.ts';
import { around, direct, enter, leave, pause, pauseMs, streamOf } from '../../harness/cases/generate.ts';
import { codeOf, observed, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { itemKindsOf, itemOf, twinName, viewed, type Item, type ItemKind, type ItemStep } from './items.ts';
import { asOldSide, moveTo, leftOwing, onBoth, repair, sidesDiffer } from './moving.ts';
import { during, OUTAGES, PASSING, wasStruck, type OutageName } from './outages.ts';
import { chunks } from '../../harness/engine/chunks.ts';

/** `undo`: it is stored and removed. */
const CHANGES = ['create', 'change', 'remove', 'undo'] as const;
/** `nested`: in a section within another one, which commits or fails in the end. */
const SECTIONS = ['none', 'committed', 'thrown', 'nested', 'nested and thrown'] as const;

interface Change {
  readonly kind: ItemKind;
  readonly does: (typeof CHANGES)[number];
  /** Whether it writes in a section, perhaps in one that fails in the end. */
  readonly section: (typeof SECTIONS)[number];
}

interface Writer {
  readonly changes: readonly Change[];
  /** How often it adds to a stream that everybody adds to. */
  readonly adds: number;
  /** How the new side fails its instance while it writes. Undefined: it does not fail. */
  readonly outage: OutageName | undefined;
  /** Whether it is the old side that answers its instance late. The new side does not fail then. */
  readonly isOldLate: boolean;
  readonly pauseMs: number;
}

type Case = readonly Writer[];

const MAX_WRITERS = 3;
const MAX_CHANGES = 3;
const MAX_ADDS = 4;
/** Repair copies records one after another. There may be more than a page of them, and the machine may be busy. */
const PATIENCE_MS = 30_000;
/** The finale opens the instance again, moves, and repairs three times: one record, then all, and then what is left. */
const LAST_REPAIR = 4;
/** How late the old side answers, in milliseconds. */
const OLD_LATE_MS = 20;

/**
 * Writers at `dual` store, change and remove records of every kind, outside sections and in sections, some of which fail. For
 * some writers the new side fails in one of several ways. No write may fail because of that, and none may happen twice. When an
 * instance that was opened afterwards has repaired debts, the new side must show what the old side shows.
 */
export const MIG_03: AnyProperty = property<Case>({
  clause: 'MIG-03',
  slow: 17,
  arbitrary: (subject) =>
    fc.array(
      fc.record({
        changes: fc.array(change(subject), { minLength: 1, maxLength: MAX_CHANGES }),
        adds: fc.nat({ max: MAX_ADDS }),
        outage: fc.option(fc.constantFrom(...OUTAGES), { nil: undefined }),
        isOldLate: fc.constant(false),
        pauseMs,
      }),
      { minLength: 1, maxLength: MAX_WRITERS },
    ),
  trial: (writers, scope) => ({
    setup: [moveTo('dual'), ...before(writers, scope), direct('streams.create', streamOf(scope.id('s1')))],
    actors: writers.map((writer, instance): Actor => ({
      instance,
      steps: stepsOf(writer, instance, scope),
    })),
    finale: [
      { do: 'reopen' },
      moveTo('dual'),
      direct('migration.repair', 1),
      repair,
      repair,
      ...reads(writers, scope).flatMap(({ read }) => onBoth(read)),
    ],
    patienceMs: PATIENCE_MS,
  }),
  judge: (run) =>
    failedWrite(run) ??
    repeated(run) ??
    leftOwing(run, LAST_REPAIR, 'the new side is there and nobody writes') ??
    different(run),
  exercised: ({ input }) => input.some(({ outage, changes }) => outage !== undefined || changes.length > 0),
  examples: (subject) => [...cutOff(subject), ...healthy(subject)],
  lengthyExamples: () => [manyDebts],
  situations: (subject) => [
    ...changesOf(subject).map(({ kind, does }) => ({
      name: `a write (${does}) of kind "${kind}" while the new side was lost`,
      occurred: (run: TrialRun<Case>) => lostFor(run).some((one) => one.kind === kind && one.does === does),
    })),
    ...PASSING.map((outage) => ({
      name: `calls that failed while writers went on: the new side ${outage}`,
      occurred: (run: TrialRun<Case>) =>
        run.input.some(
          (_, actor) =>
            run.input[actor]?.outage === outage &&
            wasStruck(observed(run).filter(({ record }) => record.actor === actor)),
        ),
    })),
    ...SECTIONS.flatMap((section) => [
      {
        name: `a write while the new side was lost, in a section: ${section}`,
        occurred: (run: TrialRun<Case>) => lostFor(run).some((one) => one.section === section),
      },
      {
        name: `writes while nothing failed, in a section: ${section}`,
        occurred: ({ input }: TrialRun<Case>) =>
          input.some(
            (one) => one.outage === undefined && one.changes.some((some) => some.section === section),
          ),
      },
    ]),
    {
      name: 'writes while the old side answered late',
      occurred: (run) => run.input.some(({ isOldLate }) => isOldLate) && wasStruck(observed(run)),
    },
  ],
});

/** Examples of what can be done to a record of every kind. */
function changesOf(subject: Subject): Pick<Change, 'kind' | 'does'>[] {
  return itemKindsOf(subject).flatMap((kind) => changesOfKind(kind).map((does) => ({ kind, does })));
}

function changesOfKind(kind: ItemKind): Change['does'][] {
  return CHANGES.filter((does) => doneTo(itemOf(kind, ''), does).length > 0);
}

function doneTo({ create, change, remove }: Item, does: Change['does']): readonly ItemStep[] {
  if (does === 'undo') return remove.length === 0 ? [] : [...create, ...remove];
  return { create, change, remove }[does];
}

/** Each of these while the new side is lost, in turn outside sections and in sections of both ends; and in other outages. */
function cutOff(subject: Subject): Case[] {
  const all = changesOf(subject).map((one, index): Change => ({
    ...one,
    section: SECTIONS[index % SECTIONS.length] ?? 'none',
  }));
  const many = chunks(all, MAX_WRITERS * MAX_CHANGES);
  const writers = (some: readonly Change[], outageOf: (writer: number) => OutageName, adds: number): Case =>
    chunks(some, MAX_CHANGES).map((changes, writer) => ({
      changes,
      adds,
      outage: outageOf(writer),
      isOldLate: false,
      pauseMs: 0,
    }));
  return [
    ...many.map((some) => writers(some, () => 'closed', 1)),
    // After many failures in a row some adapters give up.
    ...PASSING.map((outage, index) =>
      writers(many[index % many.length] ?? [], () => outage, outage === 'refuses everything' ? MAX_ADDS : 1),
    ),
  ];
}

/** More than a page of debts, which repair has to read to the end. */
const manyDebts: Case = [
  {
    changes: Array.from({ length: 120 }, () => ({ kind: 'stream', does: 'create', section: 'none' })),
    adds: 0,
    outage: 'refuses writes',
    isOldLate: false,
    pauseMs: 0,
  },
];

/** Every change while nothing fails, in each way in which it can be made, and some of them while the old side is late. */
function healthy(subject: Subject): Case[] {
  const all = changesOf(subject);
  const writers = (some: readonly Change[], isOldLate: boolean): Case =>
    chunks(some, Math.ceil(some.length / MAX_WRITERS)).map((changes) => ({
      changes,
      adds: 0,
      outage: undefined,
      isOldLate,
      pauseMs: 0,
    }));
  const alone = all.map((one): Change => ({ ...one, section: 'none' }));
  return [
    writers(alone, false),
    ...SECTIONS.slice(1).map((section) =>
      writers(
        all.filter(fitsSection).map((one) => ({ ...one, section })),
        false,
      ),
    ),
    writers(
      LATE_SECTIONS.flatMap((section) =>
        all.slice(0, MAX_CHANGES).map((one): Change => ({ ...one, section })),
      ),
      true,
    ),
  ];
}

const LATE_SECTIONS = ['none', 'committed'] as const;

/** Whether a section can make the change. */
function fitsSection({ kind, does }: Pick<Change, 'kind' | 'does'>): boolean {
  return viewed(doneTo(itemOf(kind, ''), does)) !== undefined;
}

/** The changes of writers that lost the new side and went on. */
function lostFor({ input, main }: TrialRun<Case>): Change[] {
  const answered = new Set(
    main.records.filter((record) => record.outcome.status === 'ok').map(({ actor }) => actor),
  );
  return input.flatMap(({ outage, changes }, actor) =>
    outage !== undefined && answered.has(actor) ? changes : [],
  );
}

function change(subject: Subject): fc.Arbitrary<Change> {
  // Most records are streams, because they hold the money.
  const kinds = fc.oneof(fc.constant('stream' as const), fc.constantFrom(...itemKindsOf(subject)));
  return kinds.chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      does: fc.constantFrom(...changesOfKind(kind)),
      section: fc.constantFrom(...SECTIONS),
    }),
  );
}

/** Every change has a record of its own. */
function itemsOf({ changes }: Writer, actor: number, scope: Scope): (Change & { readonly item: Item })[] {
  return changes.map((one, index) => ({
    ...one,
    item: itemOf(one.kind, scope.id(twinName(one.kind, index, `${actor + 1}-`))),
  }));
}

/** Stores the records that are changed later. */
function before(writers: Case, scope: Scope): CallStep[] {
  return writers.flatMap((writer, actor) =>
    itemsOf(writer, actor, scope).flatMap(({ does, item }) =>
      does === 'create' || does === 'undo' ? [] : item.create,
    ),
  );
}

function stepsOf(writer: Writer, actor: number, scope: Scope): Step[] {
  const s1 = scope.id('s1');
  const writes = itemsOf(writer, actor, scope).flatMap(({ does, section, item }, index): Step[] => {
    const steps = doneTo(item, does);
    const inView = section === 'none' ? undefined : viewed(steps);
    if (inView === undefined) return [...steps];
    const lock = scope.id(`lock-${actor}-${index}`);
    const thrown: Step = { do: 'throw', message: 'thrown by the section' };
    switch (section) {
      case 'nested':
      case 'nested and thrown':
        return [enter(lock), ...around(`${lock}-inner`, inView), section === 'nested' ? leave : thrown];
      default:
        return [enter(lock), ...inView, section === 'thrown' ? thrown : leave];
    }
  });
  const adds = Array.from({ length: writer.adds }, (_, index) =>
    around(s1, addDigit(s1, MAX_ADDS * actor + index)),
  );
  const all = [...writes, ...pause(writer.pauseMs), ...adds.flat()];
  if (!writer.isOldLate) return [moveTo('dual'), ...during(writer.outage, all)];
  const late: Step = { do: 'trouble', side: 'old', trouble: { how: 'late', of: 'writes', ms: OLD_LATE_MS } };
  return [moveTo('dual'), late, ...all, { do: 'heal', side: 'old' }];
}

interface Read {
  readonly what: string;
  readonly read: CallStep;
}

function reads(writers: Case, scope: Scope): Read[] {
  const items = writers.flatMap((writer, actor) =>
    itemsOf(writer, actor, scope).map(({ kind, item }) => ({ what: `The ${kind}`, read: item.read })),
  );
  return [...items, { what: 'The stream "s1"', read: direct('streams.get', scope.id('s1')) }];
}

function failedWrite(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (code === undefined || step.do === 'throw') continue;
    return {
      summary: `A write of an instance ${whoseNewSide(run.input, record.actor)} (${whoOf(record)}) failed with ${code}.`,
      expected: 'the old side goes on without the new one',
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** Says whose new side failed. Instances of one process may share the loss. */
function whoseNewSide(writers: Case, actor: number): string {
  const outage = writers[actor]?.outage ?? writers.find((one) => one.outage !== undefined)?.outage;
  const says = outage === undefined ? 'never failed' : outage === 'closed' ? 'was lost' : outage;
  return `${writers[actor]?.outage === undefined ? 'beside one ' : ''}whose new side ${says}`;
}

/** Each addition to "s1" must be there once. Other streams are changed outside sections. */
function repeated(run: TrialRun<Case>): Failure | undefined {
  const setup = [direct('streams.create', streamOf(run.scope.id('s1')))];
  return unexplained({ ...asOldSide(run), trial: { ...run.trial, setup } });
}

function different(run: TrialRun<Case>): Failure | undefined {
  for (const { what, read } of reads(run.input, run.scope)) {
    const when = run.input.some(({ outage }) => outage !== undefined)
      ? 'although what was written while the new side failed has been repaired'
      : 'although every write was answered';
    const failure = sidesDiffer(run, read, { what, when });
    if (failure !== undefined) return failure;
  }
  return undefined;
}
