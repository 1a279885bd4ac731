import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STREAM_STATUSES } from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import {
  applyOperation,
  OPERATIONS,
  WORKLOADS,
  type MachineOutcome,
  type MachineRequest,
  type MachineState,
  type Operation,
} from './index.ts';
import { codeFrom } from '../contract/testing/codeFrom.ts';

function state(fields: Partial<MachineState>): MachineState {
  const amounts = { releasedAmount: '0', withdrawnAmount: '0', totalAmount: '100' };
  return { status: 'active', revision: 7, ...amounts, ...fields };
}

function lifecycle(operation: Operation): MachineRequest {
  return { operation, workload: 'lifecycle' };
}

function balance(operation: Operation, amount?: string): MachineRequest {
  return { operation, workload: 'balance', ...defined({ amount }) };
}

describe('lifecycle', () => {
  // As the design words it: status, operation, next status; everything that is not listed is refused.
  const allowed: readonly [string, Operation, string][] = [
    ['draft', 'start', 'active'],
    ['draft', 'stop', 'ended'],
    ['active', 'start', 'unchanged'],
    ['active', 'pause', 'paused'],
    ['active', 'stop', 'ended'],
    ['active', 'settle', 'ended'],
    ['paused', 'start', 'active'],
    ['paused', 'pause', 'unchanged'],
    ['paused', 'stop', 'ended'],
    ['paused', 'settle', 'ended'],
    ['ended', 'stop', 'unchanged'],
    ['ended', 'settle', 'unchanged'],
    ['ended', 'withdraw', 'withdrawn'],
    ['withdrawn', 'withdraw', 'unchanged'],
  ];

  test.each(STREAM_STATUSES.flatMap((status) => OPERATIONS.map((operation) => [status, operation] as const)))(
    '%s: %s',
    (status, operation) => {
      const expected = allowed.find(([from, by]) => from === status && by === operation)?.[2] ?? 'refused';
      const outcome = applyOperation(state({ status }), lifecycle(operation));
      expect(outcome.kind === 'effect' ? outcome.next.status : outcome.kind).toBe(expected);
      if (outcome.kind === 'effect') expect(outcome.next.revision).toBe(8);
      if (outcome.kind === 'refused') expect(outcome.code).toBe('INVALID_STATE');
    },
  );

  test('settle releases what is left, withdraw takes what was released, and both move exactly that', () => {
    const settled = applyOperation(state({ releasedAmount: '30' }), lifecycle('settle'));
    expect(settled).toEqual({
      kind: 'effect',
      next: state({ status: 'ended', revision: 8, releasedAmount: '100' }),
      payoutAmount: '70',
    });
    const withdrawn = applyOperation(
      state({ status: 'ended', releasedAmount: '100', withdrawnAmount: '25' }),
      lifecycle('withdraw'),
    );
    expect(withdrawn).toEqual({
      kind: 'effect',
      next: state({ status: 'withdrawn', revision: 8, releasedAmount: '100', withdrawnAmount: '100' }),
      payoutAmount: '75',
    });
  });

  test('a stopped stream pays nothing when it is withdrawn', () => {
    const outcome = applyOperation(state({ status: 'ended' }), lifecycle('withdraw'));
    expect(outcome).toMatchObject({ kind: 'effect', payoutAmount: '0' });
  });

  test('start, pause and stop promise no payout', () => {
    for (const operation of ['start', 'pause', 'stop'] as const)
      expect(applyOperation(state({ status: 'draft' }), lifecycle(operation))).not.toHaveProperty(
        'payoutAmount',
      );
  });
});

describe('balance', () => {
  test('amounts move exactly, and only as far as they are covered', () => {
    const big = state({ totalAmount: '9'.repeat(38), releasedAmount: '9007199254740993' });
    expect(applyOperation(big, balance('settle', '1'))).toMatchObject({
      next: { releasedAmount: '9007199254740994', status: 'active' },
      payoutAmount: '1',
    });
    expect(applyOperation(state({}), balance('settle', '101'))).toEqual({
      kind: 'refused',
      code: 'OVER_TOTAL',
    });
    expect(applyOperation(state({}), balance('settle', '100')).kind).toBe('effect');
    const part = state({ releasedAmount: '10', withdrawnAmount: '4' });
    expect(applyOperation(part, balance('withdraw', '7'))).toEqual({ kind: 'refused', code: 'NOT_COVERED' });
    expect(applyOperation(part, balance('withdraw', '6'))).toMatchObject({ next: { withdrawnAmount: '10' } });
  });

  test('the status still decides', () => {
    const refused = { kind: 'refused', code: 'INVALID_STATE' };
    expect(applyOperation(state({ status: 'draft' }), balance('settle', '1'))).toEqual(refused);
    expect(applyOperation(state({ status: 'ended' }), balance('settle', '1'))).toEqual(refused);
    expect(applyOperation(state({ status: 'cancelled' }), balance('withdraw', '1'))).toEqual(refused);
    expect(applyOperation(state({ status: 'active' }), balance('start')).kind).toBe('unchanged');
  });

  test.each([undefined, '0', '01', '-1', '1.5', '', '1'.repeat(39), 5 as never])(
    'an amount of %j is INVALID_RECORD whatever the state',
    (amount) => {
      for (const status of STREAM_STATUSES)
        expect(codeFrom(() => applyOperation(state({ status }), balance('settle', amount)))).toBe(
          'INVALID_RECORD',
        );
    },
  );

  test('an amount that nothing asks for is INVALID_RECORD', () => {
    expect(codeFrom(() => applyOperation(state({}), balance('pause', '1')))).toBe('INVALID_RECORD');
    expect(codeFrom(() => applyOperation(state({}), { ...lifecycle('settle'), amount: '1' }))).toBe(
      'INVALID_RECORD',
    );
  });
});

test('whatever is asked, withdrawn ≤ released ≤ total, revisions count effects, and payouts add up', () => {
  const requests = fc.tuple(fc.constantFrom(...OPERATIONS), fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...WORKLOADS),
      fc.constantFrom(...STREAM_STATUSES),
      fc.array(requests, { maxLength: 30 }),
      (workload, status, operations) => {
        let current = state({ status, revision: 0 });
        let effects = 0;
        const moved = { settle: 0n, withdraw: 0n };
        for (const [operation, units] of operations) {
          const needsAmount = workload === 'balance' && (operation === 'settle' || operation === 'withdraw');
          const request = { operation, workload, ...(needsAmount ? { amount: String(units) } : {}) };
          const before = structuredClone(current);
          const outcome: MachineOutcome = applyOperation(current, request);
          expect(current).toEqual(before);
          if (outcome.kind !== 'effect') continue;
          effects += 1;
          current = outcome.next;
          if (operation === 'settle' || operation === 'withdraw')
            moved[operation] += BigInt(outcome.payoutAmount ?? -1);
          expect(BigInt(current.withdrawnAmount)).toBeLessThanOrEqual(BigInt(current.releasedAmount));
          expect(BigInt(current.releasedAmount)).toBeLessThanOrEqual(BigInt(current.totalAmount));
        }
        expect(current.revision).toBe(effects);
        expect([String(moved.settle), String(moved.withdraw)]).toEqual([
          current.releasedAmount,
          current.withdrawnAmount,
        ]);
      },
    ),
    { numRuns: 500 },
  );
});
