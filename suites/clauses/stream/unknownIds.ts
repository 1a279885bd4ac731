/** Ids under which nothing is stored, for every store that reads by id. */
import type { Surface } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Method } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { valueOf } from '../../harness/judging/observe.ts';
import { planned, unexpectedError, type Planned } from '../../harness/cases/plan.ts';
import type { Failure, Scope, Subject } from '../../harness/engine/property.ts';
import { jobOf, replayOf } from '../../harness/cases/records.ts';
import { literal } from '../../harness/judging/same.ts';

export const STORES = ['streams', 'users', 'idempotency', 'jobs'] as const;
export type Store = (typeof STORES)[number];

/** The surface that the store belongs to. */
export function surfaceOf(store: Store): Surface {
  return store === 'jobs' ? 'exports' : store;
}

/** Reads an id that was never used, then stores a record under it, and then deletes that record. */
export function unknownId(store: Store, scope: Scope, { surfaces }: Subject): Planned[] {
  if (!surfaces.includes(surfaceOf(store))) return [];
  const name = scope.id('nobody');
  const id = store === 'idempotency' ? `settle:${name}` : name;
  const answers = (method: Method, expected: unknown): Planned =>
    planned(direct(method, id), (record) => otherAnswer(method, expected, record));
  const gone = [answers(`${store}.get`, undefined)];
  if (store === 'users') return gone;
  gone.push(answers(`${store}.delete`, false));
  const get = direct(`${store}.get`, id);
  const created = [planned(CREATES[store](id)), planned(get, (record) => missing(`${store}.get`, record))];
  return [...gone, ...created, answers(`${store}.delete`, true), ...gone];
}

const CREATES = {
  streams: (id: string) => direct('streams.create', streamOf(id)),
  idempotency: (id: string) => direct('idempotency.insert', replayOf(id)),
  jobs: (id: string) => direct('jobs.create', jobOf(id, id)),
};

function missing(method: Method, record: StepRecord): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined || valueOf(record) !== undefined) return failed;
  return {
    summary: `${method} does not show what was stored under an id that it had been asked for before.`,
    expected: 'the record',
    actual: 'undefined',
  };
}

function otherAnswer(method: Method, expected: unknown, record: StepRecord): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined || valueOf(record) === expected) return failed;
  return {
    summary:
      expected === true
        ? `${method} of what had just been stored did not answer true.`
        : `${method} of an id under which nothing is stored did not answer ${String(expected)}.`,
    expected: String(expected),
    actual: literal(valueOf(record)),
  };
}
