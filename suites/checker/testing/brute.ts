/** What the checker is compared with: every order, tried one by one. */
import type { Operation, SequentialModel } from '../operation.ts';

/** Whether any order of `left` that agrees with real time is a run of the model. Optional ones may stay out. */
export function isLinearizable<Input, State>(
  model: SequentialModel<Input, State>,
  state: State,
  left: readonly Operation<Input>[],
): boolean {
  const required = left.filter((operation) => !operation.optional);
  if (required.length === 0) return true;
  const earliest = Math.min(...required.map((operation) => operation.return));
  return left
    .filter((operation) => operation.call <= earliest)
    .some((operation) => {
      const next = model.step(state, operation);
      return (
        next !== undefined &&
        isLinearizable(
          model,
          next,
          left.filter((other) => other !== operation),
        )
      );
    });
}

/** Whether `order` is such an order, for operations whose places are their ids. */
export function isLegalOrder<Input, State>(
  model: SequentialModel<Input, State>,
  initial: State,
  operations: readonly Operation<Input>[],
  order: readonly number[],
): boolean {
  if (new Set(order).size !== order.length) return false;
  const taken = new Set(order);
  if (operations.some((operation) => !operation.optional && !taken.has(operation.id))) return false;
  let state = initial;
  let latestCall = -Infinity;
  for (const id of order) {
    const operation = operations[id];
    if (operation === undefined || operation.return < latestCall) return false;
    const next = model.step(state, operation);
    if (next === undefined) return false;
    state = next;
    latestCall = Math.max(latestCall, operation.call);
  }
  return true;
}

/** A model of which only a search can tell. */
export function withoutDecision<Input, State>(
  model: SequentialModel<Input, State>,
): SequentialModel<Input, State> {
  return Object.fromEntries(
    Object.entries(model).filter(([name]) => name !== 'decide'),
  ) as unknown as SequentialModel<Input, State>;
}
