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
import { itemKindsOf, itemOf, viewed, type Item, type ItemKind } from './items.ts';
import { asOldSide, moveTo, leftOwing, onBoth, repair, sidesDiffer } from './moving.ts';
import { during, OUTAGES, PASSING, wasStruck, type OutageName } from './outages.ts';
import { chunks } from '../../harness/engine/chunks.ts';

const CHANGES = ['create', 'change', 'remove'] as const;
const SECTIONS = ['none', 'committed', 'thrown'] as const;

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
  readonly pauseMs: number;
}

type Case = readonly Writer[];

const MAX_WRITERS = 3;
const MAX_CHANGES = 3;
const MAX_ADDS = 4;
/** Repair copies records one after another. There may be more than a page of them, and the machine may be busy. */
const PATIENCE_MS = 30_000;
/** The finale opens the instance again, moves, and repairs twice. */
const SECOND_REPAIR = 3;

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
      repair,
      repair,
      ...reads(writers, scope).flatMap(({ read }) => onBoth(read)),
    ],
    patienceMs: PATIENCE_MS,
  }),
  judge: (run) =>
    failedWrite(run) ??
    repeated(run) ??
    leftOwing(run, SECOND_REPAIR, 'the new side is there and nobody writes') ??
    different(run),
  exercised: ({ input }) => input.some(({ outage }) => outage !== undefined),
  examples: cutOff,
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
    ...SECTIONS.map((section) => ({
      name: `a write while the new side was lost, in a section: ${section}`,
      occurred: (run: TrialRun<Case>) => lostFor(run).some((one) => one.section === section),
    })),
  ],
});

/** Examples of what can be done to a record of every kind. */
function changesOf(subject: Subject): Pick<Change, 'kind' | 'does'>[] {
  return itemKindsOf(subject).flatMap((kind) =>
    CHANGES.filter((does) => itemOf(kind, '')[does].length > 0).map((does) => ({ kind, does })),
  );
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
    pauseMs: 0,
  },
];

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
      does: fc.constantFrom(...CHANGES.filter((does) => itemOf(kind, '')[does].length > 0)),
      section: fc.constantFrom(...SECTIONS),
    }),
  );
}

/** Every change has a record of its own. */
function itemsOf({ changes }: Writer, actor: number, scope: Scope): (Change & { readonly item: Item })[] {
  return changes.map((one, index) => ({
    ...one,
    item: itemOf(one.kind, scope.id(`${one.kind.replaceAll(' ', '-')}-${actor + 1}-${index + 1}`)),
  }));
}

/** Stores the records that are changed later. */
function before(writers: Case, scope: Scope): CallStep[] {
  return writers.flatMap((writer, actor) =>
    itemsOf(writer, actor, scope).flatMap(({ does, item }) => (does === 'create' ? [] : item.create)),
  );
}

function stepsOf(writer: Writer, actor: number, scope: Scope): Step[] {
  const s1 = scope.id('s1');
  const writes = itemsOf(writer, actor, scope).flatMap(({ does, section, item }, index): Step[] => {
    const steps = item[does];
    const inView = section === 'none' ? undefined : viewed(steps);
    if (inView === undefined) return [...steps];
    const end: Step = section === 'thrown' ? { do: 'throw', message: 'thrown by the section' } : leave;
    return [enter(scope.id(`lock-${actor}-${index}`)), ...inView, end];
  });
  const adds = Array.from({ length: writer.adds }, (_, index) =>
    around(s1, addDigit(s1, MAX_ADDS * actor + index)),
  );
  return [moveTo('dual'), ...during(writer.outage, [...writes, ...pause(writer.pauseMs), ...adds.flat()])];
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
