/** The checker's answer for each key, with everything that a picture needs. */
import type { Operation, SequentialModel, Unwritten } from './operation.ts';

/** `unknown`: a budget ended before there was an answer. This never counts as `ok`. */
export type CheckVerdict = 'ok' | 'illegal' | 'unknown';

/**
 * Why there is no answer. `time`, `memory`: the budget ended. `elsewhere`: another key was illegal, which decides the
 * history, before the search of this one was finished. `interrupted`: the caller stopped the check.
 */
export type UnknownReason = 'time' | 'memory' | 'elsewhere' | 'interrupted';

/** A history is linearizable if each of its keys is. Keys are judged separately. */
export interface History<Input = unknown, State = unknown> {
  readonly model: SequentialModel<Input, State>;
  readonly keys: readonly KeyHistory<Input, State>[];
  /** The number of lines that say nothing about any key: failures, reads without an answer, scans. */
  readonly ignored: number;
  /** The origin of its times, an integer. Absent: 0. */
  readonly timesFrom?: string;
}

export interface KeyHistory<Input = unknown, State = unknown> {
  readonly key: string;
  readonly initial: State;
  /** Each operation's index is its id. For a large history they are computed again for each call. */
  readonly operations: readonly Operation<Input>[];
}

export interface CheckResult<Input = unknown, State = unknown> {
  readonly model: SequentialModel<Input, State>;
  /** The verdict of the whole: illegal if any key is; else unknown if any key is, or if no operation was answered. */
  readonly verdict: CheckVerdict;
  readonly operations: number;
  readonly ignored: number;
  readonly timesFrom?: string;
  /**
   * Set if the whole is unknown for another reason than its keys: no operation was answered, so nothing could have been
   * wrong.
   */
  readonly reason?: 'unanswered';
  /** In the order of the history. */
  readonly keys: readonly KeyResult<Input, State>[];
  /** The number of steps of the model in all searches. */
  readonly steps: number;
  /** The time for the verdict in milliseconds, without explanations. */
  readonly decidedMs: number;
}

/** Ids are indices into `operations`. */
export interface KeyResult<Input = unknown, State = unknown> {
  readonly key: string;
  readonly verdict: CheckVerdict;
  readonly operations: readonly Operation<Input>[];
  readonly initial: State;
  readonly by: 'values' | 'version order' | 'search';
  readonly steps: number;
  /** If ok: an order that explains every answer. Optional operations that are missing from it had no effect. */
  readonly order?: () => readonly number[];
  readonly reason?: UnknownReason;
  /** If a search found it illegal or unknown: the longest order that it reached. */
  readonly reached?: Prefix;
  /**
   * If values alone show that it is illegal: a single answer is the reason, so there is neither a core nor an order.
   */
  readonly unwritten?: Unwritten;
  /** If the version order shows that it is illegal. */
  readonly versions?: VersionProblem;
  /** If illegal: the explanation, as far as the budget allowed. */
  readonly explanation?: Explanation<Input>;
}

/** An order that is legal but cannot be continued. */
export interface Prefix {
  readonly order: readonly number[];
  /** The state after it, in words. */
  readonly state: string;
  /**
   * The operations that had to come next in real time, and why they could not. The one that blocks all later ones comes
   * first.
   */
  readonly stuck: readonly Stuck[];
}

export interface Stuck {
  readonly operation: number;
  /** `it read 4, and the register holds 3`. */
  readonly why: string;
}

export interface VersionProblem {
  readonly operation: number;
  readonly other?: number;
  /** A sentence whose subject is `operation`. */
  readonly problem: string;
  /** The verdict of a search that ignores revisions. `ok` means that only the revisions are contradictory. */
  readonly withoutRevisions: CheckVerdict;
}

export interface Explanation<Input = unknown> {
  readonly core: Core<Input>;
  /** Absent if the key has too many operations. */
  readonly partials?: Partials;
}

/** A smaller illegal history, which proves that the whole is illegal. */
export interface Core<Input = unknown> {
  /**
   * Their ids are new. `call` is -Infinity and `return` is Infinity if the time does not matter. An operation that is
   * `optional` here although it was answered does not matter by its answer either.
   */
  readonly operations: readonly Operation<Input>[];
  /** The ids of these operations in the key's history. */
  readonly origins: readonly number[];
  /** Whether every move that could make it smaller was tried to the end. */
  readonly minimal: boolean;
  /** Its ids are those of the core. */
  readonly prefix: Prefix;
}

/** For each operation, the longest reached order that contains it. */
export interface Partials {
  readonly orders: readonly (readonly number[])[];
  /** For each operation, its index in `orders`. -1: none contains it. */
  readonly longest: readonly number[];
}
