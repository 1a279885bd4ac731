/** What is judged of a drill, beside the one client history over both sides and all steps. */
import type { StrikePoint } from '../../scenarios/faults/points.ts';
import type { Judgement, Verdict } from '../result.ts';

export interface DrillJudgement {
  readonly verdict: Verdict;
  /** Why, in one sentence without its full stop. */
  readonly reason: string;
  /** Of the client history, by the rules of every load. */
  readonly judgement: Judgement;
  readonly steps: readonly StepResult[];
  readonly authority: AuthorityResult;
  /** At the end; null: nobody could compare the sides. */
  readonly comparison: EndComparison | null;
}

export interface EndComparison {
  readonly compared: number;
  readonly owed: number;
  /** Where the sides differ; the first of them. */
  readonly differences: readonly string[];
}

/** What a step came to. */
export interface StepResult {
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly verdict: Verdict;
  /** Why it is not ok. */
  readonly reason?: string;
  /** In milliseconds: until the whole fleet had taken it, and until it was over. */
  readonly takenMs: number;
  readonly durationMs: number;
  /** Effects that were answered for the first time. */
  readonly settles: number;
  readonly withdraws: number;
  /** Answers that repeat an earlier one, and those of them with other bytes. */
  readonly replays: number;
  readonly mismatches: number;
  /** Effects that took a token or a revision that was taken, and answered effects of which storage holds nothing. */
  readonly doubles: number;
  readonly losses: number;
  readonly faults: readonly StepFault[];
  /** Numbers that tell what it did: records examined, copied. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What struck in a step, or was to. */
export interface StepFault {
  readonly name: string;
  readonly point?: StrikePoint;
  readonly struck: boolean;
  /** What shows that it struck, or why it did not. */
  readonly text: string;
}

/** Whom the sides let write over the drill. */
export interface AuthorityResult {
  /** Harmless writes that were tried on either side, once it could tell whose they are. */
  readonly probes: number;
  /** Writes of an epoch that was over: tried, and accepted. */
  readonly outdatedTried: number;
  readonly outdatedAccepted: number;
  /** How often the authority was handed over. */
  readonly handOvers: number;
  /** The longest that neither side accepted writes at a hand over, in milliseconds; null: there was none. */
  readonly longestGapMs: number | null;
  /** What must not be: two sides that accept writes, a write of an epoch that was over. */
  readonly findings: readonly string[];
}
