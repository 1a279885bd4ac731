import fc from 'fast-check';
import { compareIds, copyLock, type BackfillProgress } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step, StepRecord } from '../../../scenarios/host/language/program.ts';
import { around, direct, enter, leave, pause, pauseMs } from '../../harness/cases/generate.ts';
import { calls, codeOf, observed, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { itemKindsOf, itemOf, viewed, type Item, type ItemKind } from './items.ts';
import { backfill, EVERYTHING, moveTo, onBoth, repair, shownBy, sidesDiffer, sidesIn } from './moving.ts';
import { batchesOf, mayFail, TROUBLE_NAMES, type TroubleName } from './batches.ts';
import { CROWD, edgesOf, storeCrowd } from './crowd.ts';
import { wasStruck } from './outages.ts';
import { miscounted, restless } from './passes.ts';
import { chunks } from '../../harness/engine/chunks.ts';

const MEANWHILE = ['nothing', 'change', 'remove'] as const;

interface Row {
  readonly kind: ItemKind;
  /** What happens to it while it may be copied. */
  readonly meanwhile: (typeof MEANWHILE)[number];
  readonly inSection: boolean;
  readonly pauseMs: number;
  /** Whether it was on both sides once, and was then changed while the fleet had gone back to the old one alone. */
  readonly isStale: boolean;
}

interface Case {
  readonly rows: readonly Row[];
  /** Records that each batch copies at most. */
  readonly limits: readonly number[];
  /** Whether somebody holds the lock that a copy of the first record takes, for longer than a copy waits. */
  readonly isHeld: boolean;
  /** What a side does to the instance that copies; undefined: nothing. */
  readonly trouble: TroubleName | undefined;
  /** Streams beside the rows: more of them than a page holds. */
  readonly crowd: number;
}

const MAX_ROWS = 6;
/** What can change without a worker. */
const STALE_KINDS: readonly ItemKind[] = ['stream', 'user', 'answer', 'job'];
/** Longer than a copy waits for its lock; and before the batch that meets it. */
const HELD_MS = 2000;
const HELD_BEFORE: Step = { do: 'hold', ms: 100 };
/** Where the finale's first reads stand: behind the move and the repair. */
const FIRST_READS = 2;

/**
 * Records of every kind are stored on the old side alone, as before the migration; then they are copied in batches while
 * some are changed or removed by instances that write to both sides, and another instance ends the pass. In the end both
 * sides show the same; passes that nobody disturbs look at every record once, also in batches of one, and copy nothing.
 */
export const MIG_04: AnyProperty = property<Case>({
  clause: 'MIG-04',
  schedules: 'free',
  ownNamespace: true,
  arbitrary: (subject) =>
    fc
      .record({
        rows: fc.array(row(subject), { minLength: 1, maxLength: MAX_ROWS, size: 'max' }),
        limits: fc.array(fc.integer({ min: 1, max: MAX_ROWS }), { minLength: 1, maxLength: 3 }),
        // It takes its time.
        isHeld: fc.constant(false),
        trouble: fc.option(fc.constantFrom(...TROUBLE_NAMES), { nil: undefined, freq: 3 }),
        crowd: fc.constant(0),
      })
      .map(undisturbed),
  trial: (input, scope) => ({
    setup: storedBefore(input, scope),
    actors: [
      {
        instance: 0,
        steps: [
          moveTo('dual'),
          ...(input.isHeld ? [HELD_BEFORE] : []),
          ...batchesOf(input.limits, input.trouble),
        ],
      },
      { instance: 1, steps: [moveTo('dual'), ...changes(input, scope, 0)] },
      { instance: 2, steps: [moveTo('dual'), ...changes(input, scope, 1)] },
      ...(input.isHeld ? [holder(input, scope)] : []),
    ] satisfies Actor[],
    finale: finaleOf(input, scope),
  }),
  judge: (run) =>
    refused(run) ??
    different(run) ??
    miscounted(
      [...calls(run, 'migration.backfill').map(({ record }) => record), ...laterBatches(run, endOfPass(run))],
      run.scope,
    ) ??
    (run.input.crowd > 0 ? undefined : restless(laterBatches(run, 2 * endOfPass(run) - 1), run.scope)),
  examples: everyRow,
  lengthyExamples: () => [
    { rows: [], limits: [EVERYTHING, EVERYTHING], isHeld: false, trouble: undefined, crowd: CROWD },
  ],
  situations: (subject) => [
    ...rowsOf(subject).map(({ kind, meanwhile }) => ({
      name: `a record of kind "${kind}" beside whose copies this was done to it: ${meanwhile}`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        input.rows.some((one) => one.kind === kind && one.meanwhile === meanwhile && !one.isStale) &&
        main.records.some(({ actor, outcome }) => actor === 0 && outcome.status === 'ok'),
    })),
    {
      name: 'a record whose copy was held up',
      occurred: ({ input, main }) =>
        input.isHeld &&
        main.records.some(
          ({ actor, step, outcome }) => actor === HOLDER && step === 0 && outcome.status === 'ok',
        ),
    },
    ...TROUBLE_NAMES.map((trouble) => ({
      name: `a batch in which ${trouble}`,
      occurred: (run: TrialRun<Case>) => run.input.trouble === trouble && wasStruck(observed(run)),
    })),
    {
      name: `${CROWD} records of one kind`,
      occurred: ({ input }) => input.crowd === CROWD,
    },
    {
      name: 'a copy that had gone out of date',
      occurred: ({ input }) => input.rows.some(({ isStale }) => isStale),
    },
  ],
});

/** Reads before the pass has ended, which would mend what its batches have spoilt; and when it has; and two more passes. */
function finaleOf(input: Case, scope: Scope): CallStep[] {
  const look = readsOf(input, scope).flatMap(({ read }) => onBoth(read));
  const records = itemsOf(input, scope).reduce((sum, { item }) => sum + Math.max(1, item.create.length), 0);
  // A batch for each record, and one that finds no more.
  const ones = input.crowd > 0 ? 0 : records + 1;
  return [
    moveTo('dual'),
    repair,
    ...look,
    backfill(EVERYTHING),
    ...look,
    backfill(EVERYTHING),
    ...Array.from({ length: ones }, () => backfill(1)),
  ];
}

/** Beside trouble nobody writes: what instances do then is another clause's business. */
function undisturbed(input: Case): Case {
  if (input.trouble === undefined) return input;
  return { ...input, rows: input.rows.map((one) => ({ ...one, meanwhile: 'nothing' })) };
}

/** What can happen to a record, of every kind. */
function rowsOf(subject: Subject): Row[] {
  return itemKindsOf(subject).flatMap((kind) =>
    MEANWHILE.filter((meanwhile) => meanwhile === 'nothing' || itemOf(kind, '')[meanwhile].length > 0).map(
      (meanwhile, index) => ({
        kind,
        meanwhile,
        inSection: index % 2 === 1,
        pauseMs: 1,
        isStale: false,
      }),
    ),
  );
}

/** Left alone. */
const CALM: Omit<Row, 'kind'> = { meanwhile: 'nothing', inSection: false, pauseMs: 0, isStale: false };
const PLAIN: Omit<Case, 'rows' | 'limits'> = { isHeld: false, trouble: undefined, crowd: 0 };

function everyRow(subject: Subject): Case[] {
  const stale = STALE_KINDS.filter((kind) => itemKindsOf(subject).includes(kind)).map((kind): Row => ({
    ...CALM,
    kind,
    isStale: true,
  }));
  const rows = Array.from({ length: 3 }, (): Row => ({ ...CALM, kind: 'stream' }));
  return [
    { ...PLAIN, rows, limits: [1], isHeld: true },
    ...chunks([...rowsOf(subject), ...stale], MAX_ROWS).map((some) => ({
      ...PLAIN,
      rows: some,
      limits: [2, 2],
    })),
    ...TROUBLE_NAMES.map((trouble, index) => ({
      ...PLAIN,
      rows: [...rows, ...rows.slice(1)],
      // Some passes end with the batch that fails, and some go on behind it.
      limits: index % 2 === 0 ? [MAX_ROWS * 2] : [3],
      trouble,
    })),
  ];
}

const HOLDER = 3;

/**
 * A copy that cannot be made just then: what is passed over is missing when the pass has ended, unless it was said, and is owed.
 */
function holder(input: Case, scope: Scope): Actor {
  const ids = itemsOf(input, scope).map(({ name }) => scope.id(name));
  const [first] = ids.sort(compareIds);
  const lock = copyLock('streams', first as string);
  return { instance: 1, steps: [enter(lock, { side: 'new' }), { do: 'hold', ms: HELD_MS }, leave] };
}

function row(subject: Subject): fc.Arbitrary<Row> {
  return fc
    .record({
      // Mostly streams: that is where the money is.
      kind: fc.oneof(fc.constant('stream' as const), fc.constantFrom(...itemKindsOf(subject))),
      meanwhile: fc.constantFrom(...MEANWHILE),
      inSection: fc.boolean(),
      pauseMs,
      isStale: fc.boolean(),
    })
    .map((one) =>
      one.meanwhile === 'nothing' || itemOf(one.kind, '')[one.meanwhile].length > 0
        ? one
        : { ...one, meanwhile: 'nothing' as const },
    )
    .map((one) => ({ ...one, isStale: one.isStale && mayBeStale(one) }));
}

/** Of what is left alone while batches are copied: they alone have to bring it up to date. */
function mayBeStale({ kind, meanwhile }: Pick<Row, 'kind' | 'meanwhile'>): boolean {
  return meanwhile === 'nothing' && STALE_KINDS.includes(kind);
}

/** On the old side alone, but for those that were copied once and then went out of date. */
function storedBefore(input: Case, scope: Scope): Step[] {
  const items = itemsOf(input, scope);
  const stale = items.filter(({ isStale }) => isStale);
  return [
    moveTo('dual'),
    ...stale.flatMap(({ item }) => item.create),
    moveTo('before'),
    ...storeCrowd(input.crowd, scope),
    ...items.filter(({ isStale }) => !isStale).flatMap(({ item }) => item.create),
    ...stale.flatMap(({ item }) => item.change),
    moveTo('dual'),
  ];
}

function itemsOf({ rows }: Case, scope: Scope): (Row & { readonly name: string; readonly item: Item })[] {
  return rows.map((one, index) => {
    // The order of bytes is another one than that of letters.
    const kind = one.kind.replaceAll(' ', '-');
    const name = `${index % 2 === 0 ? kind : kind.toUpperCase()}-${index + 1}`;
    return { ...one, name, item: itemOf(one.kind, scope.id(name)) };
  });
}

interface Looked {
  readonly what: string;
  readonly read: CallStep;
}

/** Each row, and those of the crowd that stand where pages of usual sizes end. */
function readsOf(input: Case, scope: Scope): Looked[] {
  return [
    ...itemsOf(input, scope).map(({ kind, name, item }) => ({
      what: `The ${kind} "${name}"`,
      read: item.read,
    })),
    ...edgesOf(input.crowd, scope).map((id) => ({
      what: `The stream "${scope.name(id)}"`,
      read: direct('streams.get', id),
    })),
  ];
}

/** What one of two writers does to every other row. */
function changes(input: Case, scope: Scope, writer: number): Step[] {
  return itemsOf(input, scope).flatMap(({ meanwhile, inSection, pauseMs, item }, index): Step[] => {
    if (meanwhile === 'nothing' || index % 2 !== writer) return [];
    const steps = item[meanwhile];
    const inView = inSection ? viewed(steps) : undefined;
    return [...pause(pauseMs), ...(inView === undefined ? steps : around(scope.id(`lock-${index}`), inView))];
  });
}

function refused(run: TrialRun<Case>): Failure | undefined {
  const failed = observed(run).find(
    ({ record }) => codeOf(record) !== undefined && !mayFail(run.input.trouble, record),
  );
  if (failed === undefined) return undefined;
  const code = codeOf(failed.record) as string;
  const what = failed.step.do === 'call' ? failed.step.method : failed.step.do;
  return {
    summary: `${what} (${whoOf(failed.record)}) failed with ${code} while records were copied.`,
    expected: 'records are copied beside those who use them',
    actual: code === 'none' ? 'an error without a code' : code,
    marked: [failed.record],
  };
}

/** In the middle of the pass a record may be missing that nobody has touched; at its end nothing may differ. */
function different(run: TrialRun<Case>): Failure | undefined {
  const happened = {
    nothing: 'although it was there before the first batch and nobody touched it',
    change: 'after it was changed on both sides while batches were copied',
    remove: 'after it was removed from both sides while batches were copied',
  };
  const batches = calls(run, 'migration.backfill').map(({ record }) => record);
  const items = itemsOf(run.input, run.scope);
  // A pass that has ended has copied everything, or owes it, and that has been repaired.
  const hasEnded = batches.some((record) => (valueOf(record) as BackfillProgress | undefined)?.done === true);
  for (const from of [FIRST_READS, endOfPass(run) + 1]) {
    const isEarly = from === FIRST_READS && !hasEnded;
    for (const { what, read } of isEarly ? [] : readsOf(run.input, run.scope).slice(items.length)) {
      const when = 'although it was there before the first batch and nobody touched it';
      const failure = sidesDiffer(run, read, { what, when, from });
      if (failure !== undefined) return { ...failure, marked: [...batches, ...(failure.marked ?? [])] };
    }
    for (const { name, kind, meanwhile, item, isStale } of items) {
      // Some of its records may be there, and some not yet.
      if (isEarly && (isStale || item.create.length > 1)) continue;
      const mayLack = isEarly && (meanwhile === 'nothing' || item.changesAny === true);
      if (mayLack && shownBy(sidesIn(run, item.read, from).new) === undefined) continue;
      const what = `The ${kind} "${name}"`;
      const when = isStale
        ? 'after it was changed on the old side alone, which the new one had a copy of'
        : kind === 'expired answer'
          ? 'although it had expired before'
          : happened[meanwhile];
      const failure = sidesDiffer(run, item.read, { what, when, from });
      if (failure !== undefined) return { ...failure, marked: [...batches, ...(failure.marked ?? [])] };
    }
  }
  return undefined;
}

/** The finale's step that ends the pass. */
function endOfPass({ input, scope }: Pick<TrialRun<Case>, 'input' | 'scope'>): number {
  return FIRST_READS + 2 * readsOf(input, scope).length;
}

/** Those of the finale from this step on. */
function laterBatches({ finale }: TrialRun<Case>, from: number): StepRecord[] {
  return finale.filter(({ step }) => step >= from);
}
