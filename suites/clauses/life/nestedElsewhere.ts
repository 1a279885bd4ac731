/** Sections of one namespace within a section of another one. Each must behave as it does alone. */
import type { Step } from '../../../scenarios/host/language/program.ts';
import { around, enter, streamOf, view } from '../../harness/cases/generate.ts';
import { planned, type Planned } from '../../harness/cases/plan.ts';
import { codeOf } from '../../harness/judging/observe.ts';
import { answers, type ListedProgram } from '../../harness/parts/listedPrograms.ts';

/** The instance of the other namespace. The actor's own instance is the first one. */
const OTHER = { elsewhere: 1 } as const;
const REVISION = 3;

const revisionIn = (value: unknown): unknown =>
  (value as { readonly revision?: unknown } | undefined)?.revision;

function reads(id: string, revision: number | undefined, what: string): Planned {
  return planned(view('streams.get', id), answers(revision, what, revisionIn));
}

function within(lock: string, steps: readonly Planned[]): Planned[] {
  const [first, last] = around(lock, [], OTHER) as [Step, Step];
  return [planned(first), ...steps, planned(last)];
}

/** `end` ends the outer section. */
function nested(what: string, end: Planned): ListedProgram {
  return {
    what: `a section of another namespace within one that ${what}`,
    plan: (scope) => {
      const [own, other] = [scope.id('own'), scope.id('other')];
      const nowhere = 'the stream was stored in another namespace';
      const stored = 'the section in which it was stored has ended';
      return [
        planned(enter(scope.id('s1'))),
        planned(view('streams.create', streamOf(own, { revision: REVISION }))),
        ...within(scope.id('s2'), [
          reads(own, undefined, nowhere),
          planned(view('streams.create', streamOf(other, { revision: REVISION }))),
        ]),
        reads(other, undefined, nowhere),
        end,
        reads(other, undefined, nowhere),
        ...within(scope.id('s2'), [reads(other, REVISION, stored), reads(own, undefined, nowhere)]),
      ];
    },
  };
}

export const NESTED_ELSEWHERE: readonly ListedProgram[] = [
  nested('commits', planned({ do: 'leave' })),
  nested(
    'throws',
    planned({ do: 'throw', message: 'thrown by the section around' }, (record) =>
      codeOf(record) === undefined
        ? { summary: 'A callback threw, and its section resolved.', expected: 'its error', actual: 'success' }
        : undefined,
    ),
  ),
];
