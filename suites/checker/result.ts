/** What the checker answers, key by key, with all that a picture of it needs. */
import type { Operation, SequentialModel, Unwritten } from './operation.ts';

/** `unknown`: a budget ended before there was an answer. It is never `ok`. */
export type CheckVerdict = 'ok' | 'illegal' | 'unknown';

/**
 * Why there is no answer. `time`, `memory`: the budget ended. `elsewhere`: another key was found illegal, which settles
 * the history, before the search of this one was done. `interrupted`: the caller stopped it.
 */
export type UnknownReason = 'time' | 'memory' | 'elsewhere' | 'interrupted';

/** A history is linearizable if each of its keys is, and each is judged alone. */
export interface History<Input = unknown, State = unknown> {
  readonly model: SequentialModel<Input, State>;
  readonly keys: readonly KeyHistory<Input, State>[];
  /** Lines that tell nothing about any key: failures, reads without an answer, scans. */
  readonly ignored: number;
  /** What its times are counted from, a whole number; absent: from 0. */
  readonly timesFrom?: string;
}

export interface KeyHistory<Input = unknown, State = unknown> {
  readonly key: string;
  readonly initial: State;
  /** The place of each is its id. A large history makes them anew each time it is asked. */
  readonly operations: readonly Operation<Input>[];
}

export interface CheckResult<Input = unknown, State = unknown> {
  readonly model: SequentialModel<Input, State>;
  /** Of the whole: illegal if one key is, else unknown if one key is or nothing was answered. */
  readonly verdict: CheckVerdict;
  readonly operations: number;
  readonly ignored: number;
  readonly timesFrom?: string;
  /** The whole is unknown, whatever its keys are: no operation was answered, so nothing could have been wrong. */
  readonly reason?: 'unanswered';
  /** In the order of the history. */
  readonly keys: readonly KeyResult<Input, State>[];
  /** How often the model was asked by searches for the verdict. */
  readonly steps: number;
  /** Milliseconds that the verdict took; explaining it is not counted. */
  readonly decidedMs: number;
}

/** Ids are places in `operations`. */
export interface KeyResult<Input = unknown, State = unknown> {
  readonly key: string;
  readonly verdict: CheckVerdict;
  readonly operations: readonly Operation<Input>[];
  readonly initial: State;
  readonly by: 'values' | 'version order' | 'search';
  readonly steps: number;
  /** ok: an order that explains every answer. Optional operations that are not in it had no effect. */
  readonly order?: () => readonly number[];
  readonly reason?: UnknownReason;
  /** Illegal or unknown by search: the longest order that was reached. */
  readonly reached?: Prefix;
  /** Illegal by values: there is neither a core nor an order, for one answer alone says it. */
  readonly unwritten?: Unwritten;
  /** Illegal by version order. */
  readonly versions?: VersionProblem;
  /** Illegal: as much as the budget allowed. */
  readonly explanation?: Explanation<Input>;
}

/** An order that works as far as it goes. */
export interface Prefix {
  readonly order: readonly number[];
  /** The state after it, in words. */
  readonly state: string;
  /** What had to come next by real time, and why it could not; the one that blocks everything later is first. */
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
  /** What a search says when revisions are not compared: `ok` means that only the revisions contradict. */
  readonly withoutRevisions: CheckVerdict;
}

export interface Explanation<Input = unknown> {
  readonly core: Core<Input>;
  /** Absent when the key has too many operations to tell it for each. */
  readonly partials?: Partials;
}

/** A smaller history that is illegal too, and whose being illegal proves that the whole is. */
export interface Core<Input = unknown> {
  /**
   * Numbered anew. `call` is -Infinity and `return` Infinity where the time does not matter; one that is `optional`
   * here although it was answered is illegal even if nothing is known of its answer.
   */
  readonly operations: readonly Operation<Input>[];
  /** The ids that they have in the key's history. */
  readonly origins: readonly number[];
  /** Whether every move that might make it smaller was tried to the end. */
  readonly minimal: boolean;
  /** Ids are those of the core. */
  readonly prefix: Prefix;
}

/** For each operation, the longest order that was reached and holds it. */
export interface Partials {
  readonly orders: readonly (readonly number[])[];
  /** By operation: its place in `orders`, -1 for one that was in none. */
  readonly longest: readonly number[];
}
