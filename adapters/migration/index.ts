/**
 * Moving from one storage to another while both are in use: an adapter over two others, a target over two targets, and an
 * operator that runs the move.
 *
 * @example
 * ```ts
 * export default migrationTarget({ name: 'mine', old: memoryTarget, new: postgresTarget });
 * ```
 */
export { createMigratingAdapter, type MigrationOptions } from './adapter.ts';
export { migrationTarget, type MigrationTargetOptions } from './define.ts';
export {
  createOperator,
  type Gate,
  type GateName,
  type MoveOperator,
  type OperatorOptions,
  type OperatorStatus,
  type Outcome,
  type PlannedStep,
  type RollbackResult,
  type StepName,
  type StepProgress,
  type StepResult,
  type Undoable,
} from './operator/index.ts';
