/** The records of every kind that a backfill is tried on, and what happens to them meanwhile. */
import fc from 'fast-check';
import { pauseMs } from '../../../harness/cases/generate.ts';
import { chunks } from '../../../harness/engine/chunks.ts';
import type { Scope, Subject } from '../../../harness/engine/property.ts';
import { itemKindsOf, itemOf, type Item, type ItemKind } from '../items.ts';
import { EVERYTHING } from '../moving.ts';
import { isCalm, troublesOf, type TroubleName } from './batches.ts';
import { CROWD } from './crowd.ts';

const MEANWHILE = ['nothing', 'change', 'remove', 'create'] as const;

export interface Row {
  readonly kind: ItemKind;
  /** What happens to the record while it may be copied. */
  readonly meanwhile: (typeof MEANWHILE)[number];
  readonly inSection: boolean;
  readonly pauseMs: number;
  /** Whether it was copied once, and then changed while the fleet had gone back to the old side. */
  readonly isStale: boolean;
}

export interface Case {
  readonly rows: readonly Row[];
  /** How many records each batch copies at most. */
  readonly limits: readonly number[];
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
const CALM: Omit<Row, 'kind'> = { meanwhile: 'nothing', inSection: false, pauseMs: 0, isStale: false };
const PLAIN: Omit<Case, 'rows' | 'limits'> = { isHeld: false, trouble: undefined, crowd: 0 };

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
        isStale: false,
      }),
    ),
  );
}

export function copiedExamples(subject: Subject): Case[] {
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
    ...troublesOf(subject).map((trouble, index) => ({
      ...PLAIN,
      rows: isCalm(trouble) ? writtenBeside(trouble) : [...rows, ...rows.slice(1)],
      // Some passes end with the failing batch, and some go on behind it.
      limits: isCalm(trouble) || index % 2 === 0 ? [MAX_ROWS * 2] : [3],
      trouble,
    })),
  ];
}

/** Rows that are written one after the other, so that some writes come between the two reads of a batch. */
function writtenBeside(trouble: TroubleName): Row[] {
  const kind: ItemKind = trouble === 'the events of the new side were read late' ? 'event' : 'stream';
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
      isStale: fc.boolean(),
    })
    .map((one) =>
      one.meanwhile === 'nothing' || itemOf(one.kind, '')[one.meanwhile].length > 0
        ? one
        : { ...one, meanwhile: 'nothing' as const },
    )
    .map((one) => ({ ...one, isStale: one.isStale && mayBeStale(one) }));
}

/** Rows that nobody changes while batches are copied. Only the batches can bring their copies up to date. */
function mayBeStale({ kind, meanwhile }: Pick<Row, 'kind' | 'meanwhile'>): boolean {
  return meanwhile === 'nothing' && STALE_KINDS.includes(kind);
}

export function itemsOf(
  { rows }: Case,
  scope: Scope,
): (Row & { readonly name: string; readonly item: Item })[] {
  return rows.map((one, index) => {
    // The order of bytes differs from that of letters.
    const kind = one.kind.replaceAll(' ', '-');
    const name = `${index % 2 === 0 ? kind : kind.toUpperCase()}-${index + 1}`;
    return { ...one, name, item: itemOf(one.kind, scope.id(name)) };
  });
}
