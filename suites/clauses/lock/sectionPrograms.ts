/**
 * Programs of one section: what it reads of its own writes to one record, and of records that it announced to read.
 */
import type { LockOptions } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/cases/generate.ts';
import { planned, type Planned } from '../../harness/cases/plan.ts';
import { jobOf, replayOf } from '../../harness/cases/records.ts';
import type { Scope } from '../../harness/engine/property.ts';
import { answers, type ListedProgram } from '../../harness/parts/listedPrograms.ts';

/** Revisions of the streams of one id, in the order in which they are stored. */
const [FIRST, SECOND] = [3, 7];
/** More than storages accept in one batch. */
const BATCH = 101;

const revisionIn = (value: unknown): unknown =>
  (value as { readonly revision?: unknown } | undefined)?.revision;
const fileIn = (value: unknown): unknown => (value as { readonly fileName?: unknown } | undefined)?.fileName;
const bodyIn = (value: unknown): unknown => (value as { readonly body?: unknown } | undefined)?.body;

function stored(id: string, revision: number): CallStep {
  return view('streams.create', streamOf(id, { revision }));
}

/** Checks the stream's revision in the section and after it. */
function reads(id: string, revision: number | undefined, what: string): Planned {
  return planned(view('streams.get', id), answers(revision, what, revisionIn));
}

function deletes(id: string): Planned {
  return planned(view('streams.delete', id), answers(true, 'the stream was there'));
}

/** One section of a stream: its writes, its end, and the revisions that must be read in it and afterwards. */
function ofOneStream(
  what: string,
  {
    isThere,
    writes,
    end,
  }: {
    readonly isThere: boolean;
    readonly writes: (id: string) => readonly Planned[];
    readonly end: number | undefined;
  },
): ListedProgram {
  return {
    what: `a stream that was ${what} in one section`,
    plan: (scope) => {
      const id = scope.id('s1');
      const why = `the stream was ${what} in one section`;
      return [
        ...(isThere ? [planned(direct('streams.create', streamOf(id, { revision: FIRST })))] : []),
        planned(enter(id)),
        ...writes(id),
        reads(id, end, why),
        planned(leave),
        reads(id, end, why),
      ];
    },
  };
}

/** A section that announces before it begins which `ids` it will read, and reads the last of these. */
function prefetching(
  what: string,
  kind: 'streams' | 'tokens',
  idsOf: (id: (name: string) => string) => readonly string[],
): ListedProgram {
  const [put, get, shown] =
    kind === 'streams'
      ? ([
          (id: string) => direct('streams.create', streamOf(id, { revision: FIRST })),
          view('streams.get'),
          revisionIn,
        ] as const)
      : ([
          (id: string) => direct('idempotency.insert', replayOf(id, { body: `${FIRST}` })),
          view('idempotency.get'),
          bodyIn,
        ] as const);
  return {
    what: `a section that announced reads of ${what}`,
    needs: kind === 'streams' ? [] : ['idempotency'],
    plan: (scope: Scope) => {
      const ids = idsOf((name) => (kind === 'streams' ? scope.id(name) : `settle:${scope.asIs(name)}`));
      const last = ids.at(-1) as string;
      const prefetch: LockOptions['prefetch'] = { [kind]: ids };
      return [
        planned(put(last)),
        planned(enter(scope.id('s1'), { prefetch })),
        planned(
          { ...get, args: [last] },
          answers(kind === 'streams' ? FIRST : `${FIRST}`, 'it is stored', shown),
        ),
        planned(leave),
      ];
    },
  };
}

const many = (id: (name: string) => string): string[] =>
  Array.from({ length: BATCH }, (_, index) => id(`r${index}`));
const twice = (id: (name: string) => string): string[] => [id('r1'), id('r1')];

export const SECTION_PROGRAMS: readonly ListedProgram[] = [
  ofOneStream('deleted and created again', {
    isThere: true,
    writes: (id) => [
      deletes(id),
      reads(id, undefined, 'the section has deleted the stream'),
      planned(stored(id, SECOND)),
    ],
    end: SECOND,
  }),
  ofOneStream('deleted, created again and deleted again', {
    isThere: true,
    writes: (id) => [deletes(id), planned(stored(id, SECOND)), deletes(id)],
    end: undefined,
  }),
  ofOneStream('created and deleted', {
    isThere: false,
    writes: (id) => [planned(stored(id, SECOND)), deletes(id)],
    end: undefined,
  }),
  ofOneStream('replaced and deleted', {
    isThere: true,
    writes: (id) => [planned(view('streams.put', streamOf(id, { revision: SECOND }))), deletes(id)],
    end: undefined,
  }),
  {
    what: 'an export job that was deleted and requested again in one section',
    needs: ['exports'],
    plan: (scope) => {
      const id = scope.id('e1');
      const fileName = 'anew.csv';
      const read = planned(view('jobs.get', id), answers(fileName, 'the job was requested again', fileIn));
      return [
        planned(direct('jobs.create', jobOf(id, id))),
        planned(enter(scope.id('s1'))),
        planned(view('jobs.delete', id), answers(true, 'the job was there')),
        planned(view('jobs.create', jobOf(id, id, { fileName }))),
        read,
        planned(leave),
        read,
        planned(direct('jobs.delete', id)),
      ];
    },
  },
  prefetching(`${BATCH} streams`, 'streams', many),
  prefetching('a stream, and named it twice', 'streams', twice),
  prefetching(`${BATCH} tokens`, 'tokens', many),
  prefetching('a token, and named it twice', 'tokens', twice),
];
