/** Reads that may fail in the storage. There, a failing read ends a transaction that nobody has rolled back. */
import type { Surface } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { view } from '../cases/generate.ts';
import type { Scope, Subject } from '../engine/property.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';

interface FailingRead {
  readonly surface: Surface;
  readonly call: (scope: Scope) => CallStep;
  /** Set if some adapters answer the read. */
  readonly mayBeAnswered?: true;
}

export const FAILING_READS: Vocabulary<FailingRead> = {
  name: 'failing reads',
  entries: {
    'get hostile id': { surface: 'streams', call: () => view('streams.get', 'a\u0000b\ud800') },
    'get long id': {
      surface: 'streams',
      call: () => view('streams.get', 'x'.repeat(20_000)),
      mayBeAnswered: true,
    },
    'list with bad cursor': {
      surface: 'streams',
      call: () => view('streams.list', { limit: 2, cursor: 'bm90IGEgY3Vyc29y' }),
    },
    'list with bad limit': { surface: 'streams', call: () => view('streams.list', { limit: 1e9 }) },
    'list with bad status': {
      surface: 'streams',
      call: () => view('streams.list', { limit: 2, status: "it's" }),
      mayBeAnswered: true,
    },
    'events with bad cursor': {
      surface: 'activity',
      call: (scope) => view('activity.list', { streamId: scope.id('s1'), limit: 2, cursor: '%' }),
    },
    'get malformed token': {
      surface: 'idempotency',
      call: () => view('idempotency.get', 'no colon\u0000'),
    },
  },
};

/** The reads that are possible on these surfaces. */
export function failingReadsOf(
  subject: Pick<Subject, 'surfaces' | 'omitted'>,
): [name: string, read: FailingRead][] {
  return entriesFor(FAILING_READS, subject)
    .filter(([, { surface }]) => subject.surfaces.includes(surface))
    .map(([name, read]) => [name, read]);
}
