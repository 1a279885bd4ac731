/** What `lockstep migrate` did and found, and all that its renderers are given. */
import type { MigrationSide, ReadShares, RegisteredInstance, Stage } from '../../adapters/contract/index.ts';
import type { GateName, Outcome, StepName, Undoable } from '../../adapters/contract/migration/moveSteps.ts';

export const MIGRATE_VERSION = 1;

export interface MigrateReport {
  readonly schemaVersion: typeof MIGRATE_VERSION;
  readonly kind: 'migrate';
  readonly lockstepVersion: string;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command, to be given again. */
  readonly repeat: string;
  readonly old: MovedSide;
  readonly new: MovedSide;
  readonly asked: MigrateTask;
  /** Whether it was interrupted. */
  readonly partial: boolean;
  /** Only of `--plan`. */
  readonly plan?: readonly PlanEntry[];
  /** Steps that were taken, or taken back, in this order. The last one may have been refused. */
  readonly taken: readonly TakenStep[];
  /** Where the move is after it. Absent: it was ended before that was known. */
  readonly state?: MoveState;
  readonly exitStatus: MigrateStatus;
}

export const MIGRATE_TASKS = ['plan', 'status', 'step', 'next', 'rollback', 'finish'] as const;
/** `next`: the steps that come next, until a gate refuses. */
export type MigrateTask = (typeof MIGRATE_TASKS)[number];

/** 0 done, 3 stopped before its end, 4 a gate refused. */
export type MigrateStatus = 0 | 3 | 4;

export interface MovedSide {
  /** The target. */
  readonly target: string;
  readonly namespace: string;
}

export interface PlanEntry {
  readonly step: StepName;
  readonly state: 'done' | 'next' | 'later';
  readonly does: string;
  readonly risks: string;
  readonly back: string;
  /** The gates that it has to pass. */
  readonly needs: readonly GateName[];
  /** Of the next step: how they stand now. */
  readonly gates: readonly GateReport[];
}

/** A gate with what it decided by; times in milliseconds. */
export interface GateReport {
  readonly gate: GateName;
  readonly passed: boolean;
  readonly figures: Readonly<Record<string, number | string>>;
  /** The same in a few words. */
  readonly says: string;
  /** Of one that did not pass: what to do about it. */
  readonly todo?: string;
}

export interface TakenStep {
  readonly step: StepName;
  /** Whether it was taken back. */
  readonly isUndo: boolean;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly gates: readonly GateReport[];
  /** What was counted; times in milliseconds. */
  readonly figures: Readonly<Record<string, number>>;
  /** Differences, what could not be copied, what was recovered: a line each. */
  readonly found: readonly string[];
}

export interface MoveState {
  /** Null: none is done. */
  readonly lastDone: StepName | null;
  /** Null: the move is over. */
  readonly next: StepName | null;
  /** What --rollback would take back; null: nothing. */
  readonly undoable: Undoable | null;
  /** Null: neither side, while the authority is handed over. */
  readonly decides: MigrationSide | null;
  readonly epoch: number;
  readonly finished: boolean;
  /** The latest order; null: there is none. */
  readonly order: { readonly version: number; readonly stage: Stage; readonly reads: ReadShares } | null;
  readonly operator: { readonly owner: string; readonly since: string } | null;
  readonly instances: readonly RegisteredInstance[];
  readonly owed: {
    readonly count: number;
    readonly oldestMs: number;
    /** Some of the records. */
    readonly first: readonly { readonly kind: string; readonly id?: string; readonly reason?: string }[];
  };
  /** Instances that have every read answered by the side that decides. */
  readonly suspended: readonly string[];
  /** What the last comparison and the last rehearsal came to; null: there was none. */
  readonly comparison: Measured | null;
  readonly rehearsal: Measured | null;
}

/** Figures with when, by the clock of the storage. */
export interface Measured {
  readonly at: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** What the command ends with. */
export function migrateStatus(taken: readonly TakenStep[], partial: boolean): MigrateStatus {
  const outcome = taken.at(-1)?.outcome;
  if (outcome === 'refused') return 4;
  return partial || outcome === 'stopped' ? 3 : 0;
}
