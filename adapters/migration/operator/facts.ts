/** The facts by which the operator decides. They are read from both storages, never from a file. */
import type { AuthorityState, MigrationSide, MigrationStatus, SchemaState } from '../../contract/index.ts';

/** The facts of one side. */
export interface SideFacts {
  /** The surfaces that a move needs and the adapter lacks. */
  readonly lacks: readonly string[];
  readonly authority: AuthorityState;
  /** The state of tables and indexes. Undefined: the adapter cannot tell, or was not asked. */
  readonly schema?: SchemaState;
  /** The move that this storage belongs to. */
  readonly mark?: SideMark;
  /** A record that neither the operator nor the migration stored. Undefined: there is none, or the side is marked. */
  readonly record?: { readonly kind: string; readonly id: string };
}

export interface SideMark {
  readonly move: string;
  readonly side: MigrationSide;
}

/** A step that was done. It is stored for those steps that leave no trace in orders or in the authority. */
export interface StepMark {
  /** The epoch in which the step was done. */
  readonly epoch: number;
  /** When it was done, by the clock of the storage. */
  readonly at: string;
  readonly figures: Readonly<Record<string, number>>;
}

export const MARKED_STEPS = ['backfill', 'compare', 'rehearse', 'hand-over'] as const;
export type MarkedStep = (typeof MARKED_STEPS)[number];

export interface Facts {
  readonly old: SideFacts;
  readonly new: SideFacts;
  readonly status: MigrationStatus;
  readonly marks: Readonly<Partial<Record<MarkedStep, StepMark>>>;
  /** The time of the storage that decides. */
  readonly now: string;
}
