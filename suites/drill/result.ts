/** What is judged of a drill, besides the history of the clients over both sides and all steps. */
import type { StrikePoint } from '../../scenarios/faults/points.ts';
import type { Judgement, Verdict } from '../result.ts';

export interface DrillJudgement {
  readonly verdict: Verdict;
  /** Why, in one sentence without its full stop. */
  readonly reason: string;
  /** The client history, judged by the rules of every load. */
  readonly judgement: Judgement;
  readonly steps: readonly StepResult[];
  readonly authority: AuthorityResult;
  /** The comparison at the end. Null: the sides could not be compared. */
  readonly comparison: EndComparison | null;
}

export interface EndComparison {
  readonly compared: number;
  readonly owed: number;
  /** The first differences between the sides. */
  readonly differences: readonly string[];
}

/** The result of a step. */
export interface StepResult {
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly verdict: Verdict;
  /** Why the step is not ok. */
  readonly reason?: string;
  /** In milliseconds: until the whole fleet had taken the step, and until the step was over. */
  readonly takenMs: number;
  readonly durationMs: number;
  /** Effects that were answered for the first time. */
  readonly settles: number;
  readonly withdraws: number;
  /** Answers that repeat an earlier one, and how many of them had other bytes. */
  readonly replays: number;
  readonly mismatches: number;
  /** Effects whose token or revision was already taken, and answered effects that are not in storage. */
  readonly doubles: number;
  readonly losses: number;
  readonly faults: readonly StepFault[];
  /** Counts of what the step did: records examined, records copied. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A fault that struck in a step, or was planned to. */
export interface StepFault {
  readonly name: string;
  readonly point?: StrikePoint;
  readonly struck: boolean;
  /** The proof that the fault struck, or why it did not. */
  readonly text: string;
}

/** Which writers the sides accepted during the drill. */
export interface AuthorityResult {
  /** Probes on both sides: writes that change nothing, sent once the side could tell who wrote. */
  readonly probes: number;
  /** Writes of an epoch that was over: how many were tried, and how many were accepted. */
  readonly outdatedTried: number;
  readonly outdatedAccepted: number;
  /** How often the authority was handed over. */
  readonly handOvers: number;
  /** The longest time in which neither side accepted writes during a hand over, in milliseconds; null: no hand over. */
  readonly longestGapMs: number | null;
  /** What must not happen: two sides that accept writes, or a write of an epoch that was over. */
  readonly findings: readonly string[];
}
