/** Runs a move from one storage to another: steps, gates with their figures, and the way back. */
export { createOperator } from './operator.ts';
export type { Gate } from './gates.ts';
export type {
  MoveOperator,
  OperatorOptions,
  OperatorStatus,
  PlannedStep,
  RollbackResult,
  StepResult,
} from './options.ts';
export type { StepProgress } from './progress.ts';
export type { GateName, Outcome, StepName, Undoable } from '../../contract/migration/moveSteps.ts';
