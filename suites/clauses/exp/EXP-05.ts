import fc from 'fast-check';
import type { ExportJob, Page } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, saved } from '../../harness/cases/generate.ts';
import { codeOf, finaleValue, observed, valueOf, type Observed } from '../../harness/judging/observe.ts';
import { distinctRecords } from '../../harness/parts/distinct.ts';
import { joined } from '../../harness/parts/joined.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { jobOf } from '../../harness/cases/records.ts';

interface Job {
  readonly owner: string;
  readonly requestedAt: string;
}

interface Case {
  readonly jobs: readonly Job[];
  /** The index of the deleted job. Undefined: none is deleted. */
  readonly deleted: number | undefined;
  readonly limit: number;
}

/** Names that filters by pattern, case or prefix confuse. */
const OWNERS = ['a', 'A', 'ab', 'a%', 'a_', 'a ', 'á', 'a|b'] as const;

/** Only two times, so that jobs of several owners share a time and pages end between them. */
const TIMES = ['2026-01-31T08:15:00.123456Z', '2026-01-31T08:15:00.123457Z'] as const;

/**
 * Jobs of owners with similar names, one of which may be deleted. Each owner lists its jobs page by page, and must
 * see all of its own jobs and no others.
 */
const LISTS: Property<Case> = {
  clause: 'EXP-05',
  arbitrary: () =>
    fc.record({
      jobs: fc.array(
        fc.record({ owner: fc.constantFrom(...OWNERS), requestedAt: fc.constantFrom(...TIMES) }),
        { minLength: 2, maxLength: 8, size: 'max' },
      ),
      deleted: fc.option(fc.nat({ max: 1 }), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  trial: (input, scope) => ({
    setup: [
      ...input.jobs.map(({ owner, requestedAt }, index) =>
        direct('jobs.create', jobOf(scope.id(nameAt(index)), scope.id(owner), { requestedAt })),
      ),
      ...(input.deleted === undefined ? [] : [direct('jobs.delete', scope.id(nameAt(input.deleted)))]),
    ],
    actors: OWNERS.map((owner, index) => ({
      instance: index + 1,
      steps: pagesOf(input, owner, scope.id(owner)),
    })),
    // The ids of later trials sort first, so the scan shows the jobs of this trial.
    finale: [direct('jobs.scan', { limit: input.jobs.length })],
  }),
  judge: (run) => {
    for (const [index, owner] of OWNERS.entries()) {
      const own = namesOf(run.input, owner);
      const pages = observed(run).filter(({ record }) => record.actor === index);
      const listed = pages.map((page) => namesIn(page, run));
      if (listed.flat().toSorted().join() === own.toSorted().join()) continue;
      return {
        summary: `Owner ${JSON.stringify(owner)} does not list exactly its own export jobs (pages of ${run.input.limit}).`,
        expected: own.toSorted().join(', ') || 'no job',
        actual: listed.map((page) => page.join(', ') || 'no job').join(' | '),
        marked: pages.map(({ record }) => record),
      };
    }
    return scannedAfterDeletion(run);
  },
};

export const EXP_05: AnyProperty = property(joined(LISTS, distinctRecords('jobs')));

function scannedAfterDeletion(run: TrialRun<Case>): Failure | undefined {
  const { deleted } = run.input;
  if (deleted === undefined) return undefined;
  const page = finaleValue(run, 0) as Page<ExportJob> | undefined;
  const found = page?.items.find(({ id }) => id === run.scope.id(nameAt(deleted)));
  if (found === undefined) return undefined;
  return {
    summary: `The scan shows job ${nameAt(deleted)}, which was deleted.`,
    expected: 'no such job',
    actual: run.scope.name(found.id),
    marked: run.finale,
  };
}

/** The names of the owner's jobs. */
function namesOf({ jobs, deleted }: Case, owner: string): string[] {
  return jobs.flatMap((job, index) => (job.owner === owner && index !== deleted ? [nameAt(index)] : []));
}

function nameAt(index: number): string {
  return `e${index + 1}`;
}

/** One page more than the owner needs. Pages after a page without a cursor are skipped. */
function pagesOf(input: Case, owner: string, ownerId: string): CallStep[] {
  const { limit } = input;
  const more = Math.ceil(namesOf(input, owner).length / limit);
  const first = saved('page0', direct('jobs.list', { ownerId, limit }));
  const next = Array.from({ length: more }, (_, index) => {
    const cursor = { $saved: `page${index}`, path: 'nextCursor' };
    return saved(`page${index + 1}`, direct('jobs.list', { ownerId, limit, cursor }));
  });
  return [first, ...next];
}

/** The names of the listed jobs, with the owner's name if a job belongs to somebody else. */
function namesIn({ record }: Observed, { scope }: TrialRun<Case>): string[] {
  if (record.outcome.status === 'error') return [codeOf(record) ?? 'an error'];
  const page = valueOf(record) as Page<ExportJob>;
  return page.items.map(({ id, ownerId }) => {
    const isOwn = scope.name(ownerId) === OWNERS[record.actor];
    return isOwn ? scope.name(id) : `${scope.name(id)} of ${JSON.stringify(scope.name(ownerId))}`;
  });
}
