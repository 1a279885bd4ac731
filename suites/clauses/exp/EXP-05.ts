import fc from 'fast-check';
import type { ExportJob, Page } from '../../../adapters/contract/index.ts';
import { direct } from '../../harness/generate.ts';
import { calls, show, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty } from '../../harness/property.ts';
import { jobOf } from '../../harness/records.ts';

interface Case {
  /** For each job, whose it is. */
  readonly owners: readonly string[];
  readonly limit: number;
}

/** Names that a filter by pattern, case or prefix takes for each other. */
const OWNERS = ['a', 'A', 'ab', 'a%', 'a_', 'a ', 'á', 'a|b'] as const;

/** Jobs of owners with similar names. Each owner lists its own jobs, all of them, and no other. */
export const EXP_05: AnyProperty = property<Case>({
  clause: 'EXP-05',
  arbitrary: () =>
    fc.record({
      owners: fc.array(fc.constantFrom(...OWNERS), { minLength: 2, maxLength: 6 }),
      limit: fc.integer({ min: 1, max: 7 }),
    }),
  trial: ({ owners, limit }, scope) => ({
    setup: owners.map((owner, index) => direct('jobs.create', jobOf(scope.id(`e${index}`), scope.id(owner)))),
    actors: [
      { instance: 0, steps: OWNERS.map((owner) => direct('jobs.list', { ownerId: scope.id(owner), limit })) },
    ],
  }),
  judge: (run) => {
    const { owners, limit } = run.input;
    const wrong = calls(run, 'jobs.list').find(({ record }, index) => {
      const page = valueOf(record) as Page<ExportJob> | undefined;
      const own = owners.filter((owner) => owner === OWNERS[index]).length;
      return (
        page?.items.length !== Math.min(own, limit) ||
        page.items.some((job) => run.scope.name(job.ownerId) !== OWNERS[index])
      );
    });
    if (wrong === undefined) return undefined;
    const owner = OWNERS[wrong.record.step]!;
    return {
      summary: `Owner ${JSON.stringify(owner)} does not list exactly its own export jobs.`,
      expected: `${Math.min(owners.filter((one) => one === owner).length, limit)} jobs of ${JSON.stringify(owner)}`,
      actual: show(valueOf(wrong.record), run.scope),
      marked: [wrong.record],
    };
  },
});
