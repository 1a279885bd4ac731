/** The records of every kind that a backfill is tried on, and what happens to them meanwhile. */
import fc from 'fast-check';
import { pauseMs } from '../../../harness/cases/generate.ts';
import { chunks } from '../../../harness/engine/chunks.ts';
import type { Scope, Subject } from '../../../harness/engine/property.ts';
import { itemKindsOf, itemOf, twinName, type Item, type ItemKind } from '../items.ts';
import { EVERYTHING } from '../moving.ts';
import { isCalm, readLate, troublesOf, type TroubleName } from './batches.ts';
import { CROWD } from './crowd.ts';

const MEANWHILE = ['nothing', 'change', 'remove', 'create'] as const;

export interface Row {
  readonly kind: ItemKind;
  /** What happens to the record while it may be copied. */
  readonly meanwhile: (typeof MEANWHILE)[number];
  readonly inSection: boolean;
  readonly pauseMs: number;
  readonly before: Before;
}

/**
 * What had happened on the old side alone. `stale`, `removed`: the record was copied once, and then changed or removed while
 * the fleet had gone back to that side.
 */
export const BEFORES = ['stored', 'changed', 'stale', 'removed'] as const;
export type Before = (typeof BEFORES)[number];

export interface Case {
  readonly rows: readonly Row[];
  /** How many records each batch copies at most. */
  readonly limits: readonly number[];
  /** The pause between two batches. */
  readonly apartMs: number;
  /** Whether somebody holds the lock for a copy of the first record, for longer than a copy waits. */
  readonly isHeld: boolean;
  /** What a side does to the copying instance. Undefined: nothing. */
  readonly trouble: TroubleName | undefined;
  /** How many other streams are stored: none, or more than a page holds. */
  readonly crowd: number;
}

const MAX_ROWS = 6;
/** The records that can change without a worker. */
const STALE_KINDS: readonly ItemKind[] = ['stream', 'user', 'answer', 'job'];

/** A row that nobody changes. */
const CALM: Omit<Row, 'kind'> = { meanwhile: 'nothing', inSection: false, pauseMs: 0, before: 'stored' };
const PLAIN: Omit<Case, 'rows' | 'limits'> = { apartMs: 0, isHeld: false, trouble: undefined, crowd: 0 };

/** A case with more streams than a page holds. */
export const CROWDED: Case = {
  ...PLAIN,
  rows: [],
  limits: [EVERYTHING, EVERYTHING],
  crowd: CROWD,
};

export const copiedCase = (subject: Subject): fc.Arbitrary<Case> =>
  fc
    .record({
      rows: fc.array(row(subject), { minLength: 1, maxLength: MAX_ROWS, size: 'max' }),
      limits: fc.array(fc.integer({ min: 1, max: MAX_ROWS }), { minLength: 1, maxLength: 3 }),
      apartMs: pauseMs,
      // Such a case takes long.
      isHeld: fc.constant(false),
      trouble: fc.option(fc.constantFrom(...troublesOf(subject)), { nil: undefined, freq: 3 }),
      crowd: fc.constant(0),
    })
    .map(undisturbed);

/** Nobody writes during trouble, because another clause is about what instances do then. */
function undisturbed(input: Case): Case {
  if (isCalm(input.trouble)) return input;
  return { ...input, rows: input.rows.map((one) => ({ ...one, meanwhile: 'nothing' })) };
}

/** Examples of what can happen to a record of every kind. */
export function rowsOf(subject: Subject): Row[] {
  return itemKindsOf(subject).flatMap((kind) =>
    MEANWHILE.filter((meanwhile) => meanwhile === 'nothing' || itemOf(kind, '')[meanwhile].length > 0).map(
      (meanwhile, index) => ({
        kind,
        meanwhile,
        inSection: index % 2 === 1,
        pauseMs: 1,
        before: 'stored' as const,
      }),
    ),
  );
}

