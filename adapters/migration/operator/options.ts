/** The options and the results of an operator. */
import type { GateName, Outcome, StepName, Undoable } from '../../contract/migration/moveSteps.ts';
import type { Settings } from './actions.ts';
import type { Facts } from './facts.ts';
import type { Gate } from './gates.ts';
import type { StepProgress } from './progress.ts';

/** Times in milliseconds. */
export interface OperatorOptions extends Partial<Settings> {
  /** The name of who runs the move. Other operators see it. Default: machine and process. */
  readonly owner?: string;
  /** Stops the operator at a point from which the step can be continued. A hand over in progress is completed first. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
}

export const DEFAULT_SETTINGS: Settings = {
  instances: 1,
  sectionMs: 30_000,
  obeyMs: 1000,
  freshMs: 600_000,
  underWayMs: 2000,
  despiteLifetimes: false,
  batch: 1000,
  settleMs: 30_000,
  waitMs: 3000,
  drainMs: 5000,
  shares: [1, 10, 50, 100],
  holdMs: 10_000,
};

export interface StepResult {
  readonly step: StepName;
  readonly outcome: Outcome;
  readonly gates: readonly Gate[];
  /** What the step counted and measured. */
  readonly figures: Readonly<Record<string, number>>;
  /** Lines for the operator to read: differences, problems that the rehearsal found, what was recovered. */
  readonly found: readonly string[];
  readonly ms: number;
}

export interface RollbackResult {
  readonly undone: readonly (Omit<StepResult, 'step'> & { readonly step: Undoable })[];
  readonly outcome: Outcome;
}

export interface PlannedStep {
  readonly name: StepName;
  readonly state: 'done' | 'next' | 'later';
  readonly does: string;
  readonly risks: string;
  readonly back: string;
  /** The gates that must pass before the step is done. */
  readonly needs: readonly GateName[];
  /** The gates of the next step as they are now. Other steps have none. */
  readonly gates: readonly Gate[];
}

export interface OperatorStatus {
  readonly lastDone: StepName | undefined;
  readonly next: StepName | undefined;
  /** The step that `rollback` would roll back. Undefined: there is none, or the move is finished. */
  readonly undoable: Undoable | undefined;
  readonly facts: Facts;
}

export interface MoveOperator {
  /** Returns every step and whether it is done. Changes nothing. */
  plan(): Promise<readonly PlannedStep[]>;
  /** Returns how far the move is. Changes nothing. */
  status(): Promise<OperatorStatus>;
  /**
   * Takes one step if its gates pass. `compare` and `rehearse` can be taken again. They are repeated before a step whose
   * gates need fresh results. Errors: INVALID_RECORD (no such step), CONFLICT (another operator), and those of the storages.
   */
  step(name: StepName): Promise<StepResult>;
  /**
   * Rolls back the last step that changes something (`bridged`, `dual`, `reads`, `hand-over`), or everything after the step
   * `to`. Errors: as `step`; CONFLICT if the move is finished.
   */
  rollback(to?: StepName): Promise<RollbackResult>;
  /** Takes the last step. Nothing can be rolled back after it. */
  finish(): Promise<StepResult>;
}
