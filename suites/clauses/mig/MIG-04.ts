import { compareIds, copyLock, type BackfillProgress } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { around, enter, leave, pause } from '../../harness/cases/generate.ts';
import { calls, codeOf, observed, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { viewed } from './items.ts';
import { backfill, EVERYTHING, moveTo, onBoth, repair, shownBy, sidesDiffer, sidesIn } from './moving.ts';
import { batchesOf, mayFail, troublesOf } from './copied/batches.ts';
import { CROWD, edgesOf, storeCrowd } from './copied/crowd.ts';
import { wasStruck } from './outages.ts';
import { miscounted, restless } from './copied/passes.ts';
import {
  BEFORES,
  copiedCase,
  copiedExamples,
  CROWDED,
  itemsOf,
  rowsOf,
  type Before,
  type Case,
} from './copied/rows.ts';

/** How long the lock is held: longer than a copy waits. And the pause before the batch that meets it. */
const HELD_MS = 2000;
const HELD_BEFORE: Step = { do: 'hold', ms: 100 };
/** The index of the finale's first read, behind the move and the repair. */
const FIRST_READS = 2;

/**
 * Records of every kind are stored on the old side only, as before the migration. Then they are copied in batches, while
 * instances that write to both sides change or remove some of them. Another instance ends the pass. In the end both sides show
 * the same. Undisturbed passes examine every record once, also in batches of one, and copy nothing.
 */
export const MIG_04: AnyProperty = property<Case>({
  clause: 'MIG-04',
  slow: 20,
  schedules: 'free',
  ownNamespace: true,
  arbitrary: copiedCase,
  trial: (input, scope, subject) => ({
    setup: storedBefore({ input, scope, subject }),
    actors: [
      {
        instance: 0,
        steps: [moveTo('dual'), ...(input.isHeld ? [HELD_BEFORE] : []), ...batchesOf(input)],
      },
      { instance: 1, steps: [moveTo('dual'), ...changes(input, scope, 0)] },
      { instance: 2, steps: [moveTo('dual'), ...changes(input, scope, 1)] },
      ...(input.isHeld ? [holder(input, scope)] : []),
    ] satisfies Actor[],
    finale: finaleOf({ input, scope, subject }),
  }),
  judge: (run) =>
    refused(run) ??
    different(run) ??
    miscounted(
      [...calls(run, 'migration.backfill').map(({ record }) => record), ...laterBatches(run, endOfPass(run))],
      run.scope,
    ) ??
    (run.input.crowd > 0 ? undefined : restless(laterBatches(run, 2 * endOfPass(run) - 1), run.scope)),
  examples: copiedExamples,
  lengthyExamples: () => [CROWDED],
  situations: (subject) => [
    ...rowsOf(subject).map(({ kind, meanwhile }) => ({
      name: `a record of kind "${kind}" beside whose copies this was done to it: ${meanwhile}`,
      occurred: ({ input, main }: TrialRun<Case>) =>
        input.rows.some(
          (one) => one.kind === kind && one.meanwhile === meanwhile && one.before === 'stored',
        ) && main.records.some(({ actor, outcome }) => actor === 0 && outcome.status === 'ok'),
    })),
    {
      name: 'a record whose copy was held up',
      occurred: ({ input, main }) =>
        input.isHeld &&
        main.records.some(
          ({ actor, step, outcome }) => actor === HOLDER && step === 0 && outcome.status === 'ok',
        ),
    },
    ...troublesOf(subject).map((trouble) => ({
      name: `a batch in which ${trouble}`,
      occurred: (run: TrialRun<Case>) => run.input.trouble === trouble && wasStruck(observed(run)),
    })),
    {
      name: `${CROWD} records of one kind`,
      occurred: ({ input }) => input.crowd === CROWD,
    },
    ...BEFORES.map((before) => ({
      name: `a record to which this had been done on the old side alone: ${before}`,
      occurred: ({ input }: TrialRun<Case>) => input.rows.some((one) => one.before === before),
    })),
  ],
});

/** Reads before the pass ends, because its end would repair what its batches have spoilt; then reads, and two more passes. */
function finaleOf(told: Told): CallStep[] {
  const { input, scope } = told;
  const look = readsOf(told).flatMap(({ read }) => onBoth(read));
  const records = itemsOf(input, scope).reduce((sum, { item }) => sum + Math.max(1, item.create.length), 0);
  // One batch for each record, and one that finds no more.
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

const HOLDER = 3;

/**
 * Holds the lock of a copy for a while. A batch that skips the record must report it and keep it owed; otherwise the record is
 * missing when the pass has ended.
 */
function holder(input: Case, scope: Scope): Actor {
  const ids = itemsOf(input, scope).map(({ name }) => scope.id(name));
  const [first] = ids.sort(compareIds);
  const lock = copyLock('streams', first as string);
  return { instance: 1, steps: [enter(lock, { side: 'new' }), { do: 'hold', ms: HELD_MS }, leave] };
}

/** Stores the records on the old side only, except for those that were copied once. */
function storedBefore({ input, scope, subject }: Told): Step[] {
  const items = itemsOf(input, scope);
  const copied = items.filter(({ before }) => before === 'stale' || before === 'removed');
  const fresh = items.filter((one) => !copied.includes(one) && one.meanwhile !== 'create');
  return [
    moveTo('dual'),
    ...copied.flatMap(({ item }) => item.create),
    moveTo('before'),
    ...storeCrowd(input.crowd, scope, subject),
    ...fresh.flatMap(({ item }) => item.create),
    ...items.flatMap(({ before, item }) =>
      before === 'stored' ? [] : before === 'removed' ? item.remove : item.change,
    ),
    moveTo('dual'),
  ];
}

/** What says which records a trial has. */
type Told = Pick<TrialRun<Case>, 'input' | 'scope' | 'subject'>;

interface Looked {
  readonly what: string;
  readonly read: CallStep;
}

/** Reads each row, and those of the crowd at which pages of usual sizes end. */
function readsOf({ input, scope, subject }: Told): Looked[] {
  return [
    ...itemsOf(input, scope).map(({ kind, name, item }) => ({
      what: `The ${kind} "${name}"`,
      read: item.read,
    })),
    ...edgesOf(input.crowd, scope, subject),
  ];
}

/** The steps of one of two writers, who changes every other row. */
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
    expected: 'instances can use records while they are copied',
    actual: code === 'none' ? 'an error without a code' : code,
    marked: [failed.record],
  };
}

