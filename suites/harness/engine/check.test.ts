/** How a property is checked: what counts as the failure that was found while a case is made smaller. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findClause } from '../../../adapters/contract/index.ts';
import { startHost } from '../../../scenarios/host/process/host.ts';
import { NOTHING_BESIDE, type Host } from '../../../scenarios/host/index.ts';
import { CHAIN_LOCK } from '../../../scenarios/host/testing/targets.ts';
import type { ClauseResult } from '../../result.ts';
import { checkProperty } from './check.ts';
import { direct } from '../cases/generate.ts';
import { property, SERVICE, type Property, type Subject } from './property.ts';

let host: Host;
beforeAll(async () => {
  host = await startHost({ inProcess: true });
  await host.load(CHAIN_LOCK);
});
afterAll(() => host.close());

const differs = (numbers: readonly number[]): boolean => new Set(numbers).size > 1;

/** Of a store that, once numbers have differed, fails whatever it is asked. */
const differing = (hasDiffered = false): Property<readonly number[]> => ({
  clause: 'STREAM-01',
  arbitrary: () => fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 5 }),
  trial: (numbers, scope) => ({
    actors: numbers.map((number, instance) => ({
      instance,
      steps: [direct('streams.get', scope.id(`s${number}`))],
    })),
  }),
  judge: ({ input }) => {
    hasDiffered ||= differs(input);
    return hasDiffered ? { summary: input.join(), expected: 'nothing', actual: 'something' } : undefined;
  },
  exercised: ({ input }) => differs(input),
});

const check = (definition: Property<readonly number[]>, seed: number): Promise<ClauseResult> =>
  checkProperty(property(definition), {
    clause: findClause('STREAM-01') ?? expect.fail('expected the clause'),
    subject: { surfaces: ['streams'], capabilities: {} } as unknown as Subject,
    seed,
    runs: 20,
    budgetMs: 60_000,
    processes: 1,
    environments: [SERVICE],
    shrink: true,
    lab: {
      lend: async () => ({ hosts: [host], release: async () => NOTHING_BESIDE }),
      connections: new Map([[SERVICE, null]]),
      destroy: async () => NOTHING_BESIDE,
      prefix: 'x',
      blockMs: 1,
    },
    storageFailure: async () => undefined,
    now: () => performance.now(),
  });

it('shrinks a case that had what the clause speaks of to one that has it too', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { status, counterexample } = await check(differing(), seed);
    expect(status).toBe('violated');
    expect(counterexample?.shrinks).toBeGreaterThan(0);
    // The smallest case with two different numbers, not the smallest of all, which is 1,1,1.
    expect(new Set(counterexample?.summary.split(',')).size).toBe(2);
    expect(counterexample?.summary.split(',')).toHaveLength(3);
  }
});

/** Of a store that is late in these of its trials, counted from 0. */
const late = (isLate: (trial: number) => boolean): Property<readonly number[]> => {
  let trials = 0;
  return {
    ...differing(),
    judge: () => {
      trials += 1;
      return isLate(trials - 1)
        ? { summary: 'It was late.', expected: 'in time', actual: 'late', byTime: true }
        : undefined;
    },
    exercised: () => true,
  };
};

it('accuses nobody of a long wait that does not come again, and certifies nothing', async () => {
  const { status, reason, counterexample } = await check(
    late((trial) => trial === 2),
    1,
  );
  expect({ status, counterexample }).toEqual({ status: 'inconclusive', counterexample: undefined });
  expect(reason).toMatch(/^It was late\. It happened once, and not in 20 runs of the same program/);
});

it('takes a long wait for a violation that comes again, be it seldom', async () => {
  const { status, counterexample } = await check(
    late((trial) => trial >= 2 && trial % 9 === 2),
    1,
  );
  expect({ status, summary: counterexample?.summary }).toEqual({
    status: 'violated',
    summary: 'It was late.',
  });
});
