/** Many answers, and many running executions. */
import { direct } from '../../harness/cases/generate.ts';
import { LONG_LEASE_MS, replayOf } from '../../harness/cases/records.ts';
import { calls, valueOf } from '../../harness/judging/observe.ts';
import type { Scope } from '../../harness/engine/property.ts';
import type { Kind } from '../../harness/parts/manyOthers.ts';
import { begin, begunBy } from './executions.ts';

function tokenOf(number: number, scope: Scope): string {
  return `settle:${scope.asIs(`k${number}`)}`;
}

export const ANSWERS: Kind = {
  situation: 'an answer that was read',
  applies: () => true,
  store: (number, scope) => direct('idempotency.insert', replayOf(tokenOf(number, scope))),
  look: (number, scope) => direct('idempotency.get', tokenOf(number, scope)),
  judge: (run, others) => {
    const gone = calls(run, 'idempotency.get').find(({ record }) => valueOf(record) === undefined);
    if (gone === undefined) return undefined;
    return {
      summary: `An answer was gone after ${others} others had been stored: a client that retries is executed again.`,
      expected: 'the stored answer, for as long as it has not expired',
      actual: 'get answered no record',
      marked: [gone.record],
    };
  },
};

export const EXECUTIONS: Kind = {
  situation: 'an execution that was asked for again',
  applies: ({ capabilities }) => capabilities.idempotencyClaims,
  store: (number, scope) => begin(tokenOf(number, scope), LONG_LEASE_MS),
  look: (number, scope) => begin(tokenOf(number, scope), LONG_LEASE_MS),
  judge: (run, others) => {
    const again = calls(run, 'idempotency.begin').find(
      ({ record }) => begunBy(record)?.outcome === 'started',
    );
    if (again === undefined) return undefined;
    return {
      summary: `An execution was under way, and after ${others} others had begun, it was started a second time.`,
      expected: 'inProgress, until it has finished or its lease has expired',
      actual: 'started',
      marked: [again.record],
    };
  },
};
