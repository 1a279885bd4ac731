/** A side of which one kind of records, or everything, cannot be read, and what comparison says of it. */
import { MOVED_KINDS, type Comparison, type MovedKind } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Side, Step } from '../../../scenarios/host/language/program.ts';
import type { Failure, Subject, TrialRun } from '../../harness/engine/property.ts';
import { calls, codeOf, observed, show, valueOf } from '../../harness/judging/observe.ts';

export interface Unreadable {
  readonly side: Side;
  /** One of the kinds that comparison reads, or all of them. */
  readonly kind: MovedKind | 'everything';
  /** How many reads of a comparison succeed before the others fail. */
  readonly after: number;
}

export const EVERYTHING_UNREAD: Unreadable = { side: 'new', kind: 'everything', after: 0 };

/** The new side as a whole, and each kind on each side: from the first read on, and on the new side also from the second one on. */
export function unreadableOf({ surfaces }: Subject): Unreadable[] {
  const kinds = MOVED_KINDS.filter((kind) =>
    surfaces.includes(kind === 'jobs' || kind === 'audit' ? 'exports' : kind),
  );
  return [
    EVERYTHING_UNREAD,
    ...kinds.flatMap((kind): Unreadable[] => [
      { side: 'new', kind, after: 0 },
      { side: 'old', kind, after: 0 },
      // Others than comparisons read answers now and then.
      ...(kind === 'idempotency' ? [] : [{ side: 'new' as const, kind, after: 1 }]),
    ]),
  ];
}

export function isWhole({ kind }: Unreadable): boolean {
  return kind === 'everything';
}

export function unreadableName({ side, kind, after }: Unreadable): string {
  return `${kind} of the ${side} side${after === 0 ? '' : ' behind the first read'}`;
}

/** Compares, and then moves the reads, while it is unreadable. */
export function whileUnread({ side, kind, after }: Unreadable, steps: readonly Step[]): Step[] {
  if (kind === 'everything') return [{ do: 'close', side }, ...steps];
  return steps.flatMap((step): Step[] => [
    { do: 'trouble', side, trouble: { how: 'refused', of: 'reads', store: kind, after } },
    step,
    { do: 'heal', side },
  ]);
}

/** The results of the actors' comparisons, in turn. */
export function comparisonsOf(run: TrialRun<unknown>): StepRecord[] {
  return calls(run, 'migration.compare').map(({ record }) => record);
}

type Run = TrialRun<{ readonly unreadable: readonly Unreadable[] }>;

/** A side could not be read, but comparison calls the sides equal, or reads were moved. */
export function cleanUnread(run: Run): Failure | undefined {
  for (const [index, unreadable] of run.input.unreadable.entries()) {
    const failure = takenForSame(run, unreadable, index);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function takenForSame(run: Run, unreadable: Unreadable, index: number): Failure | undefined {
  const compared = comparisonsOf(run)[2 + index];
  const moving = calls(run, 'migration.moveTo').filter(({ step }) => step.args[0] === 'cut-over')[1 + index];
  const what = isWhole(unreadable) ? 'a side' : unreadableName(unreadable);
  const [isCompared, isMoved] = metBy(run, index);
  if (
    compared !== undefined &&
    isCompared &&
    codeOf(compared) === undefined &&
    !saysUnread(compared, unreadable.side)
  )
    return {
      summary: `Comparison of ${what} that cannot be read neither failed nor said that it was unread.`,
      expected: `what cannot be read is never taken for the same: an error, or the ${unreadable.side} side in \`unread\``,
      actual: show(valueOf(compared), run.scope),
      marked: [compared],
    };
  if (moving === undefined || !isMoved || codeOf(moving.record) !== undefined) return undefined;
  return {
    summary: `Reads moved to the new side, although ${what} cannot be read.`,
    expected: 'what cannot be read is never taken for the same',
    actual: 'the instance is at the stage cut-over',
    marked: [moving.record],
  };
}

/** Whether the comparison met what could not be read, and whether the move did. A side that is closed is always met. */
function metBy(run: Run, index: number): readonly [boolean, boolean] {
  if (run.input.unreadable.some(isWhole)) return [true, true];
  const healed = observed(run).filter(({ step }) => step.do === 'heal');
  const struck = healed.map(({ record }) => Number(valueOf(record)) > 0);
  return [struck[2 * index] ?? false, struck[2 * index + 1] ?? false];
}

/** Whether the trial had a comparison that met it. */
export function wasMet(run: Run, { side, kind, after }: Unreadable): boolean {
  const index = run.input.unreadable.findIndex(
    (one) => one.side === side && one.kind === kind && one.after === after,
  );
  return index >= 0 && metBy(run, index)[0];
}

function saysUnread(record: StepRecord, side: Side): boolean {
  const { unread = [] } = (valueOf(record) ?? {}) as Partial<Comparison>;
  return unread.some(({ from }) => from === side);
}
