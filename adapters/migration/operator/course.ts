/** Which steps of a move are done, according to both storages. So a move can continue wherever it was interrupted. */
import { STEP_NAMES, type StepName, type Undoable } from '../../contract/migration/moveSteps.ts';
import { READ_SURFACES, STAGES, type ReadShares, type Stage } from '../../contract/index.ts';
import type { Facts, MarkedStep } from './facts.ts';

/** The last step that is done. The steps before it are done, too. Undefined: no step is done. */
export function lastDone(facts: Facts): StepName | undefined {
  return STEP_NAMES.findLast((name) => isDone(facts, name));
}

/** The step to take next. Undefined: the move is over. */
export function nextStep(facts: Facts): StepName | undefined {
  const last = lastDone(facts);
  return last === undefined ? STEP_NAMES[0] : STEP_NAMES[STEP_NAMES.indexOf(last) + 1];
}

function isDone(facts: Facts, name: StepName): boolean {
  const { old, new: other, status } = facts;
  switch (name) {
    case 'schema':
      return old.mark?.side === 'old' && other.mark?.side === 'new' && old.mark.move === other.mark.move;
    case 'begin':
      return old.authority.epoch > 0 && other.authority.epoch > 0;
    case 'bridged':
    case 'dual':
      return isAt(stageOf(facts), name);
    case 'backfill':
      return facts.marks.backfill !== undefined;
    case 'compare':
    case 'rehearse':
      return isCurrent(facts, name);
    case 'reads':
      return (
        isAt(stageOf(facts), 'cut-over') &&
        minShare(status.control?.reads) === 100 &&
        status.control?.reads.idempotency === 100
      );
    case 'hand-over':
      return status.authority.decides === 'new';
    case 'finish':
      return status.authority.finished;
    default:
      return name satisfies never;
  }
}

/** Whether the step was done since the authority last moved. */
export function isCurrent({ marks, status }: Facts, step: MarkedStep): boolean {
  return marks[step]?.epoch === status.authority.epoch;
}

/** The stage of the latest order. */
export function stageOf({ status }: Facts): Stage {
  return status.control?.stage ?? 'before';
}

/** Whether `stage` is `required` or a later stage. */
export function isAt(stage: Stage, required: Stage): boolean {
  return STAGES.indexOf(stage) >= STAGES.indexOf(required);
}

/** The smallest share of keys that the new side answers, over all surfaces but tokens, which move last. */
export function minShare(reads: ReadShares | undefined): number {
  const shares = READ_SURFACES.flatMap((surface) =>
    surface === 'idempotency' ? [] : [reads?.[surface] ?? 0],
  );
  return Math.min(...shares);
}

/** The last step, done wholly or in part, that can be rolled back. Undefined: there is none. */
export function lastUndoable(facts: Facts): Undoable | undefined {
  const { status } = facts;
  if (status.authority.decides === 'new') return 'hand-over';
  const stage = stageOf(facts);
  const reads = status.control?.reads;
  if (stage === 'cut-over' || READ_SURFACES.some((surface) => (reads?.[surface] ?? 0) > 0)) return 'reads';
  return stage === 'before' ? undefined : stage;
}
