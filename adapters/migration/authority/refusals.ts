/** The refusals of the surface `migration`, each with what to do instead. */
import {
  STAGES,
  StorageError,
  type AuthorityView,
  type MigrationStatus,
  type Stage,
} from '../../contract/index.ts';

export function notWriting(what: string, stage: Stage, { finished }: AuthorityView): StorageError {
  return new StorageError(
    'CONFLICT',
    finished
      ? `Expected a move in progress for ${what}, but the move is finished, and nothing is copied any more.`
      : `Expected an instance that writes to both sides for ${what}, but it is at the stage ${stage}. Move it to dual first.`,
    { details: { stage } },
  );
}

export function noStage(stage: unknown): StorageError {
  return new StorageError(
    'INVALID_RECORD',
    `Expected a stage, one of ${STAGES.join(', ')}, got ${JSON.stringify(stage)?.slice(0, 80)}. Nothing was changed.`,
  );
}

export function tooEarly(early: MigrationStatus['instances']): StorageError {
  const [first] = early;
  return new StorageError(
    'CONFLICT',
    `Expected every instance to copy what it writes, but ${early.length} do not, the first one ${first?.id} at the stage ${first?.stage}. Order the stage dual, and wait until all obey.`,
    { details: { instances: early.map(({ id, stage }) => ({ id, stage })) } },
  );
}

export function notOver({ decides, epoch }: AuthorityView): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected the new side to decide before the move is finished, but ${decides ?? 'neither'} does in epoch ${epoch}. Hand the authority over first.`,
    { details: { decides: decides ?? null, epoch } },
  );
}

export function stillOwed(count: number): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected nothing to be owed when the move is finished, but ${count} writes owe the old side a copy. Call repair.`,
    { details: { owed: count } },
  );
}

export function stillLiving(last: string): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected no answer of the old side's time to live any more when the move is finished, but the last one lives until ${last}. Wait until then, or finish despite lifetimes.`,
    { details: { livesUntil: last } },
  );
}