export function copiedExamples(subject: Subject): Case[] {
  const earlier = BEFORES.filter((before) => before !== 'stored').flatMap((before) =>
    itemKindsOf(subject)
      .filter((kind) => mayHaveBeen(before, kind))
      .map((kind): Row => ({ ...CALM, kind, before })),
  );
  const rows = Array.from({ length: 3 }, (): Row => ({ ...CALM, kind: 'stream' }));
  const ofEachKind = ONE_OF_EACH.filter((kind) => itemKindsOf(subject).includes(kind)).map((kind): Row => ({
    ...CALM,
    kind,
  }));
  return [
    { ...PLAIN, rows, limits: [1], isHeld: true },
    REMOVED_BETWEEN,
    ...chunks([...rowsOf(subject), ...earlier], MAX_ROWS).map((some) => ({
      ...PLAIN,
      rows: some,
      limits: [2, 2],
    })),
    ...troublesOf(subject).map((trouble, index) => ({
      ...PLAIN,
      rows: isCalm(trouble) ? writtenBeside(trouble) : [...rows, ...ofEachKind],
      // Some passes end with the failing batch, and some go on behind it.
      limits: isCalm(trouble) || index % 2 === 0 ? [MAX_ROWS * 2] : [3],
      trouble,
    })),
  ];
}

/** A kind of each store. */
const ONE_OF_EACH: readonly ItemKind[] = ['user', 'event', 'answer', 'job', 'audit record'];

/** Two streams that are removed when they have been copied, and before the next batch. Bytes put upper-case names first. */
const REMOVED_BETWEEN: Case = {
  ...PLAIN,
  rows: Array.from({ length: 4 }, (_, index): Row => ({
    ...CALM,
    kind: 'stream',
    ...(index % 2 === 0 ? {} : { meanwhile: 'remove', pauseMs: 20 }),
  })),
  limits: [2, MAX_ROWS],
  apartMs: 60,
};

/** Rows that are written one after the other, so that some writes come between the two reads of a batch. */
function writtenBeside(trouble: TroubleName): Row[] {
  const kind = readLate(trouble) ?? 'stream';
  const writes = (['create', 'change', 'remove'] as const).filter((one) => itemOf(kind, '')[one].length > 0);
  return Array.from({ length: MAX_ROWS }, (_, index) => ({
    ...CALM,
    kind,
    meanwhile: writes[index % writes.length] as Row['meanwhile'],
    pauseMs: BESIDE_MS,
  }));
}

/** The pause between two of these writes. */
const BESIDE_MS = 15;

function row(subject: Subject): fc.Arbitrary<Row> {
  return fc
    .record({
      // Most rows are streams, because they hold the money.
      kind: fc.oneof(fc.constant('stream' as const), fc.constantFrom(...itemKindsOf(subject))),
      meanwhile: fc.constantFrom(...MEANWHILE),
      inSection: fc.boolean(),
      pauseMs,
      before: fc.constantFrom(...BEFORES),
    })
    .map((one) =>
      one.meanwhile === 'nothing' || itemOf(one.kind, '')[one.meanwhile].length > 0
        ? one
        : { ...one, meanwhile: 'nothing' as const },
    )
    .map((one): Row => {
      // Nobody changes such a row while batches are copied: only the batches can bring its copy up to date.
      const may = one.meanwhile === 'nothing' && mayHaveBeen(one.before, one.kind);
      return may ? one : { ...one, before: 'stored' };
    });
}

/** Whether this can have happened to a record of the kind. */
function mayHaveBeen(before: Before, kind: ItemKind): boolean {
  const { change, remove } = itemOf(kind, '');
  switch (before) {
    case 'stored':
      return true;
    case 'changed':
      return change.length > 0;
    case 'stale':
      return STALE_KINDS.includes(kind);
    case 'removed':
      return remove.length > 0;
    default:
      return before satisfies never;
  }
}

export function itemsOf(
  { rows }: Case,
  scope: Scope,
): (Row & { readonly name: string; readonly item: Item })[] {
  return rows.map((one, index) => {
    const name = twinName(one.kind, index);
    return { ...one, name, item: itemOf(one.kind, scope.id(name)) };
  });
}
