/** Many other answers are stored after one: it must not be forgotten in favor of them. */
import fc from 'fast-check';
import { direct } from '../cases/generate.ts';
import { replayOf } from '../cases/records.ts';
import { calls, valueOf } from '../judging/observe.ts';
import type { Scope, TrialRun } from '../engine/property.ts';
import { atOnce, MANY_OTHERS } from '../vocabulary/limits.ts';
import type { Part } from './joined.ts';

interface Case {
  readonly others: number;
}

/** Of those that were stored first, so many are read. */
const READ = 3;

export const otherTokens: Part<Case> = {
  applies: () => true,
  arbitrary: () => fc.record({ others: fc.integer({ min: READ, max: 10 }) }),
  examples: () => [{ others: MANY_OTHERS }],
  situations: () => [
    {
      name: `an answer that was read after ${MANY_OTHERS} others had been stored`,
      occurred: ({ input, setup }) => input.others === MANY_OTHERS && setup.length > MANY_OTHERS,
    },
  ],
  trial: ({ others }, scope) => {
    const insert = (index: number): ReturnType<typeof direct> =>
      direct('idempotency.insert', replayOf(tokenOf(index, scope)));
    const rest = Array.from({ length: others }, (_, index) => insert(READ + index));
    const first = Array.from({ length: READ }, (_, index) => index);
    return {
      setup: [...first.map(insert), ...atOnce(rest)],
      actors: [
        { instance: 0, steps: first.map((index) => direct('idempotency.get', tokenOf(index, scope))) },
      ],
    };
  },
  judge: forgotten,
};

function tokenOf(index: number, scope: Scope): string {
  return `settle:${scope.asIs(`k${index}`)}`;
}

function forgotten(run: TrialRun<Case>): ReturnType<typeof otherTokens.judge> {
  const read = calls(run, 'idempotency.get').find(({ record }) => valueOf(record) === undefined);
  if (read === undefined) return undefined;
  return {
    summary: `An answer was gone after ${run.input.others} others had been stored: a client that retries is executed again.`,
    expected: 'the stored answer, for as long as it has not expired',
    actual: 'get answered no record',
    marked: [read.record],
  };
}
