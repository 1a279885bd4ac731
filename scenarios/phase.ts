/** What a run is doing at the moment, for the waiting user. */

export interface Phase {
  /** Completes "while …": `importing ./adapter.ts`. */
  readonly what: string;
  /** The longest duration, in milliseconds. Absent: the user chose the duration. */
  readonly atMostMs?: number;
  /** It is the same phase as before, with other words. */
  readonly goesOn?: true;
}

export type OnPhase = (phase: Phase) => void;
