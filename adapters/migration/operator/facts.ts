/** What the operator knows of a move when it decides: read from both storages, never from a file. */
import type { AuthorityState, MigrationSide, MigrationStatus, SchemaState } from '../../contract/index.ts';

/** Of one side. */
export interface SideFacts {
  /** What a move needs and the adapter lacks. */
  readonly lacks: readonly string[];
  readonly authority: AuthorityState;
  /** Tables and indexes; undefined: the adapter cannot say, or was not asked. */
  readonly schema?: SchemaState;
  /** The move that this storage is a side of. */
  readonly mark?: SideMark;
  /** A record that is none of the operator's or the migration's own; undefined: there is none. */
  readonly record?: { readonly kind: string; readonly id: string };
}

export interface SideMark {
  readonly move: string;
  readonly side: MigrationSide;
}

/** A step that was done, of those that no order tells of. */
export interface StepMark {
  /** The epoch in which it was. */
  readonly epoch: number;
  /** By the clock of the storage. */
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
