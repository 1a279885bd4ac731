/** The result of `lockstep migrate`, as its renderers receive it. */
import type { MigrationSide, ReadShares, RegisteredInstance, Stage } from '../../adapters/contract/index.ts';
import type { GateName, Outcome, StepName, Undoable } from '../../adapters/contract/migration/moveSteps.ts';

export const MIGRATE_VERSION = 1;

export interface MigrateReport {
  readonly schemaVersion: typeof MIGRATE_VERSION;
  readonly kind: 'migrate';
  readonly lockstepVersion: string;
  /** ISO-8601 in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that repeats it. */
  readonly repeat: string;
  readonly old: MovedSide;
  readonly new: MovedSide;
  readonly asked: MigrateTask;
  /** Whether the command was interrupted. */
  readonly partial: boolean;
  /** Only for `--plan`. */
  readonly plan?: readonly PlanEntry[];
  /** The steps that were taken or undone, in order. The last one may have been refused. */
  readonly taken: readonly TakenStep[];
  /** The state of the move afterwards. Absent: the command ended before it was known. */
  readonly state?: MoveState;
  readonly exitStatus: MigrateStatus;
}

export const MIGRATE_TASKS = ['plan', 'status', 'step', 'next', 'rollback', 'finish'] as const;
/** `next`: takes the next steps, until a gate refuses. */
export type MigrateTask = (typeof MIGRATE_TASKS)[number];

/** 0: done. 3: stopped early. 4: a gate refused. */
export type MigrateStatus = 0 | 3 | 4;

export interface MovedSide {
  /** The target as the user named it. */
  readonly target: string;
  readonly namespace: string;
}

export interface PlanEntry {
  readonly step: StepName;
  readonly state: 'done' | 'next' | 'later';
  readonly does: string;
  readonly risks: string;
  readonly back: string;
  /** The gates that the step must pass. */
  readonly needs: readonly GateName[];
  /** For the next step: the current state of its gates. */
  readonly gates: readonly GateReport[];
}

/** A gate and the figures that it decided by. Times are in milliseconds. */
export interface GateReport {
  readonly gate: GateName;
  readonly passed: boolean;
  readonly figures: Readonly<Record<string, number | string>>;
  /** The same, in a few words. */
  readonly says: string;
  /** If the gate did not pass: what to do about it. */
  readonly todo?: string;
}

export interface TakenStep {
  readonly step: StepName;
  /** Whether the step was undone. */
  readonly isUndo: boolean;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly gates: readonly GateReport[];
  /** What was counted. Times are in milliseconds. */
  readonly figures: Readonly<Record<string, number>>;
  /** Differences, records that could not be copied, and recovered records, one line each. */
  readonly found: readonly string[];
}

export interface MoveState {
  /** Null: no step is done. */
  readonly lastDone: StepName | null;
  /** Null: the move is finished. */
  readonly next: StepName | null;
  /** What --rollback would undo. Null: nothing. */
  readonly undoable: Undoable | null;
  /** Null: neither side, because the authority is being handed over. */
  readonly decides: MigrationSide | null;
  readonly epoch: number;
  readonly finished: boolean;
  /** The latest order. Null: there is none. */
  readonly order: { readonly version: number; readonly stage: Stage; readonly reads: ReadShares } | null;
  readonly operator: { readonly owner: string; readonly since: string } | null;
  readonly instances: readonly RegisteredInstance[];
  readonly owed: {
    readonly count: number;
    readonly oldestMs: number;
    /** Some of the records. */
    readonly first: readonly { readonly kind: string; readonly id?: string; readonly reason?: string }[];
  };
  /** Instances whose reads are all answered by the deciding side. */
  readonly suspended: readonly string[];
  /** The results of the last comparison and the last rehearsal. Null: there was none. */
  readonly comparison: Measured | null;
  readonly rehearsal: Measured | null;
}

/** Figures, and when they were measured by the storage's clock. */
export interface Measured {
  readonly at: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** The exit status of the command. */
export function migrateStatus(taken: readonly TakenStep[], partial: boolean): MigrateStatus {
  const outcome = taken.at(-1)?.outcome;
  if (outcome === 'refused') return 4;
  return partial || outcome === 'stopped' ? 3 : 0;
}
