/** What a run is at, for whoever waits for it. */

export interface Phase {
  /** In the words of "while …": `importing ./adapter.ts`. */
  readonly what: string;
  /** How long it may take, in milliseconds; absent: as long as the user asked for. */
  readonly atMostMs?: number;
  /** It is the phase before, in words that have changed. */
  readonly goesOn?: true;
}

export type OnPhase = (phase: Phase) => void;
