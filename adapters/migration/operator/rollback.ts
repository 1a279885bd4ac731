/** Rolls back the steps of a move, the last one first. This is possible until the move is finished. */
import { STEP_NAMES, type StepName, type Undoable } from '../../contract/migration/moveSteps.ts';
import type { Migration } from '../../contract/index.ts';
import { order, unmark, type Acted, type ActionContext } from './actions.ts';
import { lastUndoable } from './course.ts';
import type { Facts } from './facts.ts';

/** The step to roll back next so that `target` becomes the last step done. Undefined: there is none. */
export function nextUndo(facts: Facts, target: StepName): Undoable | undefined {
  const last = lastUndoable(facts);
  return last !== undefined && STEP_NAMES.indexOf(last) > STEP_NAMES.indexOf(target) ? last : undefined;
}

/** The step that is the last one done once `undone` has been rolled back. */
export function targetOf(undone: Undoable): StepName {
  return STEP_NAMES[STEP_NAMES.indexOf(undone) - 1] as StepName;
}

type Undo = (context: ActionContext) => Promise<Acted>;

export const UNDO: Readonly<Record<Undoable, Undo>> = {
  'hand-over': async ({ migration, settings }) => {
    const { gapMs, ended, copied, requeued, epoch } = await migration.handOver('old', {
      drainMs: settings.drainMs,
    });
    await unmark(migration, ['hand-over']);
    return { figures: { epoch, gapMs, ended, copied, requeued }, short: [], found: [], stopped: false };
  },
  reads: (context) => order(context, 'dual'),
  dual: async (context) => {
    // The marks go first: later writes are not copied, so earlier results do not hold any more.
    await forgetCopies(context.migration);
    return order(context, 'bridged');
  },
  bridged: (context) => order(context, 'before'),
};

function forgetCopies(migration: Migration): Promise<void> {
  return unmark(migration, ['backfill', 'compare', 'rehearse']);
}
