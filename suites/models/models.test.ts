/** The judge's models and the service's state machine were written apart; they must say the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STREAM_STATUSES } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { applyOperation, type MachineState } from '../../adapters/protocol/machine.ts';
import { OPERATIONS, WORKLOADS, type Operation, type Workload } from '../../adapters/protocol/types.ts';
import type { StreamModel, StreamState } from './stream.ts';
import { streamBalance } from './streamBalance.ts';
import { streamLifecycle } from './streamLifecycle.ts';

const MODELS: Readonly<Record<Workload, StreamModel>> = {
  lifecycle: streamLifecycle,
  balance: streamBalance,
};

const amount = fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 10n ** 37n }));

/** Amounts of a stream: withdrawn ≤ released ≤ total. */
const states = fc
  .record({
    status: fc.constantFrom(...STREAM_STATUSES),
    revision: fc.nat(),
    amounts: fc.tuple(amount, amount, amount),
  })
  .map(({ status, revision, amounts }): StreamState => {
    const [withdrawn, released, total] = amounts.toSorted((a, b) => (a < b ? -1 : 1)) as [
      bigint,
      bigint,
      bigint,
    ];
    return { status, revision, total, released, withdrawn };
  });

function machineState({ status, revision, total, released, withdrawn }: StreamState): MachineState {
  return {
    status,
    revision,
    totalAmount: String(total),
    releasedAmount: String(released),
    withdrawnAmount: String(withdrawn),
  };
}

describe('models', () => {
  for (const workload of WORKLOADS) {
    it(`${MODELS[workload].name} steps as the service's machine does`, () => {
      fc.assert(
        fc.property(states, fc.constantFrom(...OPERATIONS), amount, (state, operation: Operation, size) => {
          const needsAmount = workload === 'balance' && (operation === 'settle' || operation === 'withdraw');
          const taken = needsAmount ? size + 1n : undefined;
          const theirs = applyOperation(machineState(state), {
            operation,
            workload,
            ...(taken === undefined ? {} : { amount: String(taken) }),
          });
          const ours = MODELS[workload].step(state, {
            f: operation,
            ...defined({ amount: taken }),
          });
          expect(ours.kind).toBe(theirs.kind);
          if (ours.kind === 'effect' && theirs.kind === 'effect')
            expect(machineState(ours.state)).toEqual(theirs.next);
        }),
        { numRuns: 5000 },
      );
    });
  }
});
