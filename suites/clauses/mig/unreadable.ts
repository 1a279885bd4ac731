/** A new side of which one kind of records, or everything, cannot be read, and what comparison says of it. */
import { MOVED_KINDS, type Comparison, type MovedKind } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import type { Failure, Subject, TrialRun } from '../../harness/engine/property.ts';
import { calls, codeOf, observed, show, valueOf } from '../../harness/judging/observe.ts';
import { wasStruck } from './outages.ts';

export type Unreadable = MovedKind | 'everything';

/** One of the kinds that comparison reads, or all of them. */
export function unreadableOf({ surfaces }: Subject): Unreadable[] {
  const kinds = MOVED_KINDS.filter((kind) =>
    surfaces.includes(kind === 'jobs' || kind === 'audit' ? 'exports' : kind),
  );
  return ['everything', ...kinds];
}

/** Makes it unreadable from then on. */
export function unread(what: Unreadable): Step {
  if (what === 'everything') return { do: 'close', side: 'new' };
  return { do: 'trouble', side: 'new', trouble: { how: 'refused', of: 'reads', store: what } };
}

/** The results of the actors' comparisons, in turn. */
export function comparisonsOf(run: TrialRun<unknown>): StepRecord[] {
  return calls(run, 'migration.compare').map(({ record }) => record);
}

/** The new side could not be read, but comparison calls the sides equal, or reads were moved. */
export function cleanUnread(run: TrialRun<{ readonly unreadable: Unreadable }>): Failure | undefined {
  const compared = comparisonsOf(run)[2];
  const { unreadable } = run.input;
  const what = unreadable === 'everything' ? 'a side' : `${unreadable} of a side`;
  // The records of a kind are read at least once, even if databases compare them.
  if (unreadable !== 'everything' && !wasStruck(observed(run))) return undefined;
  if (compared !== undefined && codeOf(compared) === undefined && !saysUnread(compared))
    return {
      summary: `Comparison of ${what} that cannot be read neither failed nor said that it was unread.`,
      expected: 'what cannot be read is never taken for the same: an error, or the new side in `unread`',
      actual: show(valueOf(compared), run.scope),
      marked: [compared],
    };
  const moving = calls(run, 'migration.moveTo')[2]?.record;
  if (moving === undefined || codeOf(moving) !== undefined) return undefined;
  return {
    summary: `Reads moved to ${what} that cannot be read.`,
    expected: 'what cannot be read is never taken for the same',
    actual: 'the instance is at the stage cut-over',
    marked: [moving],
  };
}

function saysUnread(record: StepRecord): boolean {
  const { unread = [] } = (valueOf(record) ?? {}) as Partial<Comparison>;
  return unread.some(({ from }) => from === 'new');
}
