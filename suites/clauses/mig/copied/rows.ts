/** What a backfill is tried on: records of every kind, and what is done to them meanwhile. */
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
  /** What happens to it while it may be copied. */
  readonly meanwhile: (typeof MEANWHILE)[number];
  readonly inSection: boolean;
  readonly pauseMs: number;
  /** Whether it was on both sides once, and was then changed while the fleet had gone back to the old one alone. */
  readonly isStale: boolean;
}

export interface Case {
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

/** Left alone. */
const CALM: Omit<Row, 'kind'> = { meanwhile: 'nothing', inSection: false, pauseMs: 0, isStale: false };
const PLAIN: Omit<Case, 'rows' | 'limits'> = { isHeld: false, trouble: undefined, crowd: 0 };

/** More than a page of one kind. */
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
      // It takes its time.
      isHeld: fc.constant(false),
      trouble: fc.option(fc.constantFrom(...troublesOf(subject)), { nil: undefined, freq: 3 }),
      crowd: fc.constant(0),
    })
    .map(undisturbed);

/** Beside trouble nobody writes: what instances do then is another clause's business. */
function undisturbed(input: Case): Case {
  if (isCalm(input.trouble)) return input;
  return { ...input, rows: input.rows.map((one) => ({ ...one, meanwhile: 'nothing' })) };
}

/** What can happen to a record, of every kind. */
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
      // Some passes end with the batch that fails, and some go on behind it.
      limits: isCalm(trouble) || index % 2 === 0 ? [MAX_ROWS * 2] : [3],
      trouble,
    })),
  ];
}

/** Written one after the other, so that some writes come between the two reads of a batch. */
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

/** Between two of them. */
const BESIDE_MS = 15;

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

export function itemsOf(
  { rows }: Case,
  scope: Scope,
): (Row & { readonly name: string; readonly item: Item })[] {
  return rows.map((one, index) => {
    // The order of bytes is another one than that of letters.
    const kind = one.kind.replaceAll(' ', '-');
    const name = `${index % 2 === 0 ? kind : kind.toUpperCase()}-${index + 1}`;
    return { ...one, name, item: itemOf(one.kind, scope.id(name)) };
  });
}