const HAPPENED_BEFORE: Readonly<Partial<Record<Before, string>>> = {
  changed: 'after it was stored and changed on the old side, before the first batch',
  stale: 'after it was changed on the old side alone, which the new one had a copy of',
  removed: 'after it was removed from the old side alone, which the new one had a copy of',
};

/** In the middle of the pass untouched records may be missing. At its end nothing may differ. */
function different(run: TrialRun<Case>): Failure | undefined {
  const happened = {
    nothing: 'although it was there before the first batch and nobody touched it',
    create: 'after it was stored on both sides while batches were copied',
    change: 'after it was changed on both sides while batches were copied',
    remove: 'after it was removed from both sides while batches were copied',
  };
  const batches = calls(run, 'migration.backfill').map(({ record }) => record);
  const items = itemsOf(run.input, run.scope);
  // A pass that has ended has copied everything or owes it, and what it owed has been repaired.
  const hasEnded = batches.some((record) => (valueOf(record) as BackfillProgress | undefined)?.done === true);
  for (const from of [FIRST_READS, endOfPass(run) + 1]) {
    const isEarly = from === FIRST_READS && !hasEnded;
    for (const { what, read } of isEarly ? [] : readsOf(run).slice(items.length)) {
      const when = 'although it was there before the first batch and nobody touched it';
      const failure = sidesDiffer(run, read, { what, when, from });
      if (failure !== undefined) return { ...failure, marked: [...batches, ...(failure.marked ?? [])] };
    }
    for (const { name, kind, meanwhile, item, before } of items) {
      // Some of its records may have been copied, and some not yet.
      if (isEarly && (before !== 'stored' || item.create.length > 1)) continue;
      const mayLack = isEarly && (meanwhile === 'nothing' || item.changesAny === true);
      if (mayLack && shownBy(sidesIn(run, item.read, from).new) === undefined) continue;
      const what = `The ${kind} "${name}"`;
      const when =
        HAPPENED_BEFORE[before] ??
        (kind === 'expired answer' ? 'although it had expired before' : happened[meanwhile]);
      const failure = sidesDiffer(run, item.read, { what, when, from });
      if (failure !== undefined) return { ...failure, marked: [...batches, ...(failure.marked ?? [])] };
    }
  }
  return undefined;
}

/** The index of the finale's step that ends the pass. */
function endOfPass(told: Told): number {
  return FIRST_READS + 2 * readsOf(told).length;
}

/** The batches of the finale from this step on. */
function laterBatches({ finale }: TrialRun<Case>, from: number): StepRecord[] {
  return finale.filter(({ step }) => step >= from);
}
