/** What an operator is told, and what it answers. */
import type { GateName, Outcome, StepName, Undoable } from '../../contract/migration/moveSteps.ts';
import type { Settings } from './actions.ts';
import type { Facts } from './facts.ts';
import type { Gate } from './gates.ts';
import type { StepProgress } from './progress.ts';

/** Times in milliseconds. */
export interface OperatorOptions extends Partial<Settings> {
  /** Who runs the move, for whoever comes beside. Default: machine and process. */
  readonly owner?: string;
  /** Asks for an end: what is under way is left so that it can be gone on with. A hand over is ended first. */
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
  /** What was counted and measured. */
  readonly figures: Readonly<Record<string, number>>;
  /** What to read, each a line: differences, what the rehearsal found, what was recovered. */
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
  /** The gates that it has to pass. */
  readonly needs: readonly GateName[];
  /** Of the next step: how they stand now. */
  readonly gates: readonly Gate[];
}

export interface OperatorStatus {
  readonly lastDone: StepName | undefined;
  readonly next: StepName | undefined;
  /** What `rollback` would take back; undefined: nothing, or nothing any more. */
  readonly undoable: Undoable | undefined;
  readonly facts: Facts;
}

export interface MoveOperator {
  /** Every step, and what of it is done. Changes nothing. */
  plan(): Promise<readonly PlannedStep[]>;
  /** Changes nothing. */
  status(): Promise<OperatorStatus>;
  /**
   * Takes one step, if its gates pass. `compare` and `rehearse` may be taken again, and are taken again before a step whose
   * gates need them fresh. Errors: INVALID_RECORD (no such step), CONFLICT (another operator), and those of the storages.
   */
  step(name: StepName): Promise<StepResult>;
  /**
   * Takes back the last step of those that change something (`bridged`, `dual`, `reads`, `hand-over`), or everything
   * after the step `to`. Errors: as `step`; CONFLICT when the move is finished.
   */
  rollback(to?: StepName): Promise<RollbackResult>;
  /** The last step; nothing can be taken back after it. */
  finish(): Promise<StepResult>;
}
