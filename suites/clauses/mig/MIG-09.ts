import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { chunks } from '../../harness/engine/chunks.ts';
import { codeOf, observed, valueOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { itemKindsOf, itemOf, type Item, type ItemKind } from './items.ts';
import { moveTo, onSide, repair } from './moving.ts';
import { during, PASSING, wasStruck, type OutageName } from './outages.ts';

interface Case {
  readonly kinds: readonly ItemKind[];
  /** How the new side fails while the records are changed. */
  readonly outage: OutageName;
  /** Whether debts are repaired before reads are moved. */
  readonly repairs: boolean;
}

const MAX_KINDS = 4;
/** These kinds are left out, because their records change by themselves. */
const LEFT_OUT: readonly ItemKind[] = ['worked job', 'failed job', 'taken job', 'expired answer'];

/**
 * Records are stored and changed while the new side fails. When it is back, somebody moves the reads. The move succeeds or is
 * refused. In both cases every read must show what it showed before. Then others are stored and changed while that side fails
 * in the same way, and every read must show what the old side has.
 */
export const MIG_09: AnyProperty = property<Case>({
  clause: 'MIG-09',
  slow: 14,
  share: 0.4,
  topologies: ['one'],
  schedules: 'free',
  ownNamespace: true,
  arbitrary: (subject) =>
    fc.record({
      kinds: fc.array(fc.constantFrom(...kindsOf(subject)), { minLength: 1, maxLength: MAX_KINDS }),
      outage: fc.constantFrom(...PASSING),
      repairs: fc.boolean(),
    }),
  trial: (input, scope) => ({
    setup: [
      moveTo('dual'),
      ...[...itemsOf(input, scope), ...laterOf(input, scope)].flatMap(({ create, change }) =>
        change.length > 0 ? create : [],
      ),
    ],
    actors: [
      {
        instance: 0,
        steps: [
          ...during(input.outage, itemsOf(input, scope).flatMap(written)),
          ...(input.repairs ? [repair] : []),
          ...readsOf(input, scope),
          moveTo('cut-over'),
          ...readsOf(input, scope),
          ...during(input.outage, [
            ...laterOf(input, scope).flatMap(written),
            ...laterOf(input, scope).flatMap(({ read }) => [read, onSide('old', read)]),
          ]),
        ],
      },
    ],
  }),
  examples: (subject) => [
    ...PASSING.flatMap((outage, index) =>
      chunks(kindsOf(subject), MAX_KINDS)
        // Of every kind, something is owed when reads are to move.
        .filter((_, at) => at % 2 === index % 2 || outage === 'refuses writes')
        .map((kinds) => ({ kinds, outage, repairs: index === 0 })),
    ),
    // Reads move, and then nothing can be written on the side where they are.
    ...chunks(kindsOf(subject), MAX_KINDS).map((kinds) => ({
      kinds,
      outage: 'rejects records' as const,
      repairs: true,
    })),
  ],
  situations: () => [
    ...PASSING.map((outage) => ({
      name: `records changed before reads were to move: the new side ${outage}`,
      occurred: (run: TrialRun<Case>) => run.input.outage === outage && wasStruck(observed(run)),
    })),
    {
      name: 'records changed after reads had moved: the new side rejects records',
      occurred: (run) =>
        run.input.outage === 'rejects records' &&
        observed(run).some(
          ({ step, record }) =>
            step.do === 'call' && step.method === 'migration.moveTo' && record.outcome.status === 'ok',
        ),
    },
    {
      name: 'somebody who asked to move the reads without a repair before',
      occurred: ({ input }) => !input.repairs,
    },
  ],
  judge: (run) => wronglyRefused(run) ?? readOlder(run) ?? readUncopied(run),
});

function kindsOf(subject: Subject): ItemKind[] {
  return itemKindsOf(subject).filter((kind) => !LEFT_OUT.includes(kind));
}

function itemsOf({ kinds }: Case, scope: Scope): Item[] {
  return kinds.map((kind, index) => itemOf(kind, scope.id(`${kind.replaceAll(' ', '-')}-${index + 1}`)));
}

/** Records that are written after the attempt to move reads. */
function laterOf({ kinds }: Case, scope: Scope): Item[] {
  return kinds.map((kind, index) =>
    itemOf(kind, scope.id(`later-${kind.replaceAll(' ', '-')}-${index + 1}`)),
  );
}

function written({ create, change }: Item): readonly Step[] {
  return change.length > 0 ? change : create;
}

function readsOf(input: Case, scope: Scope): CallStep[] {
  return itemsOf(input, scope).map(({ read }) => read);
}

/** The actor's reads from before, or after, the attempt to move reads. */
function readIn(run: TrialRun<Case>, isAfter: boolean): StepRecord[] {
  const count = run.input.kinds.length;
  const steps = run.trial.actors[0]?.steps ?? [];
  const moved = steps.findLastIndex((step) => step.do === 'call' && step.method === 'migration.moveTo');
  const from = isAfter ? moved + 1 : moved - count;
  return run.main.records.filter(({ step }) => step >= from && step < from + count);
}

function wronglyRefused(run: TrialRun<Case>): Failure | undefined {
  const moving = observed(run).findLast(
    ({ step }) => step.do === 'call' && step.method === 'migration.moveTo',
  )?.record;
  const code = moving === undefined ? undefined : codeOf(moving);
  if (moving === undefined || code === undefined || code === 'CONFLICT') return undefined;
  return {
    summary: `After the new side had failed for a while, moving the reads was refused with ${code}.`,
    expected: 'reads move, or CONFLICT: something is owed, or differs',
    actual: code,
    marked: [moving],
  };
}

function readOlder(run: TrialRun<Case>): Failure | undefined {
  const after = readIn(run, true);
  for (const [index, before] of readIn(run, false).entries()) {
    const later = after[index];
    if (later === undefined || before.outcome.status !== 'ok' || later.outcome.status !== 'ok') continue;
    const difference = firstDifference(valueOf(before), valueOf(later));
    if (difference === undefined) continue;
    return {
      summary: `After somebody moved the reads, the ${run.input.kinds[index]} is read as it was before its last change.`,
      expected: `${literal(difference.expected)}, which was read before: reads move when the last change has arrived`,
      actual: literal(difference.actual),
      marked: [before, later],
    };
  }
  return undefined;
}

/** What was written since the attempt to move reads, and is read otherwise than the old side has it. */
function readUncopied(run: TrialRun<Case>): Failure | undefined {
  for (const [index, { read }] of laterOf(run.input, run.scope).entries()) {
    const [shown, stored] = (['instance', 'old'] as const).map((via) =>
      observed(run).find(({ step }) => JSON.stringify(step) === JSON.stringify({ ...read, via })),
    );
    if (shown?.record.outcome.status !== 'ok' || stored?.record.outcome.status !== 'ok') continue;
    const difference = firstDifference(valueOf(stored.record), valueOf(shown.record));
    if (difference === undefined) continue;
    return {
      summary: `The ${run.input.kinds[index]} was changed while the new side failed, and is read as it was before.`,
      expected: `${literal(difference.expected)}, which the old side has: an answered write is read`,
      actual: literal(difference.actual),
      marked: [shown.record, stored.record],
    };
  }
  return undefined;
}
