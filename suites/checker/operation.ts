/** An operation in the form that the checker needs, and sequential models of a key. Pure. */

/** One operation on one key. `Input` is what its model needs: the request and the answer. */
export interface Operation<Input = unknown> {
  /** The operation's index in the list of its key's operations. */
  readonly id: number;
  readonly client: number;
  /** In nanoseconds. Two operations are concurrent if one returns at the time at which the other is called. */
  readonly call: number;
  /** Infinity: there is no known answer. */
  readonly return: number;
  /**
   * Whether the outcome is unknown: the operation takes effect at some time after its call, or never. Its answer is not
   * compared.
   */
  readonly optional: boolean;
  readonly input: Input;
}

/**
 * What one key does if one client at a time uses it. States are immutable. `step` may return the same object if an
 * operation changes nothing.
 */
export interface SequentialModel<Input = unknown, State = unknown> {
  readonly name: string;
  /**
   * The state after `operation`. Undefined: in this state the operation could not have had its answer. Also undefined
   * for an optional operation that would change nothing, because leaving it out means the same.
   */
  step(state: State, operation: Operation<Input>): State | undefined;
  /** The same for equal states, and different for different ones. */
  keyOf(state: State): string;
  /** Operations of the same class have the same effect on every state. Absent: each operation is its own class. */
  classOf?(operation: Operation<Input>): string;
  /** Whether it never changes a state: a read, a refusal. Never true for an optional operation. */
  isObservation(operation: Operation<Input>): boolean;
  /** `write 3`, `get → "x"`. */
  label(operation: Operation<Input>): string;
  /** `the register holds 3`. */
  describe(state: State): string;
  /** Why `step` is undefined: `it read 4, and the register holds 3`. */
  refusal(state: State, operation: Operation<Input>): string;
  /** An answer that is wrong in every order. Undefined: none was found. */
  unwritten?(operations: readonly Operation<Input>[]): Unwritten | undefined;
  /** An exact decision that is faster than a search. Undefined: only a search can decide. */
  decide?(initial: State, operations: readonly Operation<Input>[]): OrderDecision | undefined;
  /**
   * A model for a search over only these operations. It may refuse what cannot be part of an order of all of them.
   * Apart from that, it has the same steps.
   */
  among?(operations: readonly Operation<Input>[]): SequentialModel<Input, State>;
  /**
   * The operation without the information that `decide` uses, so that a search can show whether the rest is
   * contradictory as well.
   */
  blind?(operation: Operation<Input>): Operation<Input>;
}

/** `operation` is an index into the list of operations. */
export interface Unwritten {
  readonly operation: number;
  /** `it read 7, which no operation wrote`. */
  readonly why: string;
}

/** Ids are indices into the list of operations. */
export type OrderDecision =
  | { readonly verdict: 'ok'; readonly order: () => number[] }
  | {
      readonly verdict: 'illegal';
      readonly operation: number;
      readonly other?: number;
      /** A sentence without its subject, which is `operation`: `made revision 4, which b had made too`. */
      readonly problem: string;
    };
