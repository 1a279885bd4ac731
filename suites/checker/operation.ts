/** What the checker sees of an operation, and what a sequential model says of it. Pure. */

/** One operation of one key. `Input` is what its model reads: what was asked, and what was answered. */
export interface Operation<Input = unknown> {
  /** Its place in the list of its key's operations. */
  readonly id: number;
  readonly client: number;
  /** Nanoseconds. Operations of which one returns as the other is called are concurrent. */
  readonly call: number;
  /** Infinity: no answer is known. */
  readonly return: number;
  /** What became of it is unknown: it takes effect at some time after its call, or never. Its answer is not compared. */
  readonly optional: boolean;
  readonly input: Input;
}

/**
 * What one key does when it is used by one client at a time. States are immutable; one that `step` returns for an
 * operation that changes nothing may be the same object.
 */
export interface SequentialModel<Input = unknown, State = unknown> {
  readonly name: string;
  /**
   * The state after `operation`; undefined when it cannot be answered in this state as it was. An optional operation
   * that would change nothing is undefined too: leaving it out says the same.
   */
  step(state: State, operation: Operation<Input>): State | undefined;
  /** Equal for equal states, different for different ones. */
  keyOf(state: State): string;
  /** Operations of one class step alike from every state. Absent: each is a class of its own. */
  classOf?(operation: Operation<Input>): string;
  /** Whether it changes no state, whatever it meets: a read, a refusal. Never true for an optional one. */
  isObservation(operation: Operation<Input>): boolean;
  /** `write 3`, `get → "x"`. */
  label(operation: Operation<Input>): string;
  /** `the register holds 3`. */
  describe(state: State): string;
  /** Why `step` is undefined: `it read 4, and the register holds 3`. */
  refusal(state: State, operation: Operation<Input>): string;
  /** An answer that is wrong in every order, whatever else there is; undefined: none is found to be. */
  unwritten?(operations: readonly Operation<Input>[]): Unwritten | undefined;
  /** An exact answer by a faster way than a search; undefined: only a search can tell. */
  decide?(initial: State, operations: readonly Operation<Input>[]): OrderDecision | undefined;
  /**
   * The model for a search over just these operations: it may refuse what cannot be part of an order of all of them, and
   * steps like this one otherwise.
   */
  among?(operations: readonly Operation<Input>[]): SequentialModel<Input, State>;
  /** The operation without what `decide` went by, so that a search can say whether the rest contradicts too. */
  blind?(operation: Operation<Input>): Operation<Input>;
}

/** `operation` is a place in the list of operations. */
export interface Unwritten {
  readonly operation: number;
  /** `it read 7, which no operation wrote`. */
  readonly why: string;
}

/** Ids are places in the list of operations. */
export type OrderDecision =
  | { readonly verdict: 'ok'; readonly order: () => number[] }
  | {
      readonly verdict: 'illegal';
      readonly operation: number;
      readonly other?: number;
      /** A sentence without its subject, which is `operation`: `made revision 4, which b had made too`. */
      readonly problem: string;
    };
